#include <string.h>
#include "tests/support/ways.h"

const way ways[WAYS] = {
    { "euler", 0 }, { "heun", 0 }, { "heun", 1 }, { "edm-heun", 0 }, { "ddim", 0 }, { "ddim:eta=0.5", 0 },
    { "dpmpp-2m", 0 }, { "dopri5", 0 }, { "dopri5", 1 },
    { "cvode-adams", 1 }, { "cvode-bdf", 1 }, { "em", 0 }, { "ancestral", 0 }, { "sde-dpmpp-2m", 0 },
    { "sde-dpmpp-2m:kind=heun", 0 },
    { "rk4", 0 }, { "dop853", 1 }, { "stork-4", 0 }, { "bdia", 0 }, { "rx/bosh3", 0 }, { "tcd", 0 },
    { "deis-tab3", 0 },
    { "seeds-3", 0 }, { "sra1", 0 }, { "sa-solver", 0 }, { "er-sde-3", 0 }, { "edm-churn", 0 },
    { "pc/em/langevin", 0 }, { "gotta-go-fast:rtol=0.5,atol=0.5", 1 },
    { "dpm-adaptive-23:rtol=0.01,atol=0.01", 1 }, { "dpm-adaptive-12:rtol=0.01,atol=0.01,control=power", 1 },
    { "picard:window=4,tol=0/ddim", 0 }, { "parareal:window=3,tol=0/ddim/heun", 0 },
    { "anderson:window=4,tol=0/ddim:eta=1", 0 },
};

int way_open(rig *r, const char *name, const way *w)
{
    return rig_open(r, name, NULL, w->solver, NULL, w->own ? 0 : STEPS, 0);
}

int same(const double *a, const double *b, size_t count) { return !memcmp(a, b, count * sizeof *a); }
