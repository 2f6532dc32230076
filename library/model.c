/* Models: what is true, in closed form. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "library/handle.h"

/* A process alone, which is known by its kind. */
static model *bare_model(const char *item)
{
    model *m = calloc(1, sizeof *m);

    if (m && (m->process = process_open("fokker_model_open", item ? item : "vp-linear"))
        && (m->name = strdup(m->process->name)))
        return m;
    if (!m || m->process)
        fail("fokker_model_open: out of memory");
    model_close(m);
    return NULL;
}

fokker_model *fokker_model_open(const char *name, const char *process_item, unsigned flags)
{
    fokker_model *m = NULL;
    guest g;

    if (flags & ~(unsigned)FOKKER_TRUST)
        return fail("fokker_model_open: flags = %u; this version, %s, knows FOKKER_TRUST alone", flags, FOKKER_VERSION),
               NULL;
    guest_enter(&g, 0);
    if (!(m = calloc(1, sizeof *m)))
        fail("fokker_model_open: out of memory");
    else if (!(m->is = name ? model_open_by(name, process_item, flags ? TRUST_FILES : TRUST_NAME)
                            : bare_model(process_item)))
        free(m), m = NULL;
    else
        lock_open(&m->lock), m->holds = 1;
    guest_leave(&g);
    return m;
}

fokker_model *model_hold(fokker_model *m) { return atomic_fetch_add(&m->holds, 1), m; }

void fokker_model_close(fokker_model *m)
{
    if (!m || atomic_fetch_sub(&m->holds, 1) > 1)
        return;
    model_close(m->is);
    pthread_mutex_destroy(&m->lock);
    free(m);
}

int fokker_model_facts(const fokker_model *m, fokker_facts *out)
{
    static const char where[] = "fokker_model_facts";

    if (!m)
        return missing(where, "model");
    const process *p = m->is->process;
    const law *l = m->is->law;
    const fokker_facts f = { .name = m->is->name, .process = p->name, .dim = l ? l->dim : 0,
                             .labels = l ? l->labels : 0, .T = p->T, .t_min = p->t_min, .t_max = p->t_max,
                             .prior_std = p->prior_std };

    return struct_write(where, out, &f, sizeof f);
}

int fokker_process_at(const fokker_model *m, long n, const double *t, double *alpha, double *sigma)
{
    static const char where[] = "fokker_process_at";

    if (!m)
        return missing(where, "model");
    const process *p = m->is->process;

    if (times_check(where, p, n, t))
        return FOKKER_FAILED;
    for (long i = 0; i < n; i++) {
        level l;

        levels_at(p, 1, &t[i], &l);
        if (alpha)
            alpha[i] = l.alpha;
        if (sigma)
            sigma[i] = l.sigma;
    }
    return 0;
}

/* ---- the law ---- */

/* What is asked of a law at one time, block by block. */
typedef struct law_question {
    const law *of;
    level at;
    stream from;
    long first, n;
    const int *label;
    double *x, *logp;
    int (*answer)(const struct law_question *, long row, int n);
} law_question;

static int law_draw(const law_question *q, long row, int n)
{
    enum { DRAW_EPS = 2 };                          /* 0 and 1 are the law's own */
    int dim = q->of->dim, status;
    double *x = q->x + row * dim, *eps;

    if (q->of->sample(q->of, q->from, q->first + row, n, q->label ? q->label + row : NULL, x))
        return -1;
    if (q->at.alpha == 1 && q->at.sigma == 0)
        return 0;
    status = (eps = malloc((size_t)n * dim * sizeof *eps)) ? 0 : fail("fokker_law_sample: out of memory");
    if (!status)
        normals(q->from, q->first + row, 0, DRAW_EPS, n, dim, eps);
    for (long i = 0; i < (long)n * dim && !status; i++)
        x[i] = fma(q->at.alpha, x[i], q->at.sigma * eps[i]);
    free(eps);
    return status;
}

static int law_density(const law_question *q, long row, int n)
{
    const batch b = { .groups = 1, .rows = n, .at = &q->at, .x = q->x + row * q->of->dim,
                      .label = q->label ? q->label + row : NULL };

    return q->of->logpdf(q->of, &b, q->logp + row);
}

/* All rows by all threads; the first block that fails tells why. */
static int law_ask(const law_question *q)
{
    enum { ROWS = 256 };
    long failed = q->n;
    char reason[1024];

    #pragma omp parallel for schedule(dynamic)
    for (long row = 0; row < q->n; row += ROWS) {
        int n = q->n - row < ROWS ? (int)(q->n - row) : ROWS;

        if (!q->answer(q, row, n))
            continue;
        #pragma omp critical(fokker_law)
        if (row < failed) {
            failed = row;
            snprintf(reason, sizeof reason, "%s", last_error());
        }
    }
    return failed < q->n ? fail("%s", reason) : 0;
}

/* The law and the level of a question.  0 or -1. */
static int law_of(law_question *q, const char *where, const fokker_model *m, double t)
{
    if (!m)
        return missing(where, "model");
    const process *p = m->is->process;

    if (!m->is->law)
        return fail("%s: nothing is known of the data of %s; open a model with a [data] section", where, m->is->name);
    if (times_check(where, p, 1, &t))
        return -1;
    q->of = m->is->law;
    levels_at(p, 1, &t, &q->at);
    return 0;
}

int fokker_law_sample(const fokker_model *m, double t, uint64_t seed, long first, long n, const int *label, double *x)
{
    static const char where[] = "fokker_law_sample";
    law_question q = { .from = { seed, USE_LAW }, .first = first, .n = n, .label = label, .x = x, .answer = law_draw };
    int status;
    guest g;

    if (rows_check(where, first, n) || law_of(&q, where, m, t))
        return FOKKER_FAILED;
    guest_enter(&g, 0);
    status = law_ask(&q);
    guest_leave(&g);
    return status;
}

int fokker_law_logp(const fokker_model *m, double t, long n, const double *x, const int *label, double *logp)
{
    static const char where[] = "fokker_law_logp";
    law_question q = { .n = n, .label = label, .x = (double *)x, .logp = logp, .answer = law_density };
    int status;
    guest g;

    if (rows_check(where, 0, n) || law_of(&q, where, m, t))
        return FOKKER_FAILED;
    if (!q.of->logpdf)
        return fail("%s: the density of the data of %s is not known", where, m->is->name);
    guest_enter(&g, 0);
    status = law_ask(&q);
    guest_leave(&g);
    return status;
}
