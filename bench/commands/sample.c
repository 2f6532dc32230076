/* fokker sample: one method, one budget, n samples, and what they cost. */
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/experiment/ledger.h"
#include "bench/asked.h"
#include "bench/ranks.h"
#include "solvers/engine/recipe.h"
#include "bench/report/contact_sheet.h"
#include "bench/watch.h"
#include "base/files/array.h"
#include "solvers/engine/start.h"

typedef struct sample_job {
    const request *r;
    subject of;
    recipe how;
    long n, seed, label;
    double *x, *from, *trace;               /* from: where a run began whose serial reference is asked for */
    int *labels;
    start_rule start;
    char warning[256];                      /* about the start; "": none */
    array recorded;
    replay replay;
    noise noise;
    account account;
} sample_job;

static const char *or_default(const char *text, const char *otherwise) { return text ? text : otherwise; }

static int open_recipe(sample_job *j)
{
    long steps, nfe;
    int final = option_choice(j->r, "final", "none denoise");

    if (final < 0 || option_whole(j->r, "steps", 1, 100000000, 0, &steps)
        || option_whole(j->r, "nfe", 1, 100000000, 0, &nfe))
        return -1;
    if (steps && nfe)
        return fail("--steps and --nfe are both given; choose one");
    if (recipe_open(&j->how, &j->of, or_default(option_text(j->r, "solver"), "dpmpp-2m"), option_text(j->r, "grid"),
                    final, (budget){ (int)steps, nfe }))
        return -1;
    if (recipe_adapts(j->how.how, (budget){ (int)steps, nfe }) && (steps || nfe))
        return fail("--%s: %s chooses its own steps; give rtol and atol instead", steps ? "steps" : "nfe",
                    j->how.how->sol->name);
    return 0;
}

/* Room for the starting states, or those that are read. */
static int open_states(sample_job *j)
{
    const char *init = option_text(j->r, "init");
    int dim = j->of.field->dim;
    array a;

    if (init && strcmp(or_default(option_text(j->r, "start"), "prior"), "prior"))
        return fail("--start: --init gives the states; leave one of them out");
    if (!init) {
        if (start_parse(&j->start, "--start", option_text(j->r, "start"), dim)
            || start_check(&j->start, j->of.model, j->how.plan.grid, j->warning, sizeof j->warning))
            return -1;
        j->x = malloc((size_t)j->n * dim * sizeof *j->x);
        if (!j->x)
            return fail("-n %ld: not enough memory for %ld x %d numbers", j->n, j->n, dim);
        return 0;
    }
    if (array_read(init, &a))
        return -1;
    if (array_cols(&a) != dim) {
        long cols = array_cols(&a);

        array_free(&a);
        return fail("--init %s: has rows of %ld numbers, but the model has %d columns", init, cols, dim);
    }
    if (option_text(j->r, "samples") && array_rows(&a) != j->n) {
        long rows = array_rows(&a);

        array_free(&a);
        return fail("--init %s: has %ld rows, but -n is %ld; leave -n out", init, rows, j->n);
    }
    j->n = array_rows(&a);
    j->x = a.v;
    return 0;
}

static int open_noise(sample_job *j)
{
    const char *path = option_text(j->r, "noise");

    j->noise = noise_philox(j->seed);
    if (!path)
        return 0;
    if (j->how.plan.rtol > 0)
        return fail("--noise: recorded noise needs fixed steps; give --steps or --nfe");
    if (array_read(path, &j->recorded) || replay_open(&j->replay, path, &j->recorded, j->n, j->of.field->dim))
        return -1;
    if (j->replay.draws < j->how.cost.draws)
        return fail("--noise %s: holds %ld draws, but the run needs %ld; record more, or take fewer steps", path,
                    j->replay.draws, j->how.cost.draws);
    j->noise = noise_replay(&j->replay);
    return 0;
}

static int open_label(sample_job *j)
{
    const char *text = option_text(j->r, "label");
    int each = text && !strcmp(text, "each"), n = subject_labels(&j->of);

    if (!text)
        return 0;
    if (each && !n)
        return fail("--label each: neither data nor field of %s say how many classes there are; give a number",
                    j->of.model->name);
    if ((!each && option_whole(j->r, "label", 0, 1000000, 0, &j->label)) || subject_takes(&j->of, "--label", j->label))
        return -1;
    if (!(j->labels = malloc(j->n * sizeof *j->labels)))
        return fail("-n %ld: not enough memory", j->n);
    for (long i = 0; i < j->n; i++)
        j->labels[i] = (int)(each ? i % n : j->label);
    j->how.plan.label = j->labels;
    return 0;
}

static int draw_states(sample_job *j)
{
    return option_text(j->r, "init") ? 0 : start_draw(&j->start, j->of.model, j->how.plan.grid, (uint64_t)j->seed, 0,
                                                      (int)j->n, j->labels, j->x);
}

static int open_twin(sample_job *j)
{
    size_t bytes = (size_t)j->n * j->of.field->dim * sizeof *j->x;
    char name[128];

    if (!option_text(j->r, "twin"))
        return 0;
    if (!j->how.how->sol->serial_reference)
        return fail("--twin: %s is not parallel in time and has no serial twin; leave it out",
                    method_name(j->how.how, name, sizeof name));
    if (!(j->from = malloc(bytes)))
        return fail("-n %ld: not enough memory", j->n);
    memcpy(j->from, j->x, bytes);
    return account_open(&j->account, &j->how.plan);
}

static int open_trace(sample_job *j)
{
    size_t numbers = (size_t)(j->how.plan.steps + 1) * j->n * j->of.field->dim;

    if (!option_text(j->r, "trajectory"))
        return 0;
    if (!(j->trace = malloc(numbers * sizeof *j->trace)))
        return fail("--trajectory: not enough memory for %d x %ld x %d numbers", j->how.plan.steps + 1, j->n,
                    j->of.field->dim);
    j->how.plan.trace = j->trace;
    return 0;
}

/* Everything that will be written can be. */
static int check_outputs(const request *r)
{
    static const char *const files[] = { "output", "trajectory", "png" };

    for (int i = 0; i < 3; i++)
        if (option_text(r, files[i]) && writable(files[i], option_text(r, files[i])))
            return -1;
    return 0;
}

static int open_job(sample_job *j, const request *r)
{
    *j = (sample_job){ .r = r };
    if (words_between(r, 1, 1) || option_whole(r, "samples", 1, 2000000000, 1000, &j->n)
        || option_whole(r, "seed", 0, 1L << 53, 0, &j->seed))
        return -1;
    if (asked_open(&j->of, r))
        return -1;
    if (option_text(r, "png") && sheet_refuses(j->of.field->dim))
        return -1;
    if (check_outputs(r))
        return -1;
    return open_recipe(j) || open_states(j) || open_label(j) || draw_states(j) || open_noise(j) || open_twin(j)
        || open_trace(j) ? -1 : 0;
}

static void close_job(sample_job *j)
{
    array_free(&j->recorded);
    free(j->x), free(j->from);
    account_close(&j->account);
    free(j->trace);
    free(j->labels);
    start_close(&j->start);
    recipe_close(&j->how);
    subject_close(&j->of);
}

static void print_text(long n, int dim, const double *x)
{
    for (long i = 0; i < n && !ferror(stdout); i++)
        for (int d = 0; d < dim; d++)
            printf("%.17g%c", x[i * dim + d], d + 1 < dim ? ' ' : '\n');
}

/* One that fails keeps none of the others from being written.  OK or FAILED_RUN. */
static int write_all(const sample_job *j)
{
    const char *output = option_text(j->r, "output"), *trace = option_text(j->r, "trajectory"),
        *png = option_text(j->r, "png");
    int dim = j->of.field->dim, code = OK;

    if (!output && !trace && !png)
        print_text(j->n, dim, j->x);
    if (output && array_write(output, 2, (long[]){ j->n, dim }, j->x))
        code = complain(FAILED_RUN);
    if (trace && array_write(trace, 3, (long[]){ j->how.plan.steps + 1, j->n, dim }, j->trace))
        code = complain(FAILED_RUN);
    if (png && sheet_write(png, j->n, dim, j->x))
        code = complain(FAILED_RUN);
    return code;
}

static void print_record(const sample_job *j, const tally *t, double seconds)
{
    char name[128];

    fprintf(stderr, "%s, %s: %s, %ld samples of %d columns, seed %ld\n", j->of.model->name, j->of.model->process->name,
            method_name(j->how.how, name, sizeof name), j->n, j->of.field->dim, j->seed);
    fprintf(stderr, "%ld steps%s, %ld calls in sequence, %ld rows, %.3g s", t->steps, j->how.plan.rtol > 0 ? " at most"
            : "", t->calls, t->rows, seconds);
    if (t->rejected)
        fprintf(stderr, ", %ld steps rejected", t->rejected);
    fprintf(stderr, "\n");
    if (*j->warning)
        fprintf(stderr, "warning: %s\n", j->warning);
    if (j->account.known && !isnan(j->account.serial_seconds))
        account_print(&j->account, stderr);
}

int cmd_sample(const request *r)
{
    sample_job j;
    tally cost;
    watch *w;
    score *shared = NULL;
    long done = 0;
    int status, code = OK, quiet = option_text(r, "quiet") != NULL || ranks_mine() > 0;
    double began;                                   /* then the seconds that it took */

    if (ranks_agree(open_job(&j, r))) {
        close_job(&j);
        return complain(USAGE);
    }
    j.how.plan.noise = &j.noise, j.how.plan.stop = &watch_stopped;
    w = watch_open("rows x steps", j.n * (long)j.how.plan.steps, &done, quiet);
    j.how.plan.done = w ? &done : NULL;
    if (!j.trace && ranks_agree(ranks_share(&j.how.plan, (int)j.n, &shared))) {
        ranks_release(shared), watch_close(w);
        close_job(&j);
        return complain(FAILED_RUN);
    }
    watch_hold(1);
    began = omp_get_wtime();
    status = solve(&j.how.plan, (int)j.n, j.x, &cost);
    began = omp_get_wtime() - began;
    watch_close(w);
    if (status)
        code = ranks_mine() > 0 ? FAILED_RUN : complain(FAILED_RUN);
    j.account.known &= !status;
    if (j.account.known && account_take(&j.account, &j.how.plan, (int)j.n, j.from, j.x, &cost, began))
        code = complain(FAILED_RUN);
    if (!quiet)
        print_record(&j, &cost, began);
    ranks_release(shared);
    /* it could be written before: the disk is full */
    if (ranks_mine() == 0 && write_all(&j))
        code = FAILED_RUN;
    close_job(&j);
    return status == STOPPED ? INTERRUPTED : code;
}
