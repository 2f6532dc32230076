/* From names to a plan: what sample, bench and order have in common. */
#ifndef FOKKER_RECIPE_H
#define FOKKER_RECIPE_H
#include "scores/open.h"
#include "solvers/engine/start.h"
#include "solvers/grids/grid.h"
#include "solvers/noise/noise.h"
#include "solvers/solver.h"

/* What says how long a run is: steps, as asked or as in the grid's file; calls; or the method's own tolerances. */
enum budget_kind { BY_STEPS, BY_NFE, BY_OWN };

/* A method on a grid under a budget, ready to run: its plan lacks only noise and labels. */
typedef struct recipe {
    method *how;
    schedule when;
    level *grid;
    enum budget_kind by;
    plan plan;
    /* of one trajectory, counted by a dry run; zero where the method chooses its own steps */
    tally cost;
} recipe;

/* The budget: steps > 0, or nfe > 0 (the most steps whose counted calls fit in), or neither: own
 * steps, where the method can. */
typedef struct budget { int steps; long nfe; } budget;

/* Which way: from noise to t_min, on to sigma = 0 (--final denoise), or from t_min to noise. */
enum course { TO_DATA, TO_CLEAN, TO_NOISE };

/* -1 with a sentence where the solver, the grid or the budget will not do. */
int  recipe_open(recipe *, const subject *, const char *solver, const char *grid, enum course, budget);
void recipe_close(recipe *);

/* Whether a method named so chooses its own steps when it is given a budget nonetheless: it only adapts, or its
 * tolerance or control was named. */
int recipe_adapts(const method *, budget);

#endif
