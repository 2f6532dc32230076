/* Keys of every section of every kind of file: a misspelt one is named with its own line and the nearest of the right
 * set, whatever else is missing; one that nothing reads is refused. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/fail.h"
#include "bench/experiment/spec.h"
#include "bench/training/fit.h"
#include "scores/feature.h"
#include "scores/open.h"
#include "tests/suite.h"
#include "tests/support/packed.h"

enum { A_MODEL, ITS_PROCESS, A_FIELD, A_SPACE, A_TRAINING, A_PLAN };

/* Opens the file as what it is for; 0 or -1. */
static int open_as(int what, const char *path)
{
    static fit f;
    subject of;
    features *space;
    spec s;
    request r = { .command = commands, .words = 1, .word = { path } };
    int status = -1;

    if (what == A_MODEL || what == ITS_PROCESS) {
        model *m = model_open(path, what == ITS_PROCESS ? "edm" : NULL);

        status = m ? 0 : -1;
        model_close(m);
    }
    if (what == A_FIELD && !(status = subject_open(&of, path, NULL, NULL)))
        subject_close(&of);
    if (what == A_SPACE && !(status = (space = features_open(path)) ? 0 : -1))
        features_close(space);
    if (what == A_TRAINING && !(status = fit_open(&f, path, in_box("w.safetensors"), 0)))
        fit_close(&f);
    if (what == A_PLAN && !(status = spec_open(&s, &r)))
        spec_close(&s);
    return status;
}

static void a_misspelt_key_is_named_with_its_line_in_every_kind_of_section(void)
{
#define DATA "[data]\nkind = mixture\nmean.1 = 0 0\nstd = 1\n"
    static const struct { int what; const char *text, *words[2]; } cases[] = {
        { A_MODEL, "[process]\nkind = vp-linear\nbeta_mx = 3\n", { ":3: ", "did you mean beta_max?" } },
        { ITS_PROCESS, "[process]\nkind = vp-linear\nbeta_mx = 3\n", { ":3: ", "did you mean beta_max?" } },
        { A_MODEL, "[process]\n\nknd = vp-linear\n", { ":3: [process] has no kind", "knd" } },
        { A_MODEL, "[prcess]\nkind = vp-linear\n", { ":1: a model has no section [prcess]", "[process]" } },
        { A_MODEL, "[data]\nkind = mixture\nweights = 1\nmean.1 = 0 0\nstdd = 0.3\n",
          { ":5: [data] of kind mixture has no key stdd", "did you mean std?" } },
        { A_MODEL, "[data]\nkind = mixture\nmaen.1 = 0 0\nstd = 1\n", { ":3: ", "did you mean mean.1?" } },
        { A_MODEL, "[data]\nkind = mixture\nmean.1 = 0\nstd.01 = 1\nstd = 1\n",
          { ":4: nothing reads std.01", "" } },
        { A_MODEL, "[data]\nkind = mixture\nmean.1 = 0\nstd.2 = 1\nstd = 1\n", { ":4: std.2 is for a mode", "" } },
        { A_MODEL, "[data]\nkind = mixture\nmean.1 = 0\nwidth = 1\n", { ":4: ", "of kind mixture" } },
        { A_MODEL, "[data]\nknd = mixture\nmean.1 = 0 0\nstd = 1\n", { ":2: [data] has no kind", "knd" } },
        { A_MODEL, "[data]\nkind = dataset\nflie = x.csv\n", { ":3: [data] of kind dataset", "did you mean file?" } },
        { A_MODEL, "[data]\nkind = like\nmodle = gauss2\n", { ":3: [data] of kind like", "did you mean model?" } },
        { A_FIELD, DATA "[score]\nkind = exact\nwarp = clamp\n",
          { ":7: [score] of kind exact", "did you mean wrap?" } },
        { A_FIELD, DATA "[score]\nknid = exact\n", { ":6: [score] has no kind", "knid" } },
        { A_FIELD, DATA "[score]\nkind = exact\nfile = x\n", { ":7: [score] of kind exact has no key file", "" } },
        { A_FIELD, "[score]\nkind = mlp\nfil = x\n", { ":3: [score] of kind mlp", "did you mean file?" } },
        { A_FIELD, "[score]\nkind = mlp\nfile = x\ntme = t\n", { ":4: ", "did you mean time?" } },
        { A_FIELD, "[score]\nkind = onnx\nfiel = x\n", { ":3: [score] of kind onnx", "did you mean file?" } },
        { A_FIELD, "[score]\nkind = onnx\nfile = x\nchannels = 1\n", { ":4: ", "has no key channels" } },
        { A_FIELD, "[score]\nkind = pipe\ncomand = true\n", { ":3: [score] of kind pipe", "did you mean command?" } },
        { A_FIELD, "[score]\nkind = plugin\nfilee = x\n", { ":3: [score] of kind plugin", "did you mean file?" } },
        { A_SPACE, "[features]\nkind = mlp\nscael = 2\nfile = x\n", { ":3: [features] of kind mlp", "mean scale?" } },
        { A_SPACE, "[features]\nkind = onnx\nchanels = 2\nfile = x\n", { ":3: ", "did you mean channels?" } },
        { A_SPACE, "[features]\nkind = mlp\nwrap = clamp\nfile = x\n", { ":3: ", "has no key wrap" } },
        { A_TRAINING, DATA "[net]\nwidth = 8\n[train]\nsteps = 2\npredicts = data\n", { ":9: [train] has no", "" } },
        { A_TRAINING, DATA "[net]\nwidht = 8\n[train]\nsteps = 2\n",
          { ":6: [net] has no key", "did you mean width?" } },
        { A_TRAINING, DATA "[net]\nkind = mlp\n[train]\nstpes = 2\n", { ":8: [train] has no key", "mean steps?" } },
        { A_PLAN, "[bench]\nmodel = gauss2\n", { ":2: [bench] has no key model", "did you mean models?" } },
        { A_PLAN, "[bench]\nmodels = gauss2\noutput = x\nstepps = 3\n", { ":4: ", "did you mean steps?" } },
        { A_PLAN, "[bench]\nmodels = gauss2\n[data]\n", { ":3: a plan of runs has no section [data]", "" } } };

    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!open_as(cases[i].what, text_of("keys.ini", cases[i].text)))
            CU_FAIL("was not refused");
        says("keys.ini:", cases[i].words[0], cases[i].words[1]);
    }
}

/* 100,000 modes, each with a key of its own for its mean and its spread. */
static void many_modes_are_read_in_time(void)
{
    enum { K = 100000 };
    static char text[K * 40];
    clock_t begin = clock();
    int at = sprintf(text, "[data]\nkind = mixture\nlabels =");
    model *m;

    for (int k = 0; k < K; k++)
        at += sprintf(text + at, " %d", k % 10);
    at += sprintf(text + at, "\n");
    for (int k = 1; k <= K; k++)
        at += sprintf(text + at, "mean.%d = %d 0\nstd.%d = 0.3\n", k, k % 7, k);
    if (!must((m = model_open(text_of("modes.ini", text), NULL)) ? 0 : -1))
        CU_ASSERT(m->law->modes == K && m->law->dim == 2 && m->law->labels == 10);
    model_close(m);
    below((double)(clock() - begin) / CLOCKS_PER_SEC, 2);
}

static const test_case tests[] = {
    { "a misspelt key is named with its line in every kind of section",
      a_misspelt_key_is_named_with_its_line_in_every_kind_of_section },
    { "many modes are read in time", many_modes_are_read_in_time },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_keys = { "keys", tests };
