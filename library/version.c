/* What the library says of itself. */
#include <string.h>
#include "base/fail.h"
#include "bench/metrics/metric.h"
#include "include/fokker.h"
#include "scores/score.h"
#include "solvers/grids/grid.h"
#include "solvers/likelihood/trace.h"
#include "solvers/solver.h"

const char *fokker_version(void) { return FOKKER_VERSION; }
int fokker_version_number(void) { return FOKKER_VERSION_NUMBER; }
const char *fokker_error(void) { return last_error(); }

static const char *solver_name(int i) { return solver_at(i)->name; }
static const char *grid_name(int i) { return grid_at(i)->name; }
static const char *process_name(int i) { return process_kind(i)->name; }
static const char *wrapper_name(int i) { return wrapper_at(i)->name; }
static const char *metric_name(int i) { return metric_at(i)->name; }
static const char *trace_name(int i) { return estimator_at(i)->name; }

static const struct topic { const char *name; int (*count)(void); const char *(*at)(int); } topics[] = {
    { "solvers", solvers, solver_name },
    { "grids", grids, grid_name },
    { "processes", process_kinds, process_name },
    { "wrappers", wrappers, wrapper_name },
    { "metrics", metrics, metric_name },
    { "traces", estimators, trace_name },
};

const char *fokker_name(const char *topic, int i)
{
    for (size_t k = 0; k < sizeof topics / sizeof *topics; k++)
        if (!strcmp(topics[k].name, topic))
            return i >= 0 && i < topics[k].count() ? topics[k].at(i) : NULL;
    return NULL;
}
