/* Samplers: how x moves, and what that costs. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "library/sampler.h"

void watcher_open(watcher *w, int (*progress)(void *, long, long), void *with, long all)
{
    *w = (watcher){ .progress = progress, .with = with, .caller = pthread_self(), .all = all };
}

int watcher_look(void *self)
{
    static const double PAUSE = 0.05;               /* seconds */
    watcher *w = self;
    long done;
    double now;

    if (w->stop || !pthread_equal(w->caller, pthread_self()) || (now = omp_get_wtime()) < w->next)
        return w->stop;
    w->next = now + PAUSE;
    #pragma omp atomic read
    done = w->done;
    if (w->progress(w->with, done, w->all))
        w->stop = 1;
    return w->stop;
}

/* ---- open ---- */

static int read_label(fokker_sampler *s, const char *text)
{
    const subject of = { s->of->of->is, s->of->field };
    double v;

    s->label = LABEL_NONE;
    if (!text)
        return 0;
    if (!strcmp(text, "each")) {
        s->label = LABEL_EACH;
        return subject_labels(&of) > 0 ? 0
            : fail("label = each: neither data nor field of %s say how many classes there are; give a number",
                   of.model->name);
    }
    if (number("fokker_sampler_open", "label", text, &v))
        return -1;
    if (v != floor(v) || v < 0 || v > 1e6)
        return fail("fokker_sampler_open: label = %s; give a class, a whole number from 0, or each", text);
    return subject_takes(&of, "fokker_sampler_open", s->label = (long)v);
}

/* -1: neither. */
static int read_final(const char *text)
{
    if (!text || !strcmp(text, "none"))
        return TO_DATA;
    return !strcmp(text, "denoise") ? TO_CLEAN
        : fail("fokker_sampler_open: final = \"%s\"; give none or denoise", text);
}

static int open_recipe(fokker_sampler *s, const fokker_request *ask)
{
    const subject of = { s->of->of->is, s->of->field };
    const budget b = { (int)ask->steps, ask->nfe };
    int course = read_final(ask->final);

    if (ask->steps < 0 || ask->steps > 100000000 || ask->nfe < 0 || (ask->steps && ask->nfe))
        return fail("fokker_sampler_open: steps = %ld, nfe = %ld; give one of them, from 1 to 100000000", ask->steps,
                    ask->nfe);
    if (course < 0
        || recipe_open(&s->how, &of, ask->solver ? ask->solver : "dpmpp-2m", ask->grid, (enum course)course, b))
        return -1;
    return recipe_adapts(s->how.how, b) && (b.steps || b.nfe)
        ? fail("fokker_sampler_open: %s chooses its own steps; give rtol and atol instead of %s",
               s->how.how->sol->name, b.steps ? "steps" : "nfe") : 0;
}

static fokker_sampler *open_sampler(fokker_score *of, const fokker_request *ask)
{
    fokker_sampler *s = malloc(sizeof *s);

    if (!s)
        return fail("fokker_sampler_open: out of memory"), NULL;
    *s = (fokker_sampler){ .of = of, .seed = ask->seed, .threads = ask->threads, .time_limit = ask->time_limit,
                           .progress = ask->progress, .with = ask->with };
    if (read_label(s, ask->label) || open_recipe(s, ask)
        || start_parse(&s->start, "fokker_sampler_open", ask->start, of->field->dim)
        || start_check(&s->start, of->of->is, s->how.plan.grid, s->warning, sizeof s->warning)) {
        recipe_close(&s->how), start_close(&s->start);
        return free(s), NULL;
    }
    score_hold(of);
    return s;
}

fokker_sampler *fokker_sampler_open(fokker_score *of, const fokker_request *theirs)
{
    fokker_request ask;
    fokker_sampler *s;
    guest g;

    if (!of)
        return missing("fokker_sampler_open", "score"), NULL;
    if (struct_read("fokker_sampler_open", &ask, sizeof ask, theirs))
        return NULL;
    if (ask.threads < 0 || !(ask.time_limit >= 0))
        return fail("fokker_sampler_open: threads = %d, time_limit = %g; give 0 or more", ask.threads, ask.time_limit),
               NULL;
    guest_enter(&g, ask.threads);
    s = open_sampler(of, &ask);
    guest_leave(&g);
    return s;
}

void fokker_sampler_close(fokker_sampler *s)
{
    if (!s)
        return;
    recipe_close(&s->how), start_close(&s->start);
    fokker_score_close(s->of);
    free(s);
}

/* ---- use ---- */

int labels_of(const char *where, const fokker_sampler *s, long first, long n, const int *given, int **own,
              const int **out)
{
    const subject of = { s->of->of->is, s->of->field };

    *own = NULL, *out = given;
    for (long i = 0; i < n && given; i++)
        if (subject_takes(&of, where, given[i]))
            return -1;
    if (given || s->label == LABEL_NONE)
        return 0;
    if (!(*own = malloc((n ? n : 1) * sizeof **own)))
        return fail("%s: out of memory for %ld labels", where, n);
    for (long i = 0; i < n; i++)
        (*own)[i] = (int)(s->label == LABEL_EACH ? (first + i) % subject_labels(&of) : s->label);
    *out = *own;
    return 0;
}

const char *fokker_warning(const fokker_sampler *s) { return s ? s->warning : ""; }

int fokker_start(const fokker_sampler *s, long first, long n, const int *given, double *x)
{
    static const char where[] = "fokker_start";
    const int *label;
    int *own, status;
    guest g;

    if (!s)
        return missing(where, "sampler");
    if (rows_check(where, first, n))
        return FOKKER_FAILED;
    guest_enter(&g, s->threads);
    status = labels_of(where, s, first, n, given, &own, &label);
    if (!status && n)
        status = start_draw(&s->start, s->of->of->is, s->how.plan.grid, s->seed, first, (int)n, label, x);
    free(own);
    guest_leave(&g);
    return status;
}

long fokker_levels(const fokker_sampler *s, long room, double *t, double *alpha, double *sigma)
{
    if (!s)
        return missing("fokker_levels", "sampler");
    for (long i = 0; i <= s->how.plan.steps && i < room; i++) {
        const level *l = &s->how.plan.grid[i];

        if (t)
            t[i] = l->t;
        if (alpha)
            alpha[i] = l->alpha;
        if (sigma)
            sigma[i] = l->sigma;
    }
    return s->how.plan.steps + 1L;
}

static fokker_cost cost_of(const tally *t, double seconds)
{
    return (fokker_cost){ .steps = t->steps, .calls = t->calls, .draws = t->draws, .rejected = t->rejected,
                          .evaluations = t->network.evaluations, .diverged = t->diverged, .bytes = t->bytes,
                          .seconds = seconds };
}

int fokker_forecast(const fokker_sampler *s, fokker_cost *out)
{
    if (!s)
        return missing("fokker_forecast", "sampler");
    const fokker_cost c = cost_of(&s->how.cost, 0);

    return struct_write("fokker_forecast", out, &c, sizeof c);
}

/* One run of n > 0 rows. */
static int run_rows(const fokker_sampler *s, long first, long n, double *x, const int *label, tally *t)
{
    const noise fresh = noise_philox(s->seed);
    plan p = s->how.plan;
    watcher w;

    watcher_open(&w, s->progress, s->with, n * (p.rtol > 0 || p.how->sol->adapts ? 1L : p.steps));
    p.noise = &fresh, p.label = label, p.first = first;
    p.deadline = s->time_limit > 0 ? omp_get_wtime() + s->time_limit : 0;
    if (s->progress)
        p.watch = watcher_look, p.watcher = &w, p.stop = &w.stop, p.done = &w.done;
    return solve(&p, (int)n, x, t);
}

static int run_call(const fokker_sampler *s, long first, long n, double *x, const int *given, tally *t)
{
    const int *label;
    int *own, status = labels_of("fokker_run", s, first, n, given, &own, &label);

    if (!status && n) {
        if (s->of->field->serial)
            pthread_mutex_lock(&s->of->lock);
        status = run_rows(s, first, n, x, label, t);
        if (s->of->field->serial)
            pthread_mutex_unlock(&s->of->lock);
    }
    free(own);
    return status;
}

int fokker_run(const fokker_sampler *s, long first, long n, double *x, const int *label, fokker_cost *cost)
{
    double began = omp_get_wtime();
    tally t = { 0 };
    guest g;
    int status;

    if (!s)
        return missing("fokker_run", "sampler");
    if (rows_check("fokker_run", first, n) || (cost && struct_check("fokker_run", cost)))
        return FOKKER_FAILED;
    guest_enter(&g, s->threads);
    status = run_call(s, first, n, x, label, &t);
    guest_leave(&g);
    if (cost) {
        const fokker_cost c = cost_of(&t, omp_get_wtime() - began);

        struct_write("fokker_run", cost, &c, sizeof c);
    }
    return status;
}
