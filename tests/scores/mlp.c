/* kind = mlp against networks written out; its bits; its derivatives; what is wrong with a file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "scores/score.h"
#include "tests/support/fixture.h"
#include "tests/support/nets.h"
#include "tests/suite.h"
#include "tests/support/written_out.h"

enum { N = 300 };

/* An example opened, and points for it: groups of rows at levels of their own. */
typedef struct mlp_stand {
    made files;
    subject of;
    tensors weights;
    level at[N];
    int label[N];
    double x[3 * N];
} mlp_stand;

static int stand_open(mlp_stand *s, const example *e)
{
    *s = (mlp_stand){ 0 };
    if (must(made_open(&s->files, e->score, NULL, e->shapes)) || must(tensors_read(s->files.weights, &s->weights))
        || must(subject_open(&s->of, s->files.ini, e->process, NULL)))
        return -1;
    normals((stream){ 3, USE_PROBE }, 0, 0, 0, N, 3, s->x);
    for (int i = 0; i < N; i++) {
        const process *p = s->of.model->process;
        double t = p->t_min + (p->t_max - p->t_min) * ((i * 37) % N) / N;

        levels(p, 1, &t, &s->at[i]);
        s->label[i] = i % 4 - 1;
    }
    return 0;
}

static void stand_close(mlp_stand *s)
{
    subject_close(&s->of);
    tensors_free(&s->weights);
    made_close(&s->files);
}

static void eval_of(const mlp_stand *s, const batch *p, double *out)
{
    must(s->of.field->eval(s->of.field->self, p, out));
}

static void answers_are_those_of_the_network_written_out(void)
{
    for (int k = 0; k < EXAMPLES; k++) {
        static mlp_stand s;
        double out[3 * N], error = 0;

        if (stand_open(&s, &examples[k]))
            continue;
        eval_of(&s, &(batch){ .groups = N, .rows = 1, .at = s.at, .x = s.x, .label = k ? NULL : s.label }, out);
        for (int i = 0; i < N; i++) {
            double y[3];

            examples[k].plain(&s.weights, &s.at[i], s.label[i], s.x + 3 * i, y);
            for (int d = 0; d < 3; d++)
                error = fmax(error, fabs(out[3 * i + d] - y[d]));
        }
        check_below(error, 5e-6, examples[k].name, __FILE__, __LINE__);
        stand_close(&s);
    }
}

/* ---- bits ---- */

static const shape large[] = { { "layers.0.weight", 400, 20, 0.2 }, { "layers.0.bias", 0, 400, 0.1 },
                               { "layers.2.weight", 400, 400, 0.05 },
    { "layers.2.bias", 0, 400, 0.1 }, { "layers.4.weight", 20, 400, 0.05 }, { 0 } };

static const shape mixing[] = { { "a.0.weight", 37, 4, 0.5 }, { "a.0.bias", 0, 37, 0.1 }, { "a.2.weight", 4, 37, 0.2 },
                                { "b.0.weight", 90, 5, 0.3 }, { "b.2.weight", 5, 90, 0.1 }, { 0 } };

static void same_bits(const char *layers, const shape *shapes)
{
    enum { ROWS = 700, DIM = 20 };
    static double x[ROWS * DIM], y[ROWS * DIM], mixed[ROWS * DIM], z[ROWS * DIM];
    made m;
    subject of;
    level l;
    char text[256];
    int wrong = 0;

    snprintf(text, sizeof text, "dim = 20\npredicts = noise\nlayers = %s\n", layers);
    if (must(made_open(&m, text, NULL, shapes)) || must(subject_open(&of, m.ini, NULL, NULL)))
        return;
    levels(of.model->process, 1, (double[]){ 0.5 }, &l);
    normals((stream){ 3, USE_PROBE }, 0, 0, 0, ROWS, DIM, x);
    must(of.field->eval(of.field->self, &(batch){ 1, ROWS, &l, x, NULL }, y));
    for (int i = 0; i < ROWS; i++)                      /* 700 and 277 have no common divisor */
        memcpy(mixed + (i * 277 + 5) % ROWS * DIM, x + i * DIM, DIM * sizeof *x);
    for (int i = 0, part = 1; i < ROWS; i += part, part = part * 3 % 101) {
        int n = ROWS - i < part ? ROWS - i : part;

        must(of.field->eval(of.field->self, &(batch){ 1, n, &l, mixed + i * DIM, NULL }, z + i * DIM));
    }
    for (int i = 0; i < ROWS; i++)
        wrong += memcmp(z + (i * 277 + 5) % ROWS * DIM, y + i * DIM, DIM * sizeof *y) != 0;
    CU_ASSERT_EQUAL(wrong, 0);
    subject_close(&of);
    made_close(&m);
}

static void a_row_has_the_same_bits_whoever_shares_its_batch(void)
{
    same_bits("linear silu linear gelu linear", large);
    same_bits("( norm:absent mix:tokens=5,name=a ) mix:tokens=5,over=tokens,name=b", mixing);
}

static void samples_have_the_same_bits_for_any_block_and_number_of_threads(void)
{
    static mlp_stand s;
    rig r;
    double *x, *y = NULL;

    if (stand_open(&s, &examples[1]))
        return;
    if (!rig_open(&r, s.files.ini, NULL, "dpmpp-2m", NULL, 4, 0)) {
        x = rig_start(&r, N);
        for (int k = 0; k < 4; k++) {
            double *z;

            r.how.plan.block = (int[]){ 0, 7, 64, N }[k];
            z = rig_run(&r, N, x, NULL, NULL);
            if (y)
                CU_ASSERT(!memcmp(y, z, 3 * N * sizeof *y));
            free(y), y = z;
        }
        free(x), free(y);
        rig_close(&r);
    }
    stand_close(&s);
}

static void a_row_that_is_not_finite_stays_alone(void)
{
    static mlp_stand s;
    double out[3 * N], with[3 * N];

    if (stand_open(&s, &examples[0]))
        return;
    eval_of(&s, &(batch){ N, 1, s.at, s.x, NULL }, out);
    s.x[3 * 40 + 1] = NAN, s.x[3 * 41] = INFINITY, s.x[3 * 42] = 1e300;
    eval_of(&s, &(batch){ N, 1, s.at, s.x, NULL }, with);
    CU_ASSERT(isnan(with[3 * 40]) && isnan(with[3 * 41]) && isnan(with[3 * 42]));
    CU_ASSERT(!memcmp(out, with, 3 * 40 * sizeof *out)
              && !memcmp(out + 3 * 43, with + 3 * 43, 3 * (N - 43) * sizeof *out));
    stand_close(&s);
}

/* ---- derivatives ---- */

/* J v from the network written out, by differences in double. */
static void products_and_divergences_are_exact(void)
{
    for (int k = 0; k < EXAMPLES; k++) {
        static mlp_stand s;
        double v[3 * N], out[3 * N], plain[3 * N], jv[3 * N], div[N], error = 0, div_error = 0;
        const score *f;

        if (stand_open(&s, &examples[k]))
            continue;
        f = s.of.field;
        normals((stream){ 4, USE_PROBE }, 0, 0, 0, N, 3, v);
        eval_of(&s, &(batch){ N, 1, s.at, s.x, k ? NULL : s.label }, plain);
        must(f->jvp(f->self, &(batch){ N, 1, s.at, s.x, k ? NULL : s.label }, v, out, jv));
        must(f->divergence(f->self, &(batch){ N, 1, s.at, s.x, k ? NULL : s.label }, plain, div));
        CU_ASSERT(!memcmp(out, plain, sizeof out));
        for (int i = 0; i < N; i++) {
            double a[3], b[3], xa[3], xb[3], trace = 0, h = 1e-5;

            for (int d = 0; d < 3; d++)
                xa[d] = s.x[3 * i + d] + h * v[3 * i + d], xb[d] = s.x[3 * i + d] - h * v[3 * i + d];
            examples[k].plain(&s.weights, &s.at[i], s.label[i], xa, a),
                examples[k].plain(&s.weights, &s.at[i], s.label[i], xb, b);
            for (int d = 0; d < 3; d++)
                error = fmax(error, fabs(jv[3 * i + d] - (a[d] - b[d]) / (2 * h)));
            for (int d = 0; d < 3; d++) {
                memcpy(xa, s.x + 3 * i, sizeof xa), memcpy(xb, xa, sizeof xb);
                xa[d] += h, xb[d] -= h;
                examples[k].plain(&s.weights, &s.at[i], s.label[i], xa, a),
                    examples[k].plain(&s.weights, &s.at[i], s.label[i], xb, b);
                trace += (a[d] - b[d]) / (2 * h);
            }
            div_error = fmax(div_error, fabs(div[i] - trace));
        }
        check_below(error, 1e-5, examples[k].name, __FILE__, __LINE__);
        check_below(div_error, 1e-5, examples[k].name, __FILE__, __LINE__);
        stand_close(&s);
    }
}

/* ---- what a network is told; metadata; sentences ---- */

/* A network that answers its time: W = (0, 1). */
static void a_network_is_told_the_time_that_it_wants(void)
{
    static const struct { const char *time, *process; double t, expected; } cases[] = {
        { "t", "vp-linear", 0.3, 0.3 }, { "index", "vp-linear", 0.3, 299 }, { "index\nT = 50", "vp-linear", 0.3, 14 },
        { "i/T\nT = 50", "vp-linear", 0.3, 0.28 },
        { "index", "vp-discrete", 7, 7 }, { "i/T", "vp-discrete", 7, 0.007 },
        { "t\ntime_scale = -1\ntime_shift = 1", "flow", 0.3, 0.7 },
        { "sigma", "edm", 0.3, 0.3 }, { "log-sigma\ntime_scale = 0.25", "edm", 0.3, -0.30099320108 },
        { "ratio", "flow", 0.2, 0.25 },
        { "lambda", "flow", 0.2, 1.38629436112 } };
    static const shape pick[] = { { "layers.0.weight", 1, 2, 0 }, { "layers.0.bias", 0, 1, 0 }, { 0 } };
    tensors w;

    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[256];
        subject of;
        double y;
        level l;
        made m;

        snprintf(text, sizeof text, "dim = 1\npredicts = noise\nlayers = concat linear\ntime = %s\n", cases[k].time);
        if (must(made_open(&m, text, NULL, pick)) || must(tensors_read(m.weights, &w)))
            continue;
        ((tensor *)tensors_find(&w, "layers.0.weight"))->v[1] = 1;
        must(tensors_write(m.weights, &w));
        tensors_free(&w);
        if (!must(subject_open(&of, m.ini, cases[k].process, NULL))) {
            levels(of.model->process, 1, &cases[k].t, &l);
            must(of.field->eval(of.field->self, &(batch){ 1, 1, &l, (double[]){ 5 }, NULL }, &y));
            check_near(y, cases[k].expected, 2e-7 * fmax(1, fabs(cases[k].expected)), cases[k].time, __FILE__,
                       __LINE__);
            subject_close(&of);
        }
        made_close(&m);
    }
}

/* Everything but the file in the metadata; a key of the section wins. */
static void metadata_say_what_the_file_does_not(void)
{
    static const char *const notes[] = { "layers", "concat linear:a silu ( norm:b linear:c gelu linear:d ) linear:e",
                                         "embed",
        "sinusoidal:dim=8,order=cos-sin,divisor=less,scale=2 linear:t.0 silu linear:t.2 label:none=3,name=cls",
        "predicts", "noise", "time", "index",
        "process", "vp-discrete:T=500", "dim", "3", "time_scale", "4", NULL };
    made m;
    subject of;

    if (must(made_open(&m, "time_scale = 1\n", notes, examples[0].shapes)))
        return;
    if (!must(subject_open(&of, m.ini, NULL, NULL))) {
        static mlp_stand s;

        CU_ASSERT_STRING_EQUAL(of.model->process->name, "vp-discrete");
        CU_ASSERT_EQUAL(of.model->process->T, 500);
        CU_ASSERT(of.field->predicts == PREDICTS_NOISE && of.field->dim == 3);
        if (!stand_open(&s, &examples[0])) {
            double a[3 * N], b[3 * N];
            batch p = { N, 1, s.at, s.x, s.label };

            eval_of(&s, &p, a);
            must(of.field->eval(of.field->self, &p, b));
            CU_ASSERT(!memcmp(a, b, sizeof a));
            stand_close(&s);
        }
        subject_close(&of);
    }
    made_close(&m);
}

static void what_is_wrong_is_said_in_a_sentence(void)
{
    static const struct { const char *score, *word, *more; } cases[] = {
        { "dim = 3\npredicts = noise\n", "layers =", "metadata" },
        { "dim = 3\nlayers = linear:e\n", "predicts", "predicts=" },
        { "predicts = noise\nlayers = linear:e\n", "give dim", "[data]" },
        { "dim = x\npredicts = noise\nlayers = linear:e\n", "net.ini:4", "not a number" },
        { "dim = 3.5\npredicts = noise\nlayers = linear:e\n", "net.ini:4", "whole number" },
        { "dim = 3\npredicts = nose\nlayers = linear:e\n", "net.ini:5", "noise" },
        { "dim = 3\npredicts = noise\nlayer = linear:e\n", "net.ini:6", "did you mean layers?" },
        { "dim = 3\npredicts = noise\nlayers = liner:e\n", "net.ini:6", "did you mean linear" },
        { "dim = 3\npredicts = noise\nlayers = linear:ee\n", "ee.weight", "did you mean" },
        { "dim = 3\npredicts = noise\nlayers = linear:e\n", "e.weight", "3 x 20" },
        { "dim = 3\npredicts = noise\nlayers = silu ( silu\n", "not closed", "net.ini:6" },
        { "dim = 3\npredicts = noise\nlayers = silu )\n", "never opened", "net.ini:6" },
        { "dim = 3\npredicts = noise\nlayers = ( concat )\n", "begins with 3 columns and ends with 4", "net.ini:6" },
        { "dim = 3\npredicts = noise\nlayers = concat\n", "end with 4 columns", "3" },
        { "dim = 3\npredicts = noise\nlayers = sinusoidal:dim=8\n", "belongs into embed", "net.ini" },
        { "dim = 3\npredicts = noise\nlayers = patch:size=2,side=3\n",
          "a patch of 2 does not divide an image of 1 x 3", "net.ini" },
        { "dim = 3\npredicts = noise\nlayers = patch:size=1,side=2\n", "3 pixels are no rows of 2", "net.ini" },
        { "dim = 3\npredicts = noise\nlayers = each:tokens=2,name=e\n", "3 columns are not 2 tokens", "net.ini" },
        { "dim = 3\npredicts = noise\nembed = concat\nlayers = silu\n", "belongs into layers", "net.ini" },
        { "dim = 3\npredicts = noise\nembed = sinusoidal:dim=7\nlayers = silu\n", "even number", "net.ini" },
        { "dim = 3\npredicts = noise\nembed = sinusoidal\nlayers = silu\n", "dim", "sinusoidal" },
        { "dim = 3\npredicts = noise\nlayers = residual silu\n", "brackets", "net.ini" },
        { "dim = 3\npredicts = noise\nlayers = \n", "no layer", "" },
        { "dim = 3\npredicts = noise\nlayers = add\n", "add", "1 columns" },
        { "dim = 3\npredicts = noise\nembed = sinusoidal:dim=6 label:none=4,name=cls\nlayers = silu\n", "4 rows",
          "counted from 0" },
        { "dim = 3\npredicts = noise\ntime = sgima\nlayers = silu\n", "sigma", "net.ini:6" },
        { "dim = 3\npredicts = noise\nlayers = silu\ntime_scle = 3\n", "time_scale", "net.ini:7" },
        { "dim = 3\npredicts = noise\nlayers = linear:b\n", "b.weight", "any x 3" } };
    made m;
    subject of;
    double x[3] = { 0 }, y[3];
    level l;

    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        if (must(made_open(&m, cases[k].score, NULL, examples[0].shapes)))
            continue;
        if (!subject_open(&of, m.ini, NULL, NULL)) {
            CU_FAIL("was not refused");
            subject_close(&of);
        }
        says(cases[k].word, cases[k].more);
        made_close(&m);
    }
    if (must(made_open(&m, examples[0].score, NULL, examples[0].shapes))
        || must(subject_open(&of, m.ini, "vp-discrete", NULL)))
        return;
    levels(of.model->process, 1, (double[]){ 5 }, &l);
    CU_ASSERT(of.field->eval(of.field->self, &(batch){ 1, 1, &l, x, (int[]){ 4 } }, y) < 0);
    says("label 4 of sample 0", "0 to 3");
    subject_close(&of);
    made_text(&m, "[score]\nkind = mlp\npredicts = noise\n");
    CU_ASSERT(subject_open(&of, m.ini, NULL, NULL) < 0);
    says("net.ini:1", "needs file");
    made_text(&m, "[score]\nkind = mlp\nfile = no.safetensors\n");
    CU_ASSERT(subject_open(&of, m.ini, NULL, NULL) < 0);
    says("no.safetensors", "No such file");
    made_text(&m, "[score]\nkind = mlp\nfile = net.safetensors\nlayers = silu\npredicts = noise\n[data]\nkind = "
                  "mixture\nmean.1 = 0 0\ndim = 3\n");
    CU_ASSERT(subject_open(&of, m.ini, NULL, NULL) < 0);
    made_close(&m);
}

static const test_case tests[] = {
    { "answers are those of the network written out", answers_are_those_of_the_network_written_out },
    { "a row has the same bits whoever shares its batch", a_row_has_the_same_bits_whoever_shares_its_batch },
    { "samples have the same bits for any block", samples_have_the_same_bits_for_any_block_and_number_of_threads },
    { "a row that is not finite stays alone", a_row_that_is_not_finite_stays_alone },
    { "products with the Jacobian and divergences are exact", products_and_divergences_are_exact },
    { "a network is told the time that it wants", a_network_is_told_the_time_that_it_wants },
    { "metadata say what the file does not", metadata_say_what_the_file_does_not },
    { "what is wrong is said in a sentence", what_is_wrong_is_said_in_a_sentence },
    { 0, 0 },
};
const test_table table_mlp = { "mlp", tests };
