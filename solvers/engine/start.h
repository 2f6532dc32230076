/*
 * Where runs begin.  At t_max that is the prior, N(0, prior_std^2 I).  A grid that begins at a lower level begins in
 * the middle of the way, where x_t = alpha x_0 + sigma eps is no longer noise:
 *
 *     law              x_0 of the model's law (of the labels that are asked for): the default
 *     data:FILE        the same by moments alone, N(alpha m, alpha^2 V + sigma^2), m and V of each column of a file
 *     normal:mean,std  the same with one mean and one standard deviation for all columns
 *     prior            prior_std eps all the same, or sigma eps where the prior is sigma(t_max) eps: as public
 *                      programs start
 *
 * Where there is no law, `law` falls back to `prior` and says so; that is refused where alpha > sigma, since what
 * comes out would be mostly wrong.
 */
#ifndef FOKKER_START_H
#define FOKKER_START_H
#include "base/item.h"
#include "models/model.h"

enum start_from { START_LAW, START_DATA, START_NORMAL, START_PRIOR };
typedef struct start_rule {
    enum start_from from;
    int dim;
    double *mean, *std;                     /* one a column: START_DATA, START_NORMAL; owned */
} start_rule;

/* The rules by name, for lists. */
typedef struct start_kind { const char *name, *about; param par[MAX_PARAM]; } start_kind;
int starts(void);
const start_kind *start_at(int i);

/* From an item, NULL: law.  where: what a sentence begins with, `--start`.  0, or -1 with nothing to close. */
int  start_parse(start_rule *, const char *where, const char *item, int dim);
void start_close(start_rule *);

/* What a user should hear of a run of this model from this level: "" where all is well, else a sentence in
 * warning[size].  -1 where such a start is refused. */
int  start_check(const start_rule *, const model *, const level *from, char *warning, unsigned long size);

/* The states (n x dim) of samples first, first + 1, ...: each a function of the seed, its number and its label alone.
 * label: n, or NULL.  0 or -1. */
int  start_draw(const start_rule *, const model *, const level *from, uint64_t seed, long first, int n,
                const int *label, double *x);

/* The rule `prior`: prior_std times normals of the seed, samples first .. first + n - 1.  Where the prior is
 * sigma(t_max) eps and the grid starts elsewhere, the states are sigma eps of that level. */
void start_states(const process *, const level *from, int dim, uint64_t seed, long first, int n, double *x);

#endif
