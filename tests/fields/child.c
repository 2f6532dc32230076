/*
 * A field as a child process in C: child MODE [N].  Good modes: bell (data N(0.5, 0.4^2) in 3 columns, noise prediction
 * from sigma), bell32 the same in
 * float32, labels (its label in every column), net (net.h), counting FILE (bell; FILE gets "calls rows" at the end).
 * The others misbehave at call N or from the start, as their names say.
 */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "net.h"



static const char *mode;
static long calls, points, at_call;
static int is(const char *name) { return !strcmp(mode, name); }

/* All of n bytes; 0 at the end of stdin. */
static int take(void *to, size_t n)
{
    char *at = to;

    while (n) {
        ssize_t got = read(0, at, n);

        if (got <= 0)
            return 0;
        at += got, n -= got;
    }
    return 1;
}

static void give(const void *from, size_t n)
{
    const char *at = from;

    while (n) {
        ssize_t put = write(1, at, n);

        if (put < 0)
            exit(5);
        at += put, n -= put;
    }
}

static void say(const char *text) { give(text, strlen(text)); }

/* eps = sigma (x - alpha m)/(alpha^2 s^2 + sigma^2) */
static double bell(double sigma, double x)
{
    double alpha = sqrt(1 - sigma * sigma);

    return sigma * (x - alpha * 0.5) / (alpha * alpha * 0.16 + sigma * sigma);
}

/* What is amiss in call at_call, before the answer. */
static void misbehave(void)
{
    if (calls != at_call)
        return;
    if (is("dies")) {
        fprintf(stderr, "working\nTypeError: too tired\n");
        exit(3);
    }
    if (is("killed"))
        raise(9);
    if (is("hangs"))
        for (;;)
            nanosleep(&(struct timespec){ 1000, 0 }, NULL);
    if (is("babbles"))
        say("epoch 1: loss 0.5\n");
}

static void answer_bell(uint32_t n, double *t, double *x)
{
    for (uint32_t i = 0; i < 3 * n; i++)
        x[i] = bell(t[i / 3], x[i]);
}

static void answer_bell32(uint32_t n, const float *t, float *x)
{
    for (uint32_t i = 0; i < 3 * n; i++)
        x[i] = (float)bell(t[i / 3], x[i]);
}

static void answer_net(const field_net *w, uint32_t n, const float *t, float *x)
{
    for (uint32_t i = 0; i < n; i += NET_ROWS) {
        float in[NET_ROWS * NET_IN] = { 0 }, out[NET_ROWS * NET_DIM];
        int rows = n - i < NET_ROWS ? n - i : NET_ROWS;

        for (int r = 0; r < rows; r++) {
            memcpy(in + r * NET_IN, x + (size_t)(i + r) * NET_DIM, NET_DIM * sizeof *in);
            in[r * NET_IN + NET_DIM] = t[i + r];
        }
        net_rows(w, in, out);
        memcpy(x + (size_t)i * NET_DIM, out, (size_t)rows * NET_DIM * sizeof *x);
    }
}

static void write_counts(const char *path)
{
    FILE *f = fopen(path, "w");

    if (!f)
        exit(6);
    fprintf(f, "%ld %ld\n", calls, points);
    fclose(f);
}

static const char *hello(void)
{
    static const struct { const char *mode, *text; } odd[] = {
        { "bell32", "fokker 1 dim=3 predicts=noise type=float32 time=sigma "
                    "process=vp-linear:beta_min=0.1,beta_max=20\n" },
        { "net", "fokker 1 dim=64 predicts=noise type=float32\n" },
        { "labels", "fokker 1 dim=2 predicts=data labels=yes batch=7\n" },
        { "greets", "Loading weights...\n" }, { "newer", "fokker 2 dim=3\n" }, { "nodim", "fokker 1 predicts=noise\n" },
        { "typo", "fokker 1 dim=3 predict=noise\n" }, { "kind", "fokker 1 dim=3 predicts=nois\n" },
        { "eager", "fokker 1 dim=3 predicts=noise\nready\n" },
    };

    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        if (is(odd[i].mode))
            return odd[i].text;
    return "fokker 1 dim=3 predicts=noise time=sigma\n";
}

/* A call of n rows in numbers of `width` bytes and dim columns. */
static int serve(const field_net *w, int dim, size_t width)
{
    uint32_t head[2];
    char *t, *x;
    int32_t *label;

    if (!take(head, sizeof head))
        return 0;
    calls++, points += head[1];
    t = malloc(head[1] * width), x = malloc((size_t)head[1] * dim * width), label = malloc(head[1] * sizeof *label + 1);
    if (!t || !x || !label || !take(t, head[1] * width) || !take(x, (size_t)head[1] * dim * width)
        || (is("labels") && !take(label, head[1] * sizeof *label)))
        exit(4);
    misbehave();
    if (is("net"))
        answer_net(w, head[1], (float *)t, (float *)x);
    else if (is("bell32"))
        answer_bell32(head[1], (float *)t, (float *)x);
    else if (is("labels"))
        for (uint32_t i = 0; i < 2 * head[1]; i++)
            ((double *)x)[i] = label[i / 2];
    else
        answer_bell(head[1], (double *)t, (double *)x);
    if (is("wrong") && calls == at_call)
        head[1]++;
    give(head, sizeof head);
    give(x, (size_t)head[1] * dim * width - (is("short") && calls == at_call ? width : 0));
    free(t), free(x), free(label);
    return 1;
}

int main(int argc, char **argv)
{
    field_net *w;

    mode = argc > 1 ? argv[1] : "bell";
    at_call = argc > 2 ? atol(argv[2]) : 0;
    if (is("quits")) {
        fprintf(stderr, "no weights here\n");
        return 7;
    }
    if (!(w = malloc(sizeof *w)))
        return 4;
    net_open(w);
    if (is("mute"))
        nanosleep(&(struct timespec){ 1000, 0 }, NULL);
    if (is("chatty"))
        for (int i = 0; i < 100000; i++)
            fprintf(stderr, "warning %d: this child says more on stderr than a pipe holds\n", i);
    say(hello());
    while (serve(w, is("net") ? NET_DIM : is("labels") ? 2 : 3, is("net") || is("bell32") ? sizeof(float)
                 : sizeof(double)))
        ;
    if (is("counting") && argc > 2)
        write_counts(argv[2]);
    free(w);
    return 0;
}
