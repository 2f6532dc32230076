/* What the parts of check share: data, points at noise levels, answers, and samples under a hypothesis. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/checks/check.h"
#include "bench/watch.h"
#include "base/random.h"
#include "solvers/engine/start.h"

enum { BLOCK = 256, SAMPLE_STEPS = 20 };

const char *const mark_names[] = { "-", "fine", "odd", "wrong" };

remark *remark_on(check *c, const char *what, enum mark mark)
{
    remark *r = &c->remark[c->remarks < REMARKS - 1 ? c->remarks++ : REMARKS - 1];

    *r = (remark){ .what = what, .mark = mark };
    return r;
}

/* ---- levels: even in lambda over the process, without ends where alpha or sigma is 0 ---- */

static void lay_levels(check *c)
{
    const process *p = c->proc;
    level end[2], first;
    double inward = 1e-3 * (p->t_max - p->t_min);

    levels(p, 2, (double[]){ p->t_max, p->t_min }, end);
    if (!isfinite(end[0].lambda))
        levels(p, 1, (double[]){ p->t_max - inward }, &end[0]);
    if (!isfinite(end[1].lambda))
        levels(p, 1, (double[]){ p->t_min + inward }, &end[1]);
    first = end[0];
    for (int k = 0; k < SPOTS; k++) {
        double t = k == 0 ? first.t : k == SPOTS - 1 ? end[1].t
            : p->t_of_lambda(p, first.lambda + k * (end[1].lambda - first.lambda) / (SPOTS - 1));

        c->spot[k] = (spot){ .noise = NAN, .noise_se = NAN, .data = NAN, .data_se = NAN, .gauss = NAN, .excess = NAN,
                             .excess_se = NAN,
                              .fisher = NAN, .fisher_se = NAN, .share = NAN, .share_se = NAN, .slope = NAN };
        levels(p, 1, &t, &c->spot[k].at);
    }
}

/* ---- data ---- */

void check_moments(check *c)
{
    double all = 0;

    for (int d = 0; d < c->dim; d++) {
        c->mean[d] = c->var[d] = 0;
        for (int i = 0; i < c->n; i++)
            c->mean[d] += c->x0[(size_t)i * c->dim + d] / c->n;
        for (int i = 0; i < c->n; i++)
            c->var[d] += pow(c->x0[(size_t)i * c->dim + d] - c->mean[d], 2) / (c->n > 1 ? c->n - 1 : 1);
        all += c->var[d] / c->dim;
    }
    c->spread = sqrt(all);
}

/* By column: a Gaussian of variance v has  E|eps - E(x)|^2 = alpha^2 v/(alpha^2 v + sigma^2). */
double check_gauss(const check *c, const level *l)
{
    double sum = 0;

    for (int d = 0; d < c->dim; d++) {
        double signal = l->alpha * l->alpha * c->var[d];

        sum += signal / (signal + l->sigma * l->sigma) / c->dim;
    }
    return sum;
}

static int fill_data(check *c, double *data)
{
    memset(c->x0, 0, (size_t)c->n * c->dim * sizeof *c->x0);
    if (data)
        memcpy(c->x0, data, (size_t)c->n * c->dim * sizeof *data);
    else if (c->law && c->law->sample(c->law, (stream){ c->seed, USE_LAW }, 0, c->n, c->label, c->x0))
        return -1;
    return 0;
}

int check_open(check *c, const subject *s, int n, uint64_t seed, double *data, int label)
{
    size_t N = (size_t)n * s->field->dim;

    *c = (check){ .of = s, .field = s->field, .proc = s->model->process, .law = s->model->law, .n = n,
                  .dim = s->field->dim, .seed = seed };
    c->x0 = malloc(5 * N * sizeof *c->x0);
    c->mean = malloc(2 * c->dim * sizeof *c->mean), c->row = malloc(2 * n * sizeof *c->row);
    c->label = label >= 0 ? malloc(n * sizeof *c->label) : NULL;
    if (!c->x0 || !c->mean || !c->row || (label >= 0 && !c->label))
        return fail("check: out of memory for %d points of %d columns; use fewer with -n", n, c->dim);
    c->eps = c->x0 + N, c->x = c->eps + N, c->raw = c->x + N, c->out = c->raw + N, c->var = c->mean + c->dim;
    for (int i = 0; c->label && i < n; i++)
        c->label[i] = label;
    c->own = !data && !c->law;
    if (c->law && c->law->dim != c->dim)
        return fail("check: the field has %d columns and the data of %s have %d; one of them is not what you mean",
                    c->dim, s->model->name, c->law->dim);
    if (fill_data(c, data))
        return -1;
    check_moments(c);
    lay_levels(c);
    return 0;
}

void check_close(check *c) { free(c->x0), free(c->mean), free(c->row), free(c->label); }

void check_points(check *c, const level *l, int use)
{
    normals((stream){ c->seed, USE_TRAIN }, 0, use, 0, c->n, c->dim, c->eps);
    for (size_t i = 0; i < (size_t)c->n * c->dim; i++)
        c->x[i] = fma(l->alpha, c->x0[i], l->sigma * c->eps[i]);
}

/* ---- answers ---- */

int check_ask(const check *c, const score *s, const level *l, double *out)
{
    int rows = s->serial ? c->n : BLOCK, failed = -1;
    char reason[1024] = "";

    #pragma omp parallel if (rows < c->n)
    {
        score *thread_copy = s->thread_copy ? s->thread_copy(s->self, rows) : NULL;
        const score *mine = thread_copy ? thread_copy : s;

        #pragma omp for schedule(dynamic)
        for (int first = 0; first < c->n; first += rows) {
            size_t o = (size_t)first * c->dim;
            batch p = { 1, c->n - first < rows ? c->n - first : rows, l, c->x + o, c->label ? c->label + first : NULL };
            int bad = watch_stopped ? fail("interrupted")
                : (s->thread_copy && !thread_copy) || mine->eval(mine->self, &p, out + o);

            #pragma omp critical(check)
            if (bad && (failed < 0 || first < failed)) {
                failed = first;
                snprintf(reason, sizeof reason, "%s", last_error());
            }
        }
        field_close(thread_copy);
    }
    return failed < 0 ? 0 : fail("%s", reason);
}

/* A field that answers what is remembered. */
static int recall(void *self, const batch *p, double *out)
{
    const check *c = self;

    (void)p;
    memmove(out, c->raw, (size_t)c->n * c->dim * sizeof *out);
    return 0;
}

void check_convert(const check *c, const level *l, enum predicts has, double sign, const double *out,
                   enum predicts want, double *to)
{
    check memory = { .n = c->n, .dim = c->dim, .raw = (double *)out };
    const score s = { .dim = c->dim, .predicts = has, .eval = recall, .self = &memory };

    field_eval(&s, &(batch){ 1, c->n, l, c->x, NULL }, has, to);
    for (size_t i = 0; sign < 0 && i < (size_t)c->n * c->dim; i++)
        to[i] = -to[i];
    memory.raw = to;
    field_eval(&s, &(batch){ 1, c->n, l, c->x, NULL }, want, to);
}

void check_mean(int n, const double *v, double *mean, double *se)
{
    double square = 0;

    *mean = 0;
    for (int i = 0; i < n; i++)
        *mean += v[i] / n;
    for (int i = 0; i < n; i++)
        square += (v[i] - *mean) * (v[i] - *mean);
    *se = n > 1 ? sqrt(square / (n - 1) / n) : NAN;
}

/* ---- samples under a hypothesis ---- */

typedef struct guess { const score *inner; double sign; } guess;

static int guess_eval(void *self, const batch *p, double *out)
{
    const guess *g = self;

    if (g->inner->eval(g->inner->self, p, out))
        return -1;
    for (size_t i = 0; g->sign < 0 && i < (size_t)p->groups * p->rows * g->inner->dim; i++)
        out[i] = -out[i];
    return 0;
}

int check_sample(const check *c, enum predicts kind, double sign, int n, double *x)
{
    const guess g = { c->field, sign };
    const score s = { .abi = SCORE_ABI, .name = "guess", .dim = c->dim, .predicts = kind, .serial = 1,
                      .eval = guess_eval, .self = (void *)&g };
    level way[SAMPLE_STEPS + 1];
    method *m = method_parse("check", "ddim");
    int status = m ? 0 : -1;

    for (int k = 0; k <= SAMPLE_STEPS; k++) {
        double t = c->proc->t_of_lambda(
            c->proc, c->spot[0].at.lambda + k * (c->spot[SPOTS - 1].at.lambda - c->spot[0].at.lambda) / SAMPLE_STEPS);

        levels(c->proc, 1, &t, &way[k]);
    }
    if (!status) {
        start_states(c->proc, way, c->dim, c->seed, 0, n, x);
        status = solve(&(plan){ .how = m, .proc = c->proc, .field = &s, .steps = SAMPLE_STEPS, .grid = way,
                                .label = c->label, .stop = &watch_stopped }, n, x, NULL);
    }
    method_free(m);
    return status;
}
