/* The pictures of a benchmark: what gnuplot needs besides the results (drawn by bench/report/draw.h). */
#ifndef FOKKER_PICTURES_H
#define FOKKER_PICTURES_H
#include "bench/experiment/summary.h"
#include "bench/experiment/sweep.h"

/*
 * Writes into the folder, for each model, from the first seed's runs (done again with few samples: a sample depends on
 * its own number alone):
 *   grids-MODEL.tsv    every grid at 20 steps:  grid step t alpha sigma lambda
 *   panels-MODEL.tsv   a board of panels, rows of solvers and columns of budgets:
 *                      kind (row, column, panel, note) u v text
 *   samples-MODEL.tsv  models of the plane:  solver x y, and u v on the board
 *   density-MODEL.tsv  the exact density where the samples end, on a lattice:  x y density, and u v in a panel
 *   images-MODEL.tsv   models of square images: every pixel of the board:  u v grey
 * A panel's corner (u, v) is its upper left.  0 or -1.
 */
int pictures_write(sweep *, const cell *cells, int count, const char *folder);

#endif
