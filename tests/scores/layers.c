/* The layers of networks in double: every tangent and every gradient against differences of the layer itself. */
#define FOKKER_DOUBLE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/random.h"
#include "scores/networks/back.h"
#include "tests/support/nets.h"
#include "tests/suite.h"

net *net_open_double(const net_text *);
void net_close_double(net *), net_forward_double(const net *, tape *, int), net_tangent_double(const net *, tape *),
    tape_close_double(tape *);
tape *tape_open_double(const net *);
long net_trains_double(net *);
const weight *net_weight_double(const net *, const weight *);
void net_get_double(const net *, real *), net_set_double(net *, const real *),
    net_backward_double(const net *, tape *, back *, int, real *), back_close_double(back *);
back *back_open_double(const net *);

enum { DIM = 5 };

static const shape shapes[] = {
    { "w.weight", 7, DIM, 0.6 }, { "w.bias", 0, 7, 0.3 }, { "u.weight", DIM, 7, 0.6 }, { "u.bias", 0, DIM, 0.3 },
    { "bare.weight", DIM, DIM, 0.6 },
    { "n.weight", 0, DIM, 1 }, { "n.bias", 0, DIM, 1 }, { "cat.weight", DIM, DIM + 6, 0.4 }, { "t.weight", 6, 8, 0.5 },
    { "t.bias", 0, 6, 0.5 },
    { "add.weight", DIM, 6, 0.5 }, { "s._layer.weight", DIM, DIM, 0.6 }, { "s._layer.bias", 0, DIM, 0.6 },
    { "s._hyper_gate.weight", DIM, 6, 0.6 },
    { "s._hyper_gate.bias", 0, DIM, 0.6 }, { "s._hyper_bias.weight", DIM, 6, 0.6 }, { "e.weight", 3, 6, 1 },
    { "f.weight", 0, 4, 0.5 },
    { "up.weight", 16, DIM, 0.6 }, { "down.weight", DIM, 16, 0.4 }, { "each.weight", 3, 4, 0.6 },
    { "each.bias", 0, 3, 0.4 }, { "back.weight", 4, 3, 0.6 },
    { "col.0.weight", 6, 3, 0.7 }, { "col.0.bias", 0, 6, 0.5 }, { "col.2.weight", 3, 6, 0.5 },
    { "col.2.bias", 0, 3, 0.3 },
    { "tok.0.weight", 5, 4, 0.7 }, { "tok.0.bias", 0, 5, 0.5 }, { "tok.2.weight", 4, 5, 0.5 },
    { "tok.2.bias", 0, 4, 0.3 },
    { "one16.0.weight", 2, 1, 1 }, { "one16.2.weight", 1, 2, 1 }, { "spread.weight", 3, 6, 0.5 },
    { "spread.bias", 0, 3, 0.5 },
    { "one.weight", 6, 1, 0.7 }, { "one.bias", 0, 6, 0.5 }, { 0 } };

/* The answers of a tile's first rows at x + h v. */
static void asked(const net *n, tape *t, int keep, double h, const double *x, const double *v, double *y)
{
    int pad = padded(n->dim);

    for (int i = 0; i < TILE_ROWS * n->dim; i++)
        t->x[i / n->dim * pad + i % n->dim] = x[i] + h * v[i];
    net_forward_double(n, t, keep);
    for (int i = 0; i < TILE_ROWS * n->dim; i++)
        y[i] = t->y[i / n->dim * pad + i % n->dim];
}

/* The largest error of J v against a difference of fourth order, relative to the largest number of J v. */
static double tangent_error(const char *layers, const made *m)
{
    tensors file;
    net *n;
    tape *t;
    double error = 0, top = 0, h = 2e-4, *x, *v, *y[4];
    int N, pad = padded(DIM);

    if (must(tensors_read(m->weights, &file)))
        return NAN;
    n = net_open_double(&(net_text){ "test", "sinusoidal:dim=8 linear:t silu label:none=2,name=e", layers, DIM,
                                     &file });
    tensors_free(&file);
    if (!n || !(t = tape_open_double(n)))
        return must(-1), NAN;
    N = TILE_ROWS * DIM;
    x = malloc(N * sizeof *x), v = malloc(N * sizeof *v);
    normals((stream){ 7, USE_PROBE }, 0, 0, 0, TILE_ROWS, DIM, x),
        normals((stream){ 7, USE_PROBE }, 0, 1, 0, TILE_ROWS, DIM, v);
    for (int i = 0; i < TILE_ROWS; i++)
        t->time[i] = 0.1 * (i % 9), t->label[i] = i % 4 - 1 == 2 ? 0 : i % 4 - 1;
    for (int k = 0; k < 4; k++) {
        y[k] = malloc(N * sizeof **y);
        asked(n, t, k & 1, h * (double[]){ -2, -1, 1, 2 }[k], x, v, y[k]);
    }
    for (int i = 0; i < N; i++) {
        t->x[i / DIM * pad + i % DIM] = x[i];
        t->dx[i / DIM * pad + i % DIM] = v[i];
    }
    net_forward_double(n, t, 1);
    net_tangent_double(n, t);
    for (int i = 0; i < N; i++) {
        double ours = t->dy[i / DIM * pad + i % DIM],
               theirs = (y[0][i] - 8 * y[1][i] + 8 * y[2][i] - y[3][i]) / (12 * h);

        error = fmax(error, fabs(ours - theirs)), top = fmax(top, fabs(theirs));
    }
    for (int k = 0; k < 4; k++)
        free(y[k]);
    free(x), free(v);
    tape_close_double(t), net_close_double(n);
    return error / top;
}

#define MIXER "linear:up each:tokens=4,name=each spread:tokens=4,name=spread mix:tokens=4,act=silu,name=col " \
              "spread:tokens=4,name=spread " \
              "( mix:tokens=4,over=tokens,name=tok ) each:tokens=4,name=back linear:down"
static const char *const lists[] = {
        "linear:bare", "linear:w linear:u", "linear:w silu linear:u", "silu", "gelu", "linear:w gelu linear:u",
        "gelu:form=tanh", "elu:alpha=0.7",
        "softplus", "linear:w softplus linear:u", "tanh", "norm:n", "norm:absent", "concat linear:cat",
        "concat:place=first linear:cat", "add:add tanh", "squash:s",
        "( linear:w tanh linear:u )", "linear:bare ( silu linear:bare ( norm:n linear:w silu linear:u ) tanh )",
        "linear:w ( silu ) linear:u", "linear:up patch:size=2,side=8 linear:down",
        "linear:up unpatch:size=2,side=8 linear:down",
        "linear:up each:tokens=4,name=each each:tokens=4,name=back linear:down",
        "linear:up each:tokens=4,name=each spread:tokens=4,name=spread each:tokens=4,name=back linear:down",
        "linear:up ( mix:tokens=4,over=tokens,name=tok ) linear:down",
        "linear:up mix:tokens=16,act=tanh,name=one16 linear:down",
        MIXER, "( norm:n squash:s silu ( add:add ) linear:w gelu linear:u ) squash:s" };

static void every_tangent_is_the_limit_of_differences(void)
{
    made m;

    if (must(made_open(&m, "", NULL, shapes)))
        return;
    for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
        check_below(tangent_error(lists[i], &m), 1e-9, lists[i], __FILE__, __LINE__);
    made_close(&m);
}

enum { FEW = 20 };

/* A network in training with the numbers of a loss L = r y summed over some rows. */
typedef struct layer_trial { net *net; tape *tape; back *back; long n; double *param, *grad, *r; } layer_trial;

static double loss(const layer_trial *o)
{
    int pad = padded(DIM);
    double sum = 0;

    o->tape->made = 0;
    net_forward_double(o->net, o->tape, 1);
    for (int i = 0; i < FEW * DIM; i++)
        sum += o->r[i] * o->tape->y[i / DIM * pad + i % DIM];
    return sum;
}

/* dL by a number of the network or of the state, by differences of fourth order. */
static double slope_of(const layer_trial *o, double *v)
{
    double h = 2e-4, was = *v, l[4];

    for (int k = 0; k < 4; k++) {
        *v = was + h * (double[]){ -2, -1, 1, 2 }[k];
        net_set_double(o->net, o->param);
        l[k] = loss(o);
    }
    *v = was;
    net_set_double(o->net, o->param);
    return (l[0] - 8 * l[1] + 8 * l[2] - l[3]) / (12 * h);
}

/* The largest error of a gradient, relative to the largest number of its tensor or to 1 (an embedding that no layer
 * reads has none); and of that by the state, at some of its numbers. */
static double gradient_error(const layer_trial *o)
{
    int pad = padded(DIM);
    double worst = 0, error = 0, top = 0;

    for (int i = 0; i < FEW * DIM; i++)
        o->back->dy[i / DIM * pad + i % DIM] = o->r[i];
    loss(o);
    for (long i = 0; i < o->n; i++)
        o->grad[i] = NAN;
    for (int add = 0; add < 2; add++)                       /* what was there does not count, or is added to */
        net_backward_double(o->net, o->tape, o->back, add, o->grad);
    for (int i = 0; i < FEW * DIM; i += 3) {
        long at = i / DIM * pad + i % DIM;
        double theirs = slope_of(o, &o->tape->x[at]);

        error = fmax(error, fabs(o->back->dx[at] - theirs)), top = fmax(top, fabs(theirs));
    }
    worst = error / fmax(top, 1);
    for (const weight *w = NULL; (w = net_weight_double(o->net, w)); worst = fmax(worst, error / fmax(top, 1))) {
        error = top = 0;
        for (int i = 0; i < w->rows * w->cols; i++) {
            long at = w->at + i / w->cols * padded(w->cols) + i % w->cols;
            double theirs = slope_of(o, &o->param[at]);

            error = fmax(error, fabs(o->grad[at] / 2 - theirs)), top = fmax(top, fabs(theirs));
        }
    }
    return worst;
}

static double trial_error(const char *embed, const char *layers, const made *m)
{
    layer_trial o = { 0 };
    tensors file;
    double worst = NAN, x[FEW * DIM], r[FEW * DIM];

    if (must(tensors_read(m->weights, &file)))
        return NAN;
    o.net = net_open_double(&(net_text){ "test", embed, layers, DIM, &file });
    tensors_free(&file);
    if (o.net && (o.n = net_trains_double(o.net)) >= 0 && (o.tape = tape_open_double(o.net))
        && (o.back = back_open_double(o.net))) {
        o.param = calloc(o.n + 1, sizeof *o.param), o.grad = calloc(o.n + 1, sizeof *o.grad), o.r = r;
        normals((stream){ 7, USE_PROBE }, 0, 0, 0, FEW, DIM, x),
            normals((stream){ 7, USE_PROBE }, 0, 1, 0, FEW, DIM, r);
        for (int i = 0; i < FEW; i++)
            o.tape->time[i] = 0.1 * (i % 9), o.tape->label[i] = i % 4 - 1 == 2 ? 0 : i % 4 - 1;
        for (int i = 0; i < FEW * DIM; i++)
            o.tape->x[i / DIM * padded(DIM) + i % DIM] = x[i];
        o.tape->pass.rows = FEW;
        net_get_double(o.net, o.param);
        worst = gradient_error(&o);
    }
    free(o.param), free(o.grad);
    back_close_double(o.back), tape_close_double(o.tape), net_close_double(o.net);
    return worst;
}

static void every_gradient_is_the_limit_of_differences(void)
{
    static const char *const embeds[] = { "sinusoidal:dim=8 linear:t silu label:none=2,name=e",
                                          "fourier:f linear:t tanh label:e", "linear:one silu" };
    made m;

    if (must(made_open(&m, "", NULL, shapes)))
        return;
    for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
        check_below(trial_error(embeds[0], lists[i], &m), 1e-7, lists[i], __FILE__, __LINE__);
    for (unsigned i = 1; i < sizeof embeds / sizeof *embeds; i++)
        check_below(trial_error(embeds[i], "add:add silu squash:s concat linear:cat", &m), 1e-7, embeds[i], __FILE__,
                    __LINE__);
    made_close(&m);
}

static void relu_has_the_slope_of_its_side(void)
{
    tensors file;
    made m;
    net *n;
    tape *t;

    if (must(made_open(&m, "", NULL, shapes)))
        return;
    if (!must(tensors_read(m.weights, &file))) {
        n = net_open_double(&(net_text){ "test", "", "relu", DIM, &file });
        t = tape_open_double(n);
        for (int j = 0; j < DIM; j++)
            t->x[j] = j - 2, t->dx[j] = 1;
        net_forward_double(n, t, 1);
        net_tangent_double(n, t);
        for (int j = 0; j < DIM; j++) {
            CU_ASSERT_EQUAL(t->y[j], j > 2 ? j - 2 : 0);
            CU_ASSERT_EQUAL(t->dy[j], j > 2);
        }
        tape_close_double(t), net_close_double(n);
        tensors_free(&file);
    }
    made_close(&m);
}

static const test_case tests[] = {
    { "every tangent is the limit of differences", every_tangent_is_the_limit_of_differences },
    { "every gradient is the limit of differences", every_gradient_is_the_limit_of_differences },
    { "relu has the slope of its side", relu_has_the_slope_of_its_side },
    { 0, 0 },
};
const test_table table_layers = { "layers", tests };
