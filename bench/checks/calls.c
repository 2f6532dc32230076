/* Calls of a field as such: are answers finite, repeatable, each row's own, the same from many threads; and
 * what does a call cost. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/checks/check.h"

enum { SMALL = 96, GUARD = 64, THREADS = 4 };
static const double round_off = 1e-4;               /* relative to the answers' size: what float32 may do */

/* One call from one thread, at n points with a level each or one for all. */
static int call(const check *c, const score *s, int groups, int rows, const level *l, const double *x, double *out)
{
    return s->eval(s->self, &(batch){ groups, rows, l, x, c->label }, out);
}

/* The largest difference of two answers over the root mean square of the first; infinite where one of
 * them alone is not finite. */
static double apart(size_t N, const double *a, const double *b)
{
    double most = 0, square = 0;

    for (size_t i = 0; i < N; i++) {
        double d = isfinite(a[i]) && isfinite(b[i]) ? fabs(a[i] - b[i]) : isfinite(a[i]) == isfinite(b[i]) ? 0
            : INFINITY;

        most = d > most ? d : most;
        square += isfinite(a[i]) ? a[i] * a[i] / N : 0;
    }
    return most == 0 ? 0 : most / sqrt(square);
}

static int finite_remark(check *c)
{
    long wild = 0, total = 0;
    int first = -1, levels_wild = 0;
    remark *r;

    for (int k = 0; k < SPOTS; k++) {
        size_t N = (size_t)c->n * c->dim;

        check_points(c, &c->spot[k].at, k);
        for (size_t i = 0; i < N; i++)
            c->raw[i] = NAN;                        /* what is not written is not finite either */
        if (check_ask(c, c->field, &c->spot[k].at, c->raw))
            return -1;
        for (size_t i = 0; i < N; i++)
            c->spot[k].wild += !isfinite(c->raw[i]);
        first = c->spot[k].wild && first < 0 ? k : first;
        wild += c->spot[k].wild, total += (long)N, levels_wild += c->spot[k].wild > 0;
    }
    c->over = levels_wild > SPOTS / 2;
    r = remark_on(c, "finite", wild ? MARK_WRONG : MARK_FINE);
    if (!wild) {
        snprintf(r->said, sizeof r->said, "%ld numbers at %d noise levels", total, SPOTS);
        return 0;
    }
    snprintf(r->said, sizeof r->said, "%ld of %ld numbers are not finite, first at t = %.4g", wild, total,
             c->spot[first].at.t);
    snprintf(r->advice, sizeof r->advice, "Answers that are not finite ruin a run: look at what the network computes "
                                          "at t = %.4g (logarithms, divisions by sigma), or keep "
             "samplers away from there with t_min and t_max of the process.", c->spot[first].at.t);
    return 0;
}

/* What lies behind and before an answer is no one's to write. */
static int guarded_call(const check *c, const level *l, double *out, int *spilt)
{
    size_t N = (size_t)SMALL * c->dim;
    double *room = malloc((N + 2 * GUARD) * sizeof *room);
    int status;

    if (!room)
        return fail("check: out of memory");
    for (size_t i = 0; i < N + 2 * GUARD; i++)
        room[i] = 12345.25;
    status = call(c, c->field, 1, SMALL, l, c->x, room + GUARD);
    for (int i = 0; i < GUARD; i++)
        *spilt |= room[i] != 12345.25 || room[GUARD + N + i] != 12345.25;
    memcpy(out, room + GUARD, N * sizeof *out);
    free(room);
    return status;
}

static int repeat_remark(check *c, const level *l)
{
    int spilt = 0;
    double far;
    remark *r;

    if (guarded_call(c, l, c->raw, &spilt) || (!spilt && call(c, c->field, 1, SMALL, l, c->x, c->out)))
        return -1;
    far = spilt ? 0 : apart((size_t)SMALL * c->dim, c->raw, c->out);
    r = remark_on(c, "repeatable", spilt || far > round_off ? MARK_WRONG : far > 0 ? MARK_ODD : MARK_FINE);
    c->over = spilt;
    if (spilt) {
        snprintf(r->said, sizeof r->said, "it writes outside of the %d x %d numbers that it was asked for", SMALL,
                 c->dim);
        snprintf(r->advice, sizeof r->advice,
                 "The field writes where it must not: its number of columns is not %d, or it counts rows wrongly.",
            c->dim);
    } else if (far > 0) {
        snprintf(r->said, sizeof r->said, "two equal calls differ by %.1e", far);
        snprintf(r->advice, sizeof r->advice, far > round_off
                 ? "Equal calls differ: dropout or noise is switched on; put the network into evaluation mode "
                   "(net.eval())."
                 : "Equal calls differ by round-off: sums in parallel; runs will not repeat to the bit.");
    } else {
        snprintf(r->said, sizeof r->said, "two equal calls give the same bits");
    }
    return 0;
}

/* Each row's own: in reverse, one at a time, among rows of other levels.  c->raw holds the answers of one call. */
static int rows_remark(check *c, const level *l)
{
    size_t dim = c->dim;
    double *x = malloc(2 * SMALL * dim * sizeof *x), *y = x + SMALL * dim, far[3];
    level mixed[SMALL];
    int status = x ? 0 : fail("check: out of memory"), which = 0;
    remark *r;

    for (size_t i = 0; !status && i < SMALL; i++) {
        memcpy(x + i * dim, c->x + (SMALL - 1 - i) * dim, dim * sizeof *x);
        mixed[i] = i % 2 ? *l : c->spot[i % SPOTS].at;
    }
    status = status || call(c, c->field, 1, SMALL, l, x, y);
    for (size_t i = 0; !status && i < SMALL; i++)
        memcpy(x + i * dim, y + (SMALL - 1 - i) * dim, dim * sizeof *x);
    far[0] = status ? 0 : apart(SMALL * dim, c->raw, x);
    for (int i = 0; !status && i < 8; i++)
        status = call(c, c->field, 1, 1, l, c->x + i * dim, y + i * dim);
    far[1] = status ? 0 : apart(8 * dim, c->raw, y);
    status = status || call(c, c->field, SMALL, 1, mixed, c->x, y);
    for (size_t i = 0; !status && i < SMALL / 2; i++) {
        memcpy(x + i * dim, c->raw + (2 * i + 1) * dim, dim * sizeof *x);
        memmove(y + i * dim, y + (2 * i + 1) * dim, dim * sizeof *x);
    }
    far[2] = status ? 0 : apart(SMALL / 2 * dim, x, y);
    free(x);
    if (status)
        return -1;
    for (int i = 0; i < 3; i++)
        which = far[i] > far[which] ? i : which;
    r = remark_on(c, "rows", far[which] > round_off ? MARK_WRONG : far[which] > 0 ? MARK_ODD : MARK_FINE);
    if (far[which] == 0) {
        snprintf(r->said, sizeof r->said, "a row's bits do not depend on its batch");
    } else {
        snprintf(r->said, sizeof r->said, "a row changes by %.1e %s", far[which],
                 which == 0 ? "when the batch is reversed" : which == 1 ? "when it is alone"
                 : "among rows of other noise levels");
        snprintf(r->advice, sizeof r->advice, far[which] <= round_off
                 ? "A row's round-off depends on its batch: results repeat to the bit only with the same -n."
                 : which == 2 ? "The field takes one time for the whole batch: own steps and parallel methods, where "
                                "every row has its own, go wrong; use the time of each row."
                 : "A row's answer depends on its neighbours: batch normalisation in training mode, or rows and "
                   "columns mixed up; put the network into evaluation mode.");
    }
    return 0;
}

/* The same call from several threads at once, each on its thread copy. */
static int threads_remark(check *c, const level *l)
{
    const score *s = c->field;
    size_t N = (size_t)SMALL * c->dim;
    double *y = malloc(THREADS * N * sizeof *y), far = 0;
    int failed = 0;
    remark *r;

    if (s->serial) {
        free(y);
        r = remark_on(c, "threads", MARK_NONE);
        snprintf(r->said, sizeof r->said, "not tried: it is asked from one thread, with all rows at once");
        return 0;
    }
    if (!y)
        return fail("check: out of memory");
    #pragma omp parallel for num_threads(THREADS) schedule(static, 1)
    for (int k = 0; k < THREADS; k++) {
        score *thread_copy = s->thread_copy ? s->thread_copy(s->self, SMALL) : NULL;
        const score *mine = thread_copy ? thread_copy : s;
        int bad = s->thread_copy && !thread_copy;

        for (int again = 0; again < 20 && !bad; again++)
            bad = call(c, mine, 1, SMALL, l, c->x, y + k * N);
        #pragma omp atomic
        failed |= bad;
        field_close(thread_copy);
    }
    for (int k = 0; k < THREADS && !failed; k++) {
        double d = apart(N, c->raw, y + k * N);

        far = d > far ? d : far;
    }
    free(y);
    r = remark_on(c, "threads", failed || far > round_off ? MARK_WRONG : far > 0 ? MARK_ODD : MARK_FINE);
    if (failed)
        snprintf(r->said, sizeof r->said, "it fails when it is asked from %d threads at once", THREADS);
    else if (far > 0)
        snprintf(r->said, sizeof r->said, "answers from %d threads at once differ by %.1e", THREADS, far);
    else
        snprintf(r->said, sizeof r->said, "%d threads at once get the same bits", THREADS);
    if (r->mark == MARK_WRONG)
        snprintf(r->advice, sizeof r->advice,
                 "The field is not safe for threads: give each its own scratch memory (twin), or say serial = 1.");
    return 0;
}

int check_calls(check *c)
{
    const level *l = &c->spot[SPOTS / 2].at;

    check_points(c, l, SPOTS / 2);
    if (repeat_remark(c, l))
        return -1;
    /* it writes into other people's memory: nothing else is safe to ask */
    if (c->over)
        return 0;
    return rows_remark(c, l) || threads_remark(c, l) || finite_remark(c) ? -1 : 0;
}

/* ---- cost ---- */

/* The rows of a sampler's block, of many samples. */
static int rows_given(const check *c)
{
    method *m = c->field->serial ? NULL : method_parse("check", "ddim");
    int rows = m ? solve_block(&(plan){ .how = m, .proc = c->proc, .field = c->field }, 100000) : 0;

    method_free(m);
    return rows;
}

int check_cost(check *c)
{
    const level *l = &c->spot[SPOTS / 2].at;
    score *thread_copy = c->field->thread_copy ? c->field->thread_copy(c->field->self, 1 << (COSTS - 1)) : NULL;
    const score *s = thread_copy ? thread_copy : c->field;
    double least = INFINITY, began = omp_get_wtime();
    int most = c->n, status = c->field->thread_copy && !thread_copy ? -1 : 0;

    check_points(c, l, SPOTS / 2);
    for (int rows = 1; !status && rows <= most && c->costs < COSTS && omp_get_wtime() - began < 2; rows *= 2) {
        double best = INFINITY;

        for (int k = 0; k < 20 && !status && (k < 4 || best * k < 0.05); k++) {        /* the machine may be busy */
            double t = omp_get_wtime();

            status = call(c, s, 1, rows, l, c->x, c->raw);
            t = omp_get_wtime() - t;
            best = t < best ? t : best;
        }
        c->cost[c->costs++] = (cost){ rows, best };
        least = best / rows < least ? best / rows : least;
    }
    for (c->best = 0;
         !status && c->best < c->costs - 1 && c->cost[c->best].seconds / c->cost[c->best].rows > 1.1 * least;)
        c->best++;
    field_close(thread_copy);
    c->given = rows_given(c);
    return status;
}
