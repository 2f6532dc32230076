/* What a benchmark is asked: the keys of a SPEC or the long options, and the cells that they make. */
#ifndef FOKKER_SPEC_H
#define FOKKER_SPEC_H
#include <stdint.h>
#include <stdio.h>
#include "bench/experiment/ledger.h"
#include "bench/metrics/metric.h"
#include "bench/options.h"
#include "solvers/engine/recipe.h"

enum key { MODELS, PROCESS, WRAP, LABEL, FINAL, START, SOLVER, GRID, NFE, STEPS, SAMPLES, SEED, METRIC_KEY, FEATURES,
           TIME_LIMIT, ROUND_COST, ROW_COST, WORKERS, OUTPUT, KEYS };

/* Words of a key, in the order given. */
typedef struct words { char **word; int n; } words;

typedef struct spec {
    /* as given or by default, and what a sentence about it begins with; text NULL: not given */
    char *text[KEYS], *where[KEYS];
    char *folder;                           /* of the SPEC's file, "" without one: model files are relative to it */
    enum trust trust;                       /* what models may start: named by the command line, or by a SPEC */
    /* grid.n is 1 with a word of NULL where none is given: each process's own */
    words model, solver, grid, metric;
    method **how;                           /* one a solver */
    measure *what;                          /* one a metric */
    long *budget; int budgets, by_steps;    /* of --nfe, or of --steps */
    long *seed; int seeds;
    long *rows, samples;                    /* samples of each model's runs, and the most of them */
    long label;                             /* -1: none */
    int denoise;
    double limit;                           /* seconds a run, 0: no limit */
    machine on;                             /* on which rounds are priced */
} spec;

/* One run.  ask is {0, 0} where the method chooses its own steps. */
typedef struct cell { int model, solver, grid; budget ask; long seed; } cell;

/*
 * From `fokker bench SPEC` or `fokker bench MODEL...`: a SPEC's [bench] section has the long options as keys and
 * `models`; options of the command line replace them.  A word is a SPEC where it is a file with a [bench] section.
 * Everything that can be refused by looking at the words is: unknown names, numbers out of range, things named
 * twice.  0 or -1, freed then.
 */
int  spec_open(spec *, const request *);
void spec_close(spec *);

/* All cells: models, in them solvers, budgets, grids, and seeds innermost.
 * A method that chooses its own steps has one budget, unlimited, instead of the list.  Owned by the
 * caller; NULL: out of memory. */
cell *spec_cells(const spec *, int *n);

/* What determines the results, one line `# spec KEY = VALUE` each. */
void spec_print(const spec *, FILE *);

/* A model's word as model_open takes it, and the path of the feature space: relative to the SPEC's folder.
 * Owned by the caller; NULL: out of memory. */
char *spec_model(const spec *, int i);
char *spec_features(const spec *);

/* The numbers of a text, `5 10 20` or `1..5` or both, whole and within [min, max], none twice.
 * Owned by the caller; NULL on failure. */
long *whole_numbers(const char *where, const char *text, long min, long max, int *n);

#endif
