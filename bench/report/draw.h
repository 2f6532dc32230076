/* Every figure that the program draws; each function is 0, or -1 with a sentence, also where gnuplot is missing. */
#ifndef FOKKER_DRAW_H
#define FOKKER_DRAW_H

struct summary;

/* Writes summary.tsv and draws every plot of a benchmark's folder. */
int draw_bench(const struct summary *, const char *folder);

/* Of a model whose runs were parallel in time (rounds.tsv, residuals.tsv have rows of it): rounds-MODEL. */
int draw_rounds(const char *folder, const char *model, int *drawn);

/* check-NAME of check.tsv, and fisher-NAME where it has distances from the law's own score. */
int draw_check(const char *folder, const char *name, int errs);

/* loss-NAME of NAME.tsv. */
int draw_loss(const char *folder, const char *name);

/* The figures of logp.tsv and points.tsv. */
int draw_logp(const char *folder);

/* FILE without its ending, of a table of the terms of a bound; whether a file is one. */
int draw_terms(const char *file);
int is_terms(const char *file);

/* order-FAMILY for every family of order-rungs.tsv. */
int draw_orders(const char *folder);

#endif
