/* fokker train: a network for the data of a SPEC, by denoising score matching. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/training/fit.h"
#include "bench/options.h"
#include "bench/report/draw.h"
#include "bench/watch.h"
#include "base/files/lock.h"
#include "base/files/target.h"

enum { CHECKPOINTS = 20 };
static const char ending[] = ".safetensors";

/* The path without its ending, and the part of it that is no folder. */
typedef struct train_place { char stem[4096]; const char *name; } train_place;

static enum going_on how(const request *r)
{
    return option_text(r, "resume-anyway") ? RESUME_ANYWAY : option_text(r, "resume") ? RESUME : BEGIN;
}

static int find_place(train_place *p, const request *r)
{
    const char *path = option_text(r, "output"), *slash;
    size_t len = path ? strlen(path) : 0, tail = sizeof ending - 1;

    if (!path)
        return fail("train: no file for the weights; give -o NAME.safetensors");
    if (len <= tail || strcmp(path + len - tail, ending) || len >= sizeof p->stem)
        return fail("-o %s: weights go into a NAME.safetensors", path);
    if (how(r) == BEGIN && !access(path, F_OK))
        return fail("-o %s: is there already; go on with --resume, or give another", path);
    snprintf(p->stem, sizeof p->stem, "%.*s", (int)(len - tail), path);
    slash = strrchr(p->stem, '/');
    p->name = slash ? slash + 1 : p->stem;
    return writable("output", path);
}

static int write_curve(const fit *f, const train_place *p)
{
    char path[4200];
    target t;
    int status;

    snprintf(path, sizeof path, "%s.tsv", p->stem);
    if (!(status = target_open(&t, path))) {
        fputs("step\tloss\n", t.file);
        for (long k = 0; k < fit_points(f); k++)
            fprintf(t.file, "%.0f\t%.6g\n", f->curve[k][0], f->curve[k][1]);
    }
    return target_close(&t, status);
}

static int draw(const train_place *p)
{
    char folder[4200];

    snprintf(folder, sizeof folder, "%.*s", (int)(p->name - p->stem), p->stem);
    return draw_loss(*folder ? folder : ".", p->name) ? undrawn("the table is %s.tsv", p->stem) : OK;
}

/* Steps, and a checkpoint now and then; Ctrl-C ends with one. */
static int run(fit *f, const train_place *p, int quiet)
{
    long every = (f->steps + CHECKPOINTS - 1) / CHECKPOINTS, from = f->step;
    char what[64];
    watch *w;
    int status = 0;

    snprintf(what, sizeof what, "%.40s", p->name);
    watch_hold(1);
    w = watch_open(what, f->steps, &f->step, quiet);
    while (f->step < f->steps && !watch_stopped && !status) {
        status = fit_step(f);
        if (!status && (f->step % every == 0 || f->step == f->steps))
            status = fit_save(f) || write_curve(f, p);
    }
    if (watch_stopped && !status && f->saved != f->step && f->step > from)
        status = fit_save(f) || write_curve(f, p);
    watch_close(w);
    return status ? -1 : 0;
}

int cmd_train(const request *r)
{
    train_place p;
    fit f;
    lock held;
    int code = OK, quiet = option_text(r, "quiet") != NULL;

    if (option_text(r, "data") && setenv("DATA", option_text(r, "data"), 1))
        return fail("--data: out of memory"), complain(USAGE);
    if (words_between(r, 1, 1) || find_place(&p, r) || lock_file(&held, option_text(r, "output")))
        return complain(USAGE);
    if (fit_open_by(&f, r->word[0], option_text(r, "output"), how(r), option_trust(r)))
        return lock_free(&held), complain(USAGE);
    if (run(&f, &p, quiet))
        code = complain(FAILED_RUN);
    else if (watch_stopped)
        code = INTERRUPTED;
    if (code == INTERRUPTED && f.saved >= 0)
        fprintf(stderr, "fokker: stopped at step %ld of %ld; --resume goes on\n", f.step, f.steps);
    if (code == OK && !quiet) {
        printf("%s: %ld steps of %d points, loss %.4g\n", f.path, f.steps, f.goal.batch, f.loss);
        code = draw(&p);
    }
    fit_close(&f);
    lock_free(&held);
    return code;
}
