/*
 * fokker_field.h: a score field of your own as a shared object, in C or C++.  Copy this file; do with it what you like.
 *     cc -O3 -shared -fPIC -o field.so field.c;   fokker sample plugin:field.so,ARGS ...
 * The object exports one symbol, fokker_field:
 *     FOKKER_EXPORT_FIELD = { FOKKER_PLUGIN_ABI, open, eval, jvp, divergence, twin, close };
 * Functions answer NULL if all is well, else a sentence that says what is wrong; the program copies it.  What is
 * optional may be NULL.  Until FOKKER_PLUGIN_ABI changes, what was built with an earlier copy of this file loads; its
 * former name is fokker_plugin.h, and the guard is still that one's.
 */
#ifndef FOKKER_PLUGIN_H
#define FOKKER_PLUGIN_H
#ifdef __cplusplus
extern "C" {
#endif

enum { FOKKER_PLUGIN_ABI = 1 };

/* What a field answers with; v = alpha eps - sigma x_0, velocity = dx/dt. */
enum fokker_predicts { FOKKER_SCORE, FOKKER_NOISE, FOKKER_DATA, FOKKER_V, FOKKER_VELOCITY };

/* A noise level: x_t = alpha x_0 + sigma eps;  lambda = log(alpha/sigma);  dx = f x dt + sqrt(g2) dW;  dalpha and
 * dsigma are derivatives by t. */
typedef struct fokker_level { double t, alpha, sigma, dalpha, dsigma, lambda, f, g2; } fokker_level;

/* What is asked: groups x rows points of dim columns, row-major, group g at the level at[g] (sigma > 0); label: groups
 * x rows classes (-1: none), or NULL.  All of it is the caller's and lives until the function returns. */
typedef struct fokker_batch {
    int groups, rows;
    const fokker_level *at;
    const double *x;
    const int *label;
} fokker_batch;

/* What `open` fills.  dim: columns, at least 1;  serial: 1, never from two threads at once;  block: rows that it likes
 * in one call, or 0;  process: what it was trained on, as in --process, taken where the user names none, or NULL;
 * self: its own, which is given to every function and to `close`, also after an `open` that failed. */
typedef struct fokker_about {
    int dim;
    enum fokker_predicts predicts;
    int serial, block;
    const char *process;
    void *self;
} fokker_about;

typedef struct fokker_plugin {
    int abi;                                /* FOKKER_PLUGIN_ABI */
    /* args: what follows the comma, or "" */
    const char *(*open)(const char *args, fokker_about *);
    /* out: groups x rows x dim, shares no memory with what is read */
    const char *(*eval)(void *self, const fokker_batch *, double *out);
    /* optional: besides out the product jv of its Jacobian by x with v, both groups x rows x dim */
    const char *(*jvp)(void *self, const fokker_batch *, const double *v, double *out, double *jv);
    /* optional: besides out the trace of that Jacobian, groups x rows */
    const char *(*divergence)(void *self, const fokker_batch *, double *out, double *div);
    /* optional: a self for one more thread and up to `rows` points, NULL where there is no memory; without it, and
     * unless serial, eval is called from many threads at once */
    void *(*twin)(void *self, int rows);
    /* optional: of a self or a twin */
    void (*close)(void *self);
} fokker_plugin;

/* Defines the symbol as a program looks for it: under its C name (a C++ const has none of its own), visible whatever
 * the compiler was told of others. */
#if defined __GNUC__
#define FOKKER_VISIBLE __attribute__((visibility("default")))
#else
#define FOKKER_VISIBLE
#endif
#ifdef __cplusplus
#define FOKKER_EXPORT_FIELD extern "C" { extern FOKKER_VISIBLE const fokker_plugin fokker_field; } \
    const fokker_plugin fokker_field
#else
#define FOKKER_EXPORT_FIELD extern FOKKER_VISIBLE const fokker_plugin fokker_field; const fokker_plugin fokker_field
#endif

#ifdef __cplusplus
}
#endif
#endif
