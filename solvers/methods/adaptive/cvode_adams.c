/* CVODE's Adams-Moulton methods of orders 1 to 12, by functional iteration. */
#include <cvode/cvode.h>
#include "solvers/methods/adaptive/cvode.h"

static int open(run *r) { return cvode_open(r, CV_ADAMS); }

const solver solver_cvode_adams = {
    .name = "cvode-adams", .about = "CVODE, Adams methods of variable order",
    .cite = "Hindmarsh et al. 2005 (SUNDIALS)",
    .evals = 1, .adapts = 1, .bare = 1, .never = SIGMA_0,
    .par = { CVODE_PARAMS },
    .open = open, .whole = cvode_whole,
    .close = cvode_close,
};
