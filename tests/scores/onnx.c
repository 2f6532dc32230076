/* Networks of other people's through ONNX Runtime: NETS names the folder of the networks and of what PyTorch
 * answered, DATA that of MNIST. */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/files/array.h"
#include "scores/feature.h"
#include "scores/outside/ort.h"
#include "tests/support/fixture.h"
#include "tests/suite.h"

/* The time as the reference has it is scale t + shift of the process's. */
static const struct onnx_net { const char *name; double scale, shift; } nets[] = { { "mnist-eps-cnn", 1000, 0 },
                                                                              { "mnist-eps-cnn-fragile", 1000, 0 },
    { "mnist-eps-cnn-fragile-epoch200", 1000, 0 }, { "mnist-flow-vit", -1, 1 }, { "toy-eps-mlp", 1, 0 } };
enum { NETS = sizeof nets / sizeof *nets };

/* The runtime leaks a little where a file is no model; that is none of ours. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libonnxruntime"; }

/* 0 where the networks, the data and the runtime are there; else it says once what is missing. */
static int missing(void)
{
    static int said;
    ort r;
    const char *what = getenv("NETS") && getenv("DATA") ? NULL : "NETS and DATA are not given";

    if (!what && ort_open(&r))
        what = last_error();
    else if (!what)
        ort_close(&r);
    if (what && !said++)
        printf("(skipped: %s) ", what);
    return what != NULL;
}

/* A shipped model of models/nets/ with its reference: states, times, labels or NULL, answers. */
typedef struct onnx_stand { subject of; array x, t, y, out; level *at; int *label, n; double *answer; } onnx_stand;

static int read_array(const char *name, const char *part, array *a)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s.%s.npy", getenv("NETS"), name, part);
    return access(path, R_OK) && !strcmp(part, "y") ? 0 : array_read(path, a);
}

static int stand_open(onnx_stand *s, const struct onnx_net *net)
{
    char path[4096];

    *s = (onnx_stand){ 0 };
    snprintf(path, sizeof path, "%snets/%s.ini", models_folder(), net->name);
    if (must(subject_open(&s->of, path, NULL, NULL)) || must(read_array(net->name, "x", &s->x))
        || must(read_array(net->name, "t", &s->t)) || must(read_array(net->name, "y", &s->y))
        || must(read_array(net->name, "out", &s->out)))
        return -1;
    s->n = (int)array_rows(&s->x);
    s->at = malloc(s->n * sizeof *s->at), s->answer = malloc(s->n * array_cols(&s->x) * sizeof *s->answer);
    s->label = s->y.v ? malloc(s->n * sizeof *s->label) : NULL;
    for (int i = 0; i < s->n; i++) {
        levels(s->of.model->process, 1, (double[]){ net->scale * s->t.v[i] + net->shift }, &s->at[i]);
        if (s->label)
            s->label[i] = s->y.v[i] == 10 ? -1 : (int)s->y.v[i];
    }
    return 0;
}

static void stand_close(onnx_stand *s)
{
    free(s->at), free(s->label), free(s->answer);
    array_free(&s->x), array_free(&s->t), array_free(&s->y), array_free(&s->out);
    subject_close(&s->of);
}

static void asked(onnx_stand *s, int first, int n, double *out)
{
    long dim = array_cols(&s->x);

    must(s->of.field->eval(s->of.field->self,
                           &(batch){ n, 1, s->at + first, s->x.v + first * dim, s->label ? s->label + first : NULL },
        out + first * dim));
}

static void answers_are_those_of_pytorch(void)
{
    for (int k = 0; k < NETS && !missing(); k++) {
        onnx_stand s;
        double error = 0;

        if (stand_open(&s, &nets[k]))
            continue;
        asked(&s, 0, s.n, s.answer);
        for (long i = 0; i < s.n * array_cols(&s.x); i++)
            error = fmax(error, fabs(s.answer[i] - s.out.v[i]));
        check_below(error, 1e-5, nets[k].name, __FILE__, __LINE__);
        stand_close(&s);
    }
}

/* Convolutions and attention are computed an image at a time, small products row by row: the batch does
 * not matter to these five. */
static void a_row_has_the_same_bits_in_every_batch(void)
{
    for (int k = 0; k < NETS && !missing(); k++) {
        onnx_stand s;
        double *alone;

        if (stand_open(&s, &nets[k]))
            continue;
        alone = malloc(s.n * array_cols(&s.x) * sizeof *alone);
        asked(&s, 0, s.n, s.answer);
        for (int part = 1; part < 6; part += 2) {
            for (int i = 0; i < s.n; i += part)
                asked(&s, i, s.n - i < part ? s.n - i : part, alone);
            if (memcmp(alone, s.answer, s.n * array_cols(&s.x) * sizeof *alone))
                CU_FAIL(nets[k].name);
        }
        free(alone);
        stand_close(&s);
    }
}

static void samples_have_the_same_bits_for_any_number_of_threads(void)
{
    rig r;
    char path[4096];
    int threads = omp_get_max_threads();
    double *x, *y[2];

    snprintf(path, sizeof path, "%snets/toy-eps-mlp.ini", models_folder());
    if (missing() || rig_open(&r, path, NULL, "dpmpp-2m", NULL, 5, 0))
        return;
    x = rig_start(&r, 200);
    for (int k = 0; k < 2; k++) {
        omp_set_num_threads(k + 1);
        r.how.plan.block = k ? 32 : 200;
        y[k] = rig_run(&r, 200, x, NULL, NULL);
    }
    omp_set_num_threads(threads);
    CU_ASSERT(!memcmp(y[0], y[1], 400 * sizeof **y));
    free(x), free(y[0]), free(y[1]);
    rig_close(&r);
}

/* `channels` keeps an axis: the mean over the image of the tokens that the whole answer has. */
static void a_tensor_within_a_network_is_a_feature_space(void)
{
    enum { TOKENS = 20, COLS = 64, ROWS = 3 };
    char folder[] = "/tmp/fokker-onnx-XXXXXX", path[64];
    double *all = malloc(ROWS * TOKENS * COLS * sizeof *all), *kept = malloc(ROWS * COLS * sizeof *kept), error = 0,
        x[ROWS * 784];

    for (int i = 0; i < ROWS * 784; i++)
        x[i] = i % 97 / 97.;
    if (missing() || !mkdtemp(folder))
        return;
    snprintf(path, sizeof path, "%s/space.ini", folder);
    for (int k = 0; k < 2; k++) {
        FILE *out = fopen(path, "w");
        features *f;

        fprintf(out, "[process]\nkind = flow\n[features]\nkind = onnx\nfile = ${NETS}/mnist-flow-vit.onnx\nlabel = "
                     "y\nno_label = 10\n"
                     "output = /Add_36_output_0\n%s", k ? "channels = 2\n" : "");
        fclose(out);
        if (must((f = features_open(path)) ? 0 : -1))
            break;
        CU_ASSERT_FATAL(f->cols == (k ? COLS : TOKENS * COLS));
        must(features_of(f, (units){ 1, 0 }, ROWS, x, k ? kept : all));
        features_close(f);
    }
    for (int i = 0; i < ROWS * COLS; i++) {
        double mean = 0;

        for (int t = 0; t < TOKENS; t++)
            mean += all[(i / COLS * TOKENS + t) * COLS + i % COLS] / TOKENS;
        error = fmax(error, fabs(mean - kept[i]));
    }
    below(error, 1e-12);
    unlink(path), rmdir(folder);
    free(all), free(kept);
}

static void what_is_wrong_is_said_in_a_sentence(void)
{
    static const struct { const char *score, *word, *more; } cases[] = {
        { "file = ${NETS}/toy-eps-mlp.onnx\n", "predicts", "needs" },
        { "file = ${NETS}/none.onnx\npredicts = noise\n", "none.onnx", "ONNX Runtime says" },
        { "file = new.onnx\npredicts = noise\n", "ONNX Runtime says: Unsupported model IR version: 99",
          "opset that this runtime knows" },
        { "file = ${NOWHERE}/none.onnx\npredicts = noise\n", "environment variable NOWHERE", "set it" },
        { "file = ${NETS}/README.md\npredicts = noise\n", "README.md", "ONNX Runtime says" },
        { "predicts = noise\n", "needs file", "file = PATH" },
        { "file = ${NETS}/toy-eps-mlp.onnx\npredicts = noise\ninput = z\n", "no input z", "did you mean" },
        { "file = ${NETS}/toy-eps-mlp.onnx\npredicts = noise\ntime_input = tt\n", "no input tt", "did you mean t" },
        { "file = ${NETS}/toy-eps-mlp.onnx\npredicts = noise\ninput.y = 3\n", "no input y", "did you mean" },
        { "file = ${NETS}/toy-eps-mlp.onnx\npredicts = noise\noutput = z\n", "no output z", "nor a tensor" },
        { "file = ${NETS}/toy-eps-mlp.onnx\npredicts = noise\nshape = 1 2\n", "shape has 2 numbers", "1 axes" },
        { "file = ${NETS}/toy-eps-mlp.onnx\npredicts = noise\nshape = 3\n", "is 2 in the model", "net.ini:5" },
        { "file = ${NETS}/toy-eps-mlp.onnx\npredicts = noise\ntiem = t\n", "did you mean time", "net.ini:5" },
        { "file = ${NETS}/mnist-flow-vit.onnx\npredicts = data\n", "its input y is", "label = y" },
        { "file = ${NETS}/mnist-flow-vit.onnx\npredicts = data\ninput.y = ten\n", "input.y", "not a number" } };
    char folder[] = "/tmp/fokker-onnx-XXXXXX", path[64], onnx[64];
    subject of;
    double x[784] = { 0 };
    level l;
    FILE *new;

    if (missing() || !mkdtemp(folder))
        return;
    snprintf(onnx, sizeof onnx, "%s/new.onnx", folder);
    new = fopen(onnx, "wb");
    fwrite("\x08\x63\x3a\0\x42\x02\x10\x0d", 1, 8, new);      /* of version 99, with a graph of nothing, opset 13 */
    fclose(new);
    snprintf(path, sizeof path, "%s/net.ini", folder);
    for (unsigned k = 0; k <= sizeof cases / sizeof *cases; k++) {
        FILE *f = fopen(path, "w");
        int whole = k == sizeof cases / sizeof *cases;

        fprintf(f, "[score]\nkind = onnx\n%s",
                whole ? "file = ${NETS}/mnist-flow-vit.onnx\npredicts = data\nlabel = y\n" : cases[k].score);
        fclose(f);
        if (subject_open(&of, path, "flow", NULL)) {
            says(whole ? "" : cases[k].word, whole ? "" : cases[k].more);
            CU_ASSERT(!whole);
            continue;
        }
        CU_ASSERT_FATAL(whole);
        levels(of.model->process, 1, (double[]){ 0.5 }, &l);
        CU_ASSERT(of.field->eval(of.field->self, &(batch){ 1, 1, &l, x, NULL }, x));
        says("sample 0 has none", "no_label");
        subject_close(&of);
    }
    unlink(path), unlink(onnx);
    rmdir(folder);
}

static const test_case tests[] = {
    { "answers are those of PyTorch within 1e-5", answers_are_those_of_pytorch },
    { "a row has the same bits in every batch", a_row_has_the_same_bits_in_every_batch },
    { "samples have the same bits for any number of threads", samples_have_the_same_bits_for_any_number_of_threads },
    { "a tensor within a network is a feature space", a_tensor_within_a_network_is_a_feature_space },
    { "what is wrong is said in a sentence", what_is_wrong_is_said_in_a_sentence },
    { 0, 0 },
};
const test_table table_onnx = { "onnx", tests };
