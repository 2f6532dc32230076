/* fokker check: does a field behave?  Its parts share the data, levels and points below; each leaves remarks. */
#ifndef FOKKER_CHECK_H
#define FOKKER_CHECK_H
#include "solvers/engine/recipe.h"

enum { SPOTS = 12, REMARKS = 16, COSTS = 14, TYPE_SPOTS = 5 };

/* What a part found.  WRONG makes the exit code 1. */
enum mark { MARK_NONE, MARK_FINE, MARK_ODD, MARK_WRONG };
extern const char *const mark_names[];
typedef struct remark { const char *what; enum mark mark; char said[400], advice[500]; } remark;

/* One noise level.  Losses are means over rows and columns of squared errors, with standard errors; NAN
 * where it is not known. */
typedef struct spot {
    level at;
    double noise, noise_se;                 /* of the noise prediction: E|eps - E(x)|^2, the denoising loss */
    double data, data_se;                   /* the same of the data prediction */
    /* the noise loss of the best affine field, that of a Gaussian with the data's mean and variances */
    double gauss;
    /* mean squared distance of the noise prediction from the law's own; with a law */
    double excess, excess_se;
    /* of the score from the law's own, summed over columns: the Fisher divergence E|s - s_law|^2 */
    double fisher, fisher_se;
    double share, share_se;                 /* sqrt(E|s - s_law|^2/E|s_law|^2), the score's relative error */
    /* the largest |d eps| sigma/|dx| that was found: how fast the answer turns */
    double slope;
    long wild;                              /* answers that are not finite */
} spot;

typedef struct cost { int rows; double seconds; } cost;

typedef struct check {
    const subject *of; const score *field; const process *proc; const law *law;
    /* own: the data are samples of the field itself; over: so bad that nothing else can be asked */
    int n, dim, own, over;
    uint64_t seed;
    double *x0; int *label;                 /* the data, n x dim; labels or NULL */
    double *mean, *var, spread;             /* of the data by column; the root of the mean variance */
    double *eps, *x, *raw, *out;            /* n x dim each: noise and points at the level at hand, answers */
    double *row;                            /* n numbers */
    spot spot[SPOTS];
    cost cost[COSTS]; int costs, best;      /* best: the smallest batch within a tenth of the least time a row */
    int given;                              /* rows that a sampler gives it in one call; 0: all that there are */
    remark remark[REMARKS]; int remarks;
} check;

/* A new remark, whose texts the caller prints. */
remark *remark_on(check *, const char *what, enum mark);

/* ---- points.c ---- */

/* The data: the law's, those of a file (n x dim, then owned), or NULL and no law: none yet.  Arrays and levels.
 * 0 or -1. */
int  check_open(check *, const subject *, int n, uint64_t seed, double *data, int label);
void check_close(check *);

/* Mean, variances and spread of the data anew, once they have changed. */
void check_moments(check *);

/* The noise loss of the best affine field at a level. */
double check_gauss(const check *, const level *);

/* Noise and points of a level into c->eps and c->x: the `use`-th of them, the same for everyone who asks. */
void check_points(check *, const level *, int use);

/* Answers of a field at the points of a level, as it gives them: blocks on all threads, of a size that is no one's
 * number of threads.  0 or -1. */
int check_ask(const check *, const score *, const level *, double *out);

/* `out` in a field's own terms, taken for a prediction of kind `has` times `sign`, as kind `want`. */
void check_convert(const check *, const level *, enum predicts has, double sign, const double *out, enum predicts want,
                   double *to);

/* Mean and standard error of n numbers. */
void check_mean(int n, const double *v, double *mean, double *se);

/* n samples of the field, if what it answers is taken so, into x: n x dim.  0, or -1 where they do not end finite. */
int check_sample(const check *, enum predicts, double sign, int n, double *x);

/* ---- the parts: 0, or -1 where the field failed ---- */
int check_calls(check *);                   /* calls.c: finite, repeatable, rows, threads */
/* kind.c: what it predicts, and by which time; finds data where there are none */
int check_kind(check *);
int check_levels(check *);                  /* check_levels.c: prior, losses, slopes */
int check_cost(check *);                    /* calls.c */

/* Whether there is a law and the field's score is another at any level. */
int check_errs(const check *);              /* check_levels.c */

#endif
