/*
 * A figure: what gnuplot is told before a script of plots/ draws.  Names of folders, models and solvers and the cells
 * of tables come from anywhere; here they become quoted texts and numbers, and nothing of them is read as anything
 * else.  The scripts start no program, open no pipe and evaluate no text.
 *   figure g;
 *   if (figure_open(&g, folder, "quality-gmm8ring"))        the pictures' names: folder/quality-gmm8ring.svg and .png
 *       return -1;
 *   figure_text(&g, "model", "gmm8ring");                   model = 'gmm8ring'
 *   figure_names(&g, "solvers", n, names);                  array solvers[n], and solvers_count = n
 *   figure_begin(&g, "data", "x\ty");                       a table, $data
 *   fprintf(g.in, "1\t2\n");
 *   figure_end(&g);
 *   return figure_draw(&g, "quality");                      plots/quality.gp
 */
#ifndef FOKKER_FIGURE_H
#define FOKKER_FIGURE_H
#include <stdio.h>
#include "bench/report/table.h"

enum { FIGURE_PATH = 4300 };

typedef struct figure { FILE *in; const char *folder; char out[160]; } figure;

/* out: what is no letter, digit, dot or dash in it becomes a dash.  The scripts get folder, out and scripts, the folder
 * that they stand in.  0 or -1 */
int figure_open(figure *, const char *folder, const char *out);

/* A variable: a text of one line (control characters become blanks, what is no UTF-8 question marks), a
 * path as it is, a number. */
void figure_text(figure *, const char *name, const char *text);
void figure_path(figure *, const char *name, const char *path);
void figure_number(figure *, const char *name, double v);

/* An array NAME of texts, NAME[1] the first, and NAME_count (of none: the array has one, empty). */
void figure_names(figure *, const char *name, int n, const char *const *text);

/* A table $NAME with the names of its columns; its rows are numbers that the caller writes to f->in in between. */
void figure_begin(figure *, const char *name, const char *columns);
void figure_end(figure *);
/* nan where it is none; then a tab, or the line's end */
void figure_cell(figure *, double v, int last);

/* A whole table as $NAME.  A cell of the columns in `texts` (names between blanks) becomes its place in the array
 * COLUMN_names, every other one a number.  0 or -1 */
int figure_table(figure *, const char *name, const table *, const char *texts);

/* Runs gnuplot on plots/SCRIPT.gp and closes the figure; what gnuplot says is in FOLDER/gnuplot.log where it failed.
 * 0, or -1 with a sentence, also where gnuplot is missing, or a picture is a link that leads out of the folder. */
int  figure_draw(figure *, const char *script);
void figure_close(figure *);                                    /* undrawn */

#endif
