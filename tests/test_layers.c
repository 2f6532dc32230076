/* The layers of networks in double: every tangent against differences of the layer itself. */
#define FOKKER_DOUBLE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "models/fail.h"
#include "models/random.h"
#include "scores/net.h"
#include "tests/nets.h"
#include "tests/suite.h"

net *net_open_double(const net_text *);
void net_close_double(net *), net_forward_double(const net *, tape *, int), net_tangent_double(const net *, tape *), tape_close_double(tape *);
tape *tape_open_double(const net *);

enum { DIM = 5 };

static const shape shapes[] = {
    { "w.weight", 7, DIM, 0.6 }, { "w.bias", 0, 7, 0.3 }, { "u.weight", DIM, 7, 0.6 }, { "u.bias", 0, DIM, 0.3 }, { "bare.weight", DIM, DIM, 0.6 },
    { "n.weight", 0, DIM, 1 }, { "n.bias", 0, DIM, 1 }, { "cat.weight", DIM, DIM + 6, 0.4 }, { "t.weight", 6, 8, 0.5 }, { "t.bias", 0, 6, 0.5 },
    { "add.weight", DIM, 6, 0.5 }, { "s._layer.weight", DIM, DIM, 0.6 }, { "s._layer.bias", 0, DIM, 0.6 }, { "s._hyper_gate.weight", DIM, 6, 0.6 },
    { "s._hyper_gate.bias", 0, DIM, 0.6 }, { "s._hyper_bias.weight", DIM, 6, 0.6 }, { "e.weight", 3, 6, 1 }, { 0 } };

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
    n = net_open_double(&(net_text){ "test", "sinusoidal:dim=8 linear:t silu label:none=2,name=e", layers, DIM, &file });
    tensors_free(&file);
    if (!n || !(t = tape_open_double(n)))
        return must(-1), NAN;
    N = TILE_ROWS * DIM;
    x = malloc(N * sizeof *x), v = malloc(N * sizeof *v);
    normals((stream){ 7, USE_PROBE }, 0, 0, 0, TILE_ROWS, DIM, x), normals((stream){ 7, USE_PROBE }, 0, 1, 0, TILE_ROWS, DIM, v);
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
        double ours = t->dy[i / DIM * pad + i % DIM], theirs = (y[0][i] - 8 * y[1][i] + 8 * y[2][i] - y[3][i]) / (12 * h);

        error = fmax(error, fabs(ours - theirs)), top = fmax(top, fabs(theirs));
    }
    for (int k = 0; k < 4; k++)
        free(y[k]);
    free(x), free(v);
    tape_close_double(t), net_close_double(n);
    return error / top;
}

static void every_tangent_is_the_limit_of_differences(void)
{
    static const char *const lists[] = {
        "linear:bare", "linear:w linear:u", "linear:w silu linear:u", "silu", "gelu", "linear:w gelu linear:u", "gelu:form=tanh", "elu:alpha=0.7",
        "softplus", "linear:w softplus linear:u", "tanh", "norm:n", "norm:absent", "concat linear:cat", "concat:place=first linear:cat", "add:add tanh", "squash:s",
        "( linear:w tanh linear:u )", "linear:bare ( silu linear:bare ( norm:n linear:w silu linear:u ) tanh )",
        "linear:w ( silu ) linear:u", "( norm:n squash:s silu ( add:add ) linear:w gelu linear:u ) squash:s" };
    made m;

    if (must(made_open(&m, "", NULL, shapes)))
        return;
    for (unsigned i = 0; i < sizeof lists / sizeof *lists; i++)
        check_below(tangent_error(lists[i], &m), 1e-9, lists[i], __FILE__, __LINE__);
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
    { "relu has the slope of its side", relu_has_the_slope_of_its_side },
    { 0, 0 },
};
const test_table table_layers = { "layers", tests };
