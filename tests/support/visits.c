#include <math.h>
#include <stdlib.h>
#include "tests/suite.h"
#include "tests/support/visits.h"

level *visit_from(const char *process_item, const char *item, int *steps, int denoise, double from, double to)
{
    process *p = process_open("--process", process_item);
    level *l = NULL;
    schedule s;

    if (must(!p))
        return NULL;
    if (!schedule_parse(&s, "--grid", item, p, denoise)) {
        s.t_from = from, s.t_to = to;
        if (!*steps)
            *steps = schedule_fixed(&s, p);
        l = *steps < 0 ? NULL : schedule_levels(&s, p, *steps);
        schedule_free(&s);
    }
    process_close(p);
    return l;
}

level *visit(const char *process_item, const char *item, int steps, int denoise)
{
    return visit_from(process_item, item, &steps, denoise, NAN, NAN);
}

void visit_refused(const char *process_item, const char *item, int steps, int denoise)
{
    level *l = visit(process_item, item, steps, denoise);

    CU_ASSERT(!l);
    free(l);
}

void times_are(const char *process_item, const char *item, int steps, int denoise, int n, const double *t)
{
    level *l = visit(process_item, item, steps, denoise);

    if (must(!l))
        return;
    for (int i = 0; i < n; i++)
        near(l[i].t, t[i], 1e-13 * fabs(t[i]));
    free(l);
}
