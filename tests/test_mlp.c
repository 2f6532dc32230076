/* kind = mlp against networks written out plainly in double, row by row; its bits; its derivatives; what is wrong with a file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "models/random.h"
#include "scores/score.h"
#include "tests/fixture.h"
#include "tests/nets.h"
#include "tests/suite.h"

#define PI 3.14159265358979323846

enum { N = 300, WIDE = 64 };

/* ---- networks, plainly ---- */

static const tensor *part(const tensors *f, const char *name, const char *suffix)
{
    char text[128];

    snprintf(text, sizeof text, "%s%s", name, suffix);
    return tensors_find(f, text);
}

static void dense(const tensors *f, const char *name, const char *of, int in, const double *x, int out, double *y)
{
    char text[64];
    const tensor *w, *b;

    snprintf(text, sizeof text, "%.30s%.30s", name, of);
    w = part(f, text, ".weight"), b = part(f, text, ".bias");
    for (int i = 0; i < out; i++) {
        y[i] = b ? b->v[i] : 0;
        for (int k = 0; k < in; k++)
            y[i] += (double)w->v[i * in + k] * x[k];
    }
}

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double silu(double x) { return x * sigmoid(x); }
static double gelu(double x) { return x * 0.5 * erfc(-x / sqrt(2)); }
static double relu(double x) { return x > 0 ? x : 0; }
static double softplus_of(double x) { return log(1 + exp(x)); }
static double elu(double x) { return x > 0 ? x : 0.7 * (exp(x) - 1); }
static double gelu_tanh(double x) { return 0.5 * x * (1 + tanh(sqrt(2 / PI) * (x + 0.044715 * x * x * x))); }
static void each(double (*f)(double), int n, double *x) { for (int i = 0; i < n; i++) x[i] = f(x[i]); }

static void layer_norm(const tensors *f, const char *name, int n, const double *x, double *y)
{
    double mean = 0, var = 0;

    for (int i = 0; i < n; i++)
        mean += x[i] / n;
    for (int i = 0; i < n; i++)
        var += (x[i] - mean) * (x[i] - mean) / n;
    for (int i = 0; i < n; i++)
        y[i] = (x[i] - mean) / sqrt(var + 1e-5) * part(f, name, ".weight")->v[i] + part(f, name, ".bias")->v[i];
}

static void squash(const tensors *f, const char *name, int in, const double *x, int cond, const double *c, int out, double *y)
{
    double g[WIDE], h[WIDE];

    dense(f, name, "._layer", in, x, out, y), dense(f, name, "._hyper_gate", cond, c, out, g), dense(f, name, "._hyper_bias", cond, c, out, h);
    for (int i = 0; i < out; i++)
        y[i] = y[i] * sigmoid(g[i]) + h[i];
}

/* A residual network with time and label: told the index of a chain. */
static void plain_residual(const tensors *f, const level *l, int label, const double *x, double *y)
{
    double e[WIDE], c[WIDE], h[WIDE], a[WIDE], b[WIDE];

    for (int j = 0; j < 4; j++) {                       /* cos before sin, divisor dim/2 - 1 */
        double angle = 2 * l->t * pow(1e4, -j / 3.);

        e[j] = cos(angle), e[4 + j] = sin(angle);
    }
    dense(f, "t.0", "", 8, e, 10, a), each(silu, 10, a), dense(f, "t.2", "", 10, a, 6, c);
    for (int j = 0; j < 6; j++)
        c[j] += tensors_find(f, "cls.weight")->v[6 * (label < 0 ? 3 : label) + j];
    memcpy(h, x, 3 * sizeof *h), memcpy(h + 3, c, 6 * sizeof *h);
    dense(f, "a", "", 9, h, 20, b), each(silu, 20, b);
    layer_norm(f, "b", 20, b, h), dense(f, "c", "", 20, h, 33, a), each(gelu, 33, a), dense(f, "d", "", 33, a, 20, h);
    for (int j = 0; j < 20; j++)
        h[j] += b[j];
    dense(f, "e", "", 20, h, 3, y);
}

/* Concat-squash layers with Fourier features of lambda. */
static void plain_squash(const tensors *f, const level *l, int label, const double *x, double *y)
{
    double c[WIDE], a[WIDE], b[WIDE], p[WIDE];

    for (int j = 0; j < 5; j++) {
        double angle = 2 * PI * l->lambda * tensors_find(f, "freq.W")->v[j];

        c[j] = sin(angle), c[5 + j] = cos(angle);
    }
    squash(f, "s0", 3, x, 10, c, 18, a), each(tanh, 18, a);
    squash(f, "s1", 18, a, 10, c, 17, b), each(softplus_of, 17, b);
    dense(f, "p", "", 10, c, 17, p);
    for (int j = 0; j < 17; j++)
        b[j] += p[j];
    each(relu, 17, b), dense(f, "o", "", 17, b, 3, y);
}

/* Time as a column before the others, layers by their numbers, scales on both sides. */
static void plain_numbered(const tensors *f, const level *l, int label, const double *x, double *y)
{
    double a[WIDE], b[WIDE];

    a[0] = 0.25 * log(l->sigma) + 1;
    for (int j = 0; j < 3; j++)
        a[1 + j] = 0.5 * x[j];
    dense(f, "layers.0", "", 4, a, 16, b), each(elu, 16, b), dense(f, "layers.2", "", 16, b, 31, a), each(gelu_tanh, 31, a), dense(f, "layers.4", "", 31, a, 3, y);
    for (int j = 0; j < 3; j++)
        y[j] *= 3;
}

/* W2 gelu(W1 x + b1) + b2 of n numbers that lie `step` apart. */
static void perceptron(const tensors *f, const char *name, int n, int wide, int step, double *x)
{
    double in[WIDE] = { 0 }, h[WIDE];

    for (int k = 0; k < n; k++)
        in[k] = x[k * step];
    dense(f, name, ".0", n, in, wide, h), each(gelu, wide, h), dense(f, name, ".2", wide, h, n, in);
    for (int k = 0; k < n; k++)
        x[k * step] += in[k];
}

/* An image of 4 x 4 as four patches of 2 x 2, three columns each; c is lambda. */
static void plain_mixer(const tensors *f, const level *l, int label, const double *x, double *y)
{
    double image[WIDE], part[WIDE], h[WIDE], c[WIDE];

    dense(f, "up", "", 3, x, 16, image);
    dense(f, "sp", "", 1, &l->lambda, 3, c);
    for (int k = 0; k < 4; k++) {
        for (int j = 0; j < 4; j++)
            part[j] = image[(k / 2 * 2 + j / 2) * 4 + k % 2 * 2 + j % 2];
        dense(f, "each", "", 4, part, 3, h + 3 * k);
        for (int j = 0; j < 3; j++)
            h[3 * k + j] += c[j];
    }
    for (int j = 0; j < 3; j++)
        perceptron(f, "tok", 4, 10, 3, h + j);
    for (int k = 0; k < 4; k++) {
        perceptron(f, "col", 3, 40, 1, h + 3 * k), dense(f, "back", "", 3, h + 3 * k, 4, part);
        for (int j = 0; j < 4; j++)
            image[(k / 2 * 2 + j / 2) * 4 + k % 2 * 2 + j % 2] = part[j];
    }
    dense(f, "down", "", 16, image, 3, y);
}

static const shape residual[] = { { "t.0.weight", 10, 8, 0.4 }, { "t.0.bias", 0, 10, 0.4 }, { "t.2.weight", 6, 10, 0.4 }, { "t.2.bias", 0, 6, 0.4 },
    { "cls.weight", 4, 6, 0.5 }, { "a.weight", 20, 9, 0.5 }, { "a.bias", 0, 20, 0.5 }, { "b.weight", 0, 20, 1 }, { "b.bias", 0, 20, 1 },
    { "c.weight", 33, 20, 0.3 }, { "c.bias", 0, 33, 0.3 }, { "d.weight", 20, 33, 0.3 }, { "e.weight", 3, 20, 0.3 }, { "e.bias", 0, 3, 0.3 }, { 0 } };
static const shape squashed[] = { { "freq.W", 0, 5, 0.3 }, { "s0._layer.weight", 18, 3, 0.6 }, { "s0._layer.bias", 0, 18, 0.6 },
    { "s0._hyper_gate.weight", 18, 10, 0.6 }, { "s0._hyper_gate.bias", 0, 18, 0.6 }, { "s0._hyper_bias.weight", 18, 10, 0.6 },
    { "s1._layer.weight", 17, 18, 0.6 }, { "s1._hyper_gate.weight", 17, 10, 0.6 }, { "s1._hyper_bias.weight", 17, 10, 0.6 },
    { "p.weight", 17, 10, 0.5 }, { "p.bias", 0, 17, 0.5 }, { "o.weight", 3, 17, 0.5 }, { 0 } };
static const shape numbered[] = { { "layers.0.weight", 16, 4, 0.6 }, { "layers.0.bias", 0, 16, 0.6 }, { "layers.2.weight", 31, 16, 0.4 },
    { "layers.2.bias", 0, 31, 0.4 }, { "layers.4.weight", 3, 31, 0.3 }, { "layers.4.bias", 0, 3, 0.3 }, { 0 } };

static const shape mixer[] = { { "up.weight", 16, 3, 0.6 }, { "sp.weight", 3, 1, 0.2 }, { "sp.bias", 0, 3, 0.5 }, { "each.weight", 3, 4, 0.5 }, { "each.bias", 0, 3, 0.3 },
    { "tok.0.weight", 10, 4, 0.5 }, { "tok.0.bias", 0, 10, 0.3 }, { "tok.2.weight", 4, 10, 0.3 }, { "tok.2.bias", 0, 4, 0.3 }, { "col.0.weight", 40, 3, 0.5 },
    { "col.0.bias", 0, 40, 0.3 }, { "col.2.weight", 3, 40, 0.15 }, { "back.weight", 4, 3, 0.5 }, { "down.weight", 3, 16, 0.3 }, { "down.bias", 0, 3, 0.3 }, { 0 } };

#define RESIDUAL "embed = sinusoidal:dim=8,order=cos-sin,divisor=less,scale=2 linear:t.0 silu linear:t.2 label:none=3,name=cls\n" \
                 "layers = concat linear:a silu ( norm:b linear:c gelu linear:d ) linear:e\n"
static const struct example { const char *name, *score, *process; const shape *shapes; void (*plain)(const tensors *, const level *, int, const double *, double *); } examples[] = {
    { "residual", "predicts = noise\ntime = index\ndim = 3\n" RESIDUAL, "vp-discrete", residual, plain_residual },
    { "squashed", "predicts = v\ntime = lambda\ndim = 3\nembed = fourier:freq\nlayers = squash:s0 tanh squash:s1 softplus add:p relu linear:o\n", "vp-linear",
      squashed, plain_squash },
    { "numbered", "predicts = data\ntime = log-sigma\ntime_scale = 0.25\ntime_shift = 1\ninput_scale = 0.5\noutput_scale = 3\ndim = 3\n"
      "layers = concat:place=first linear elu:alpha=0.7 linear gelu:form=tanh linear\n", "edm", numbered, plain_numbered },
    { "mixer", "predicts = noise\ntime = lambda\ndim = 3\nlayers = linear:up patch:size=2,side=4 each:tokens=4,name=each spread:tokens=4,name=sp "
      "( mix:tokens=4,over=tokens,name=tok ) ( mix:tokens=4,name=col ) each:tokens=4,name=back unpatch:size=2,side=4 linear:down\n", "vp-linear", mixer, plain_mixer } };
enum { EXAMPLES = sizeof examples / sizeof *examples };

/* An example opened, and points for it: groups of rows at levels of their own. */
typedef struct stand { made files; subject of; tensors weights; level at[N]; int label[N]; double x[3 * N]; } stand;

static int stand_open(stand *s, const struct example *e)
{
    *s = (stand){ 0 };
    if (must(made_open(&s->files, e->score, NULL, e->shapes)) || must(tensors_read(s->files.weights, &s->weights)) ||
        must(subject_open(&s->of, s->files.ini, e->process, NULL)))
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

static void stand_close(stand *s)
{
    subject_close(&s->of);
    tensors_free(&s->weights);
    made_close(&s->files);
}

static void eval_of(const stand *s, const batch *p, double *out) { must(s->of.field->eval(s->of.field->self, p, out)); }

static void answers_are_those_of_the_network_written_out(void)
{
    for (int k = 0; k < EXAMPLES; k++) {
        static stand s;
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

static const shape large[] = { { "layers.0.weight", 400, 20, 0.2 }, { "layers.0.bias", 0, 400, 0.1 }, { "layers.2.weight", 400, 400, 0.05 },
    { "layers.2.bias", 0, 400, 0.1 }, { "layers.4.weight", 20, 400, 0.05 }, { 0 } };

static const shape mixing[] = { { "a.0.weight", 37, 4, 0.5 }, { "a.0.bias", 0, 37, 0.1 }, { "a.2.weight", 4, 37, 0.2 }, { "b.0.weight", 90, 5, 0.3 }, { "b.2.weight", 5, 90, 0.1 }, { 0 } };

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
    static stand s;
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
    static stand s;
    double out[3 * N], with[3 * N];

    if (stand_open(&s, &examples[0]))
        return;
    eval_of(&s, &(batch){ N, 1, s.at, s.x, NULL }, out);
    s.x[3 * 40 + 1] = NAN, s.x[3 * 41] = INFINITY, s.x[3 * 42] = 1e300;
    eval_of(&s, &(batch){ N, 1, s.at, s.x, NULL }, with);
    CU_ASSERT(isnan(with[3 * 40]) && isnan(with[3 * 41]) && isnan(with[3 * 42]));
    CU_ASSERT(!memcmp(out, with, 3 * 40 * sizeof *out) && !memcmp(out + 3 * 43, with + 3 * 43, 3 * (N - 43) * sizeof *out));
    stand_close(&s);
}

/* ---- derivatives ---- */

/* J v from the network written out, by differences in double. */
static void products_and_divergences_are_exact(void)
{
    for (int k = 0; k < EXAMPLES; k++) {
        static stand s;
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
            examples[k].plain(&s.weights, &s.at[i], s.label[i], xa, a), examples[k].plain(&s.weights, &s.at[i], s.label[i], xb, b);
            for (int d = 0; d < 3; d++)
                error = fmax(error, fabs(jv[3 * i + d] - (a[d] - b[d]) / (2 * h)));
            for (int d = 0; d < 3; d++) {
                memcpy(xa, s.x + 3 * i, sizeof xa), memcpy(xb, xa, sizeof xb);
                xa[d] += h, xb[d] -= h;
                examples[k].plain(&s.weights, &s.at[i], s.label[i], xa, a), examples[k].plain(&s.weights, &s.at[i], s.label[i], xb, b);
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
        { "t", "vp-linear", 0.3, 0.3 }, { "index", "vp-linear", 0.3, 299 }, { "index\nT = 50", "vp-linear", 0.3, 14 }, { "i/T\nT = 50", "vp-linear", 0.3, 0.28 },
        { "index", "vp-discrete", 7, 7 }, { "i/T", "vp-discrete", 7, 0.007 }, { "t\ntime_scale = -1\ntime_shift = 1", "flow", 0.3, 0.7 },
        { "sigma", "edm", 0.3, 0.3 }, { "log-sigma\ntime_scale = 0.25", "edm", 0.3, -0.30099320108 }, { "ratio", "flow", 0.2, 0.25 },
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
            check_near(y, cases[k].expected, 2e-7 * fmax(1, fabs(cases[k].expected)), cases[k].time, __FILE__, __LINE__);
            subject_close(&of);
        }
        made_close(&m);
    }
}

/* Everything but the file in the metadata; a key of the section wins. */
static void metadata_say_what_the_file_does_not(void)
{
    static const char *const notes[] = { "layers", "concat linear:a silu ( norm:b linear:c gelu linear:d ) linear:e", "embed",
        "sinusoidal:dim=8,order=cos-sin,divisor=less,scale=2 linear:t.0 silu linear:t.2 label:none=3,name=cls", "predicts", "noise", "time", "index",
        "process", "vp-discrete:T=500", "dim", "3", "time_scale", "4", NULL };
    made m;
    subject of;

    if (must(made_open(&m, "time_scale = 1\n", notes, residual)))
        return;
    if (!must(subject_open(&of, m.ini, NULL, NULL))) {
        static stand s;

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
        { "dim = 3\npredicts = noise\n", "layers =", "metadata" }, { "dim = 3\nlayers = linear:e\n", "predicts", "predicts=" },
        { "predicts = noise\nlayers = linear:e\n", "give dim", "[data]" }, { "dim = x\npredicts = noise\nlayers = linear:e\n", "net.ini:4", "not a number" },
        { "dim = 3.5\npredicts = noise\nlayers = linear:e\n", "net.ini:4", "whole number" },
        { "dim = 3\npredicts = nose\nlayers = linear:e\n", "net.ini:5", "noise" }, { "dim = 3\npredicts = noise\nlayer = linear:e\n", "neither", "layers =" },
        { "dim = 3\npredicts = noise\nlayers = liner:e\n", "net.ini:6", "did you mean linear" },
        { "dim = 3\npredicts = noise\nlayers = linear:ee\n", "ee.weight", "did you mean" },
        { "dim = 3\npredicts = noise\nlayers = linear:e\n", "e.weight", "3 x 20" }, { "dim = 3\npredicts = noise\nlayers = silu ( silu\n", "not closed", "net.ini:6" },
        { "dim = 3\npredicts = noise\nlayers = silu )\n", "never opened", "net.ini:6" },
        { "dim = 3\npredicts = noise\nlayers = ( concat )\n", "begins with 3 columns and ends with 4", "net.ini:6" },
        { "dim = 3\npredicts = noise\nlayers = concat\n", "end with 4 columns", "3" }, { "dim = 3\npredicts = noise\nlayers = sinusoidal:dim=8\n", "belongs into embed", "net.ini" },
        { "dim = 3\npredicts = noise\nlayers = patch:size=2,side=3\n", "a patch of 2 does not divide an image of 1 x 3", "net.ini" },
        { "dim = 3\npredicts = noise\nlayers = patch:size=1,side=2\n", "3 pixels are no rows of 2", "net.ini" },
        { "dim = 3\npredicts = noise\nlayers = each:tokens=2,name=e\n", "3 columns are not 2 tokens", "net.ini" },
        { "dim = 3\npredicts = noise\nembed = concat\nlayers = silu\n", "belongs into layers", "net.ini" },
        { "dim = 3\npredicts = noise\nembed = sinusoidal:dim=7\nlayers = silu\n", "even number", "net.ini" },
        { "dim = 3\npredicts = noise\nembed = sinusoidal\nlayers = silu\n", "dim", "sinusoidal" },
        { "dim = 3\npredicts = noise\nlayers = residual silu\n", "brackets", "net.ini" }, { "dim = 3\npredicts = noise\nlayers = \n", "no layer", "" },
        { "dim = 3\npredicts = noise\nlayers = add\n", "add", "1 columns" }, { "dim = 3\npredicts = noise\nembed = sinusoidal:dim=6 label:none=4,name=cls\nlayers = silu\n", "4 rows", "counted from 0" },
        { "dim = 3\npredicts = noise\ntime = sgima\nlayers = silu\n", "sigma", "net.ini:6" }, { "dim = 3\npredicts = noise\nlayers = silu\ntime_scle = 3\n", "time_scale", "net.ini:7" },
        { "dim = 3\npredicts = noise\nlayers = linear:b\n", "b.weight", "any x 3" } };
    made m;
    subject of;
    double x[3] = { 0 }, y[3];
    level l;

    for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++) {
        if (must(made_open(&m, cases[k].score, NULL, residual)))
            continue;
        if (!subject_open(&of, m.ini, NULL, NULL)) {
            CU_FAIL("was not refused");
            subject_close(&of);
        }
        says(cases[k].word, cases[k].more);
        made_close(&m);
    }
    if (must(made_open(&m, examples[0].score, NULL, residual)) || must(subject_open(&of, m.ini, "vp-discrete", NULL)))
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
    made_text(&m, "[score]\nkind = mlp\nfile = net.safetensors\nlayers = silu\npredicts = noise\n[data]\nkind = mixture\nmean.1 = 0 0\ndim = 3\n");
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
