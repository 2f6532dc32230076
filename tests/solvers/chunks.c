/* One batch in several runs, and whoever watches it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/suite.h"
#include "tests/support/ways.h"

static void every_solver_gives_the_bits_of_one_batch_in_batches_that_say_their_first_sample(void)
{
    static const int chunks[] = { 1, 7, 64 };

    for (int i = 0; i < WAYS; i++) {
        enum { ROWS = 100 };
        rig r;
        double *x, *whole, part[2 * ROWS];

        if (way_open(&r, "gmm8ring", &ways[i]))
            continue;
        x = rig_start(&r, ROWS);
        whole = rig_run(&r, ROWS, x, NULL, NULL);
        for (int k = 0; k < 3; k++) {
            for (int row = 0; row < ROWS; row += chunks[k]) {
                int n = ROWS - row < chunks[k] ? ROWS - row : chunks[k];

                r.how.plan.first = row;
                start_states(r.of.model->process, r.how.plan.grid, 2, 3, row, n, part + 2 * row);
                must(solve(&r.how.plan, n, part + 2 * row, NULL));
            }
            CU_ASSERT(same(part, whole, 2 * ROWS));
        }
        free(x), free(whole), rig_close(&r);
    }
}

static int stop_at_second_look(void *looks) { return ++*(int *)looks == 2; }

static void a_run_that_is_watched_stops_when_the_watcher_says_so(void)
{
    rig r;
    double *x, *y;
    int looks = 0, status;
    tally cost;

    if (rig_open(&r, "gmm8ring", NULL, "heun", NULL, 10, 0))
        return;
    x = rig_start(&r, 3);
    r.how.plan.watch = stop_at_second_look, r.how.plan.watcher = &looks;
    y = rig_run(&r, 3, x, &status, &cost);
    CU_ASSERT(status == STOPPED && looks == 2);
    CU_ASSERT(isnan(y[0]) && isnan(y[5]));
    says("interrupted");
    free(x), free(y), rig_close(&r);
}

static const test_case tests[] = {
    { "every solver gives the bits of one batch in batches that say their first sample",
      every_solver_gives_the_bits_of_one_batch_in_batches_that_say_their_first_sample },
    { "a run that is watched stops when the watcher says so", a_run_that_is_watched_stops_when_the_watcher_says_so },
    { 0, 0 },
};
const test_table table_chunks = { "chunks", tests };
