/* Log-likelihoods by the probability flow. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "library/sampler.h"
#include "scores/open.h"
#include "solvers/likelihood/likelihood.h"

static const char where[] = "fokker_logp";

/* What is asked, made ready: the inquiry points into the rest. */
typedef struct question { recipe how; args given; level *finer; inquiry q; } question;

static int set_tolerances(question *a, const fokker_question *ask)
{
    double rtol = ask->rtol, atol = ask->atol;

    if (!(a->how.plan.rtol > 0))
        return rtol || atol ? fail("%s: %s takes fixed steps; give steps or nfe instead of rtol, or another method",
                                   where, a->how.how->sol->name) : 0;
    if ((rtol && !(rtol >= 1e-14 && rtol <= 1e3)) || (atol && !(atol >= 1e-14 && atol <= 1e3)))
        return fail("%s: rtol = %g, atol = %g; give numbers from 1e-14, which is near round-off, to 1000", where, rtol,
                    atol);
    a->q.rtol = rtol ? rtol : a->how.plan.rtol;
    a->q.atol = atol ? atol : rtol ? rtol : a->how.plan.atol;
    return 0;
}

static int set_steps(question *a, const subject *of, const fokker_question *ask)
{
    budget b = { (int)ask->steps, ask->nfe };

    if (ask->steps < 0 || ask->steps > 100000000 || ask->nfe < 0 || (ask->steps && ask->nfe)
        || ((ask->steps || ask->nfe) && (ask->rtol || ask->atol)))
        return fail("%s: steps = %ld, nfe = %ld, rtol = %g; give one of them, or none", where, ask->steps, ask->nfe,
                    ask->rtol);
    if (b.nfe && (b.nfe /= inquiry_rounds(&a->q)) < 1)
        return fail("%s: nfe = %ld; %s asks the field %d times at each time, raise nfe", where, ask->nfe,
                    a->q.trace->name, inquiry_rounds(&a->q));
    if (recipe_open(&a->how, of, ask->solver ? ask->solver : "dopri5", ask->grid, TO_NOISE, b))
        return -1;
    if (recipe_adapts(a->how.how, b) && (b.steps || b.nfe))
        return fail("%s: %s chooses its own steps; give rtol and atol instead of %s", where, a->how.how->sol->name,
                    b.steps ? "steps" : "nfe");
    a->q.how = a->how.how, a->q.steps = a->how.plan.steps, a->q.grid = a->how.plan.grid;
    /* of a grid that has no twice as many steps, a file's, they are halved */
    if (a->how.plan.rtol <= 0 && schedule_fixed(&a->how.when, a->q.proc) == 0)
        a->q.finer = a->finer = schedule_levels(&a->how.when, a->q.proc, 2 * a->q.steps);
    return set_tolerances(a, ask);
}

static int question_open(question *a, const subject *of, const fokker_question *ask)
{
    const char *prior = ask->prior ? ask->prior : "normal";
    int exact = !strcmp(prior, "exact");

    *a = (question){ .q = { .proc = of->model->process, .field = of->field, .law = of->model->law,
                            .probes = (int)(ask->probes ? ask->probes : 8), .seed = ask->seed, .exact_prior = exact,
                            .unchecked = ask->unchecked != 0 } };
    if (!exact && strcmp(prior, "normal"))
        return fail("%s: prior = \"%s\"; give normal or exact", where, prior);
    if (ask->probes < 0 || ask->probes > 1 << 20 || ask->threads < 0 || !(ask->time_limit >= 0))
        return fail("%s: probes = %ld, threads = %d, time_limit = %g; give 0 or more, of probes at most %d", where,
                    ask->probes, ask->threads, ask->time_limit, 1 << 20);
    a->q.given = &a->given;
    if (!(a->q.trace = estimator_parse(&a->given, where, ask->trace ? ask->trace : "exact")))
        return -1;
    return set_steps(a, of, ask) || inquiry_check(&a->q) ? -1 : 0;
}

static void question_close(question *a)
{
    recipe_close(&a->how);
    free(a->finer);
    args_free(&a->given);
}

static void tell(const fokker_answer *out, long i, const answer *a)
{
    double *const to[] = { out->logp, out->lo, out->hi, out->se_trace, out->err_solver, out->err_prior, out->err_trunc,
                           out->exact };
    const double from[] = { a->logp, a->lo, a->hi, a->se_trace, a->err_solver, a->err_prior, a->err_trunc, a->exact };

    for (size_t k = 0; k < sizeof to / sizeof *to; k++)
        if (to[k])
            to[k][i] = from[k];
    if (out->calls)
        out->calls[i] = a->calls;
    if (out->evaluations)
        out->evaluations[i] = a->rows;
}

/* n > 0 points. */
static int ask_points(question *a, const fokker_question *ask, long n, const double *x, const fokker_answer *out)
{
    answer *got = malloc(n * sizeof *got);
    watcher w;
    int status;

    if (!got)
        return fail("%s: out of memory for %ld answers", where, n);
    watcher_open(&w, ask->progress, ask->with, n * (ask->unchecked ? 1 : 2));
    a->q.deadline = ask->time_limit > 0 ? omp_get_wtime() + ask->time_limit : 0;
    if (ask->progress)
        a->q.watch = watcher_look, a->q.watcher = &w, a->q.stop = &w.stop, a->q.done = &w.done;
    status = likelihood(&a->q, (int)n, x, NULL, got);
    for (long i = 0; i < n; i++)
        tell(out, i, &got[i]);
    free(got);
    return status;
}

static int answer_all(fokker_score *s, const fokker_question *ask, long first, long n, const double *x,
                      const int *label, const fokker_answer *out)
{
    const subject of = { s->of->is, s->field };
    int status;
    question a;

    for (long i = 0; i < n && label; i++)
        if (subject_takes(&of, where, label[i]))
            return -1;
    status = question_open(&a, &of, ask);
    a.q.first = first, a.q.label = label;
    if (!status && n)
        status = ask_points(&a, ask, n, x, out);
    question_close(&a);
    return status;
}

int fokker_logp(fokker_score *s, const fokker_question *theirs, long first, long n, const double *x, const int *label,
                const fokker_answer *to)
{
    fokker_question ask;
    fokker_answer out;
    int status;
    guest g;

    if (!s)
        return missing(where, "score");
    if (rows_check(where, first, n) || struct_read(where, &ask, sizeof ask, theirs)
        || struct_read(where, &out, sizeof out, to))
        return FOKKER_FAILED;
    guest_enter(&g, ask.threads);
    if (s->field->serial)
        pthread_mutex_lock(&s->lock);
    status = answer_all(s, &ask, first, n, x, label, &out);
    if (s->field->serial)
        pthread_mutex_unlock(&s->lock);
    guest_leave(&g);
    return status;
}
