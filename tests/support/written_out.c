#include <math.h>
#include <stdio.h>
#include <string.h>
#include "tests/support/written_out.h"

#define PI 3.14159265358979323846

enum { WIDE = 64 };

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

static void squash(const tensors *f, const char *name, int in, const double *x, int cond, const double *c, int out,
                   double *y)
{
    double g[WIDE], h[WIDE];

    dense(f, name, "._layer", in, x, out, y), dense(f, name, "._hyper_gate", cond, c, out, g),
        dense(f, name, "._hyper_bias", cond, c, out, h);
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
    dense(f, "layers.0", "", 4, a, 16, b), each(elu, 16, b), dense(f, "layers.2", "", 16, b, 31, a),
        each(gelu_tanh, 31, a), dense(f, "layers.4", "", 31, a, 3, y);
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

static const shape residual[] = { { "t.0.weight", 10, 8, 0.4 }, { "t.0.bias", 0, 10, 0.4 },
                                  { "t.2.weight", 6, 10, 0.4 }, { "t.2.bias", 0, 6, 0.4 },
    { "cls.weight", 4, 6, 0.5 }, { "a.weight", 20, 9, 0.5 }, { "a.bias", 0, 20, 0.5 }, { "b.weight", 0, 20, 1 },
    { "b.bias", 0, 20, 1 },
    { "c.weight", 33, 20, 0.3 }, { "c.bias", 0, 33, 0.3 }, { "d.weight", 20, 33, 0.3 }, { "e.weight", 3, 20, 0.3 },
    { "e.bias", 0, 3, 0.3 }, { 0 } };
static const shape squashed[] = { { "freq.W", 0, 5, 0.3 }, { "s0._layer.weight", 18, 3, 0.6 },
                                  { "s0._layer.bias", 0, 18, 0.6 },
    { "s0._hyper_gate.weight", 18, 10, 0.6 }, { "s0._hyper_gate.bias", 0, 18, 0.6 },
    { "s0._hyper_bias.weight", 18, 10, 0.6 },
    { "s1._layer.weight", 17, 18, 0.6 }, { "s1._hyper_gate.weight", 17, 10, 0.6 },
    { "s1._hyper_bias.weight", 17, 10, 0.6 },
    { "p.weight", 17, 10, 0.5 }, { "p.bias", 0, 17, 0.5 }, { "o.weight", 3, 17, 0.5 }, { 0 } };
static const shape numbered[] = { { "layers.0.weight", 16, 4, 0.6 }, { "layers.0.bias", 0, 16, 0.6 },
                                  { "layers.2.weight", 31, 16, 0.4 },
    { "layers.2.bias", 0, 31, 0.4 }, { "layers.4.weight", 3, 31, 0.3 }, { "layers.4.bias", 0, 3, 0.3 }, { 0 } };

static const shape mixer[] = { { "up.weight", 16, 3, 0.6 }, { "sp.weight", 3, 1, 0.2 }, { "sp.bias", 0, 3, 0.5 },
                               { "each.weight", 3, 4, 0.5 }, { "each.bias", 0, 3, 0.3 },
    { "tok.0.weight", 10, 4, 0.5 }, { "tok.0.bias", 0, 10, 0.3 }, { "tok.2.weight", 4, 10, 0.3 },
    { "tok.2.bias", 0, 4, 0.3 }, { "col.0.weight", 40, 3, 0.5 },
    { "col.0.bias", 0, 40, 0.3 }, { "col.2.weight", 3, 40, 0.15 }, { "back.weight", 4, 3, 0.5 },
    { "down.weight", 3, 16, 0.3 }, { "down.bias", 0, 3, 0.3 }, { 0 } };

#define RESIDUAL "embed = sinusoidal:dim=8,order=cos-sin,divisor=less,scale=2 linear:t.0 silu linear:t.2 " \
                 "label:none=3,name=cls\n" \
                 "layers = concat linear:a silu ( norm:b linear:c gelu linear:d ) linear:e\n"
const example examples[EXAMPLES] = {
    { "residual", "predicts = noise\ntime = index\ndim = 3\n" RESIDUAL, "vp-discrete", residual, plain_residual },
    { "squashed", "predicts = v\ntime = lambda\ndim = 3\nembed = fourier:freq\nlayers = squash:s0 tanh squash:s1 "
                  "softplus add:p relu linear:o\n", "vp-linear",
      squashed, plain_squash },
    { "numbered", "predicts = data\ntime = log-sigma\ntime_scale = 0.25\ntime_shift = 1\ninput_scale = "
                  "0.5\noutput_scale = 3\ndim = 3\n"
      "layers = concat:place=first linear elu:alpha=0.7 linear gelu:form=tanh linear\n", "edm", numbered,
      plain_numbered },
    { "mixer", "predicts = noise\ntime = lambda\ndim = 3\nlayers = linear:up patch:size=2,side=4 "
               "each:tokens=4,name=each spread:tokens=4,name=sp "
      "( mix:tokens=4,over=tokens,name=tok ) ( mix:tokens=4,name=col ) each:tokens=4,name=back unpatch:size=2,side=4 "
      "linear:down\n", "vp-linear", mixer, plain_mixer } };
