/* fokker_plugin.h: a score field of your own as a shared object.  Copy this file; do with it what you like.
 *   cc -O3 -shared -fPIC -o field.so field.c;   fokker sample plugin:field.so,ARGS ...
 * The object exports one symbol, `const fokker_plugin fokker_field = { FOKKER_PLUGIN_ABI, open, eval, ... };`.
 * Functions answer NULL if all is well, else a sentence that says what is wrong.  What is optional may be NULL. */
#ifndef FOKKER_PLUGIN_H
#define FOKKER_PLUGIN_H
enum { FOKKER_PLUGIN_ABI = 1 };
/* v = alpha eps - sigma x_0; velocity = dx/dt */
enum fokker_predicts { FOKKER_SCORE, FOKKER_NOISE, FOKKER_DATA, FOKKER_V, FOKKER_VELOCITY };

/* x_t = alpha x_0 + sigma eps;  lambda = log(alpha/sigma);  dx = f x dt + sqrt(g2) dW */
typedef struct fokker_level { double t, alpha, sigma, dalpha, dsigma, lambda, f, g2; } fokker_level;
/* groups x rows points of dim columns, row-major, one level a group; label: groups x rows
 * classes (-1: none), or NULL */
typedef struct fokker_batch {
    int groups, rows;
    const fokker_level *at;
    const double *x;
    const int *label;
} fokker_batch;
/* What `open` fills.  serial: 1, never from two threads at once; block: rows it likes in one call, or 0;
 * process: what it was trained on, as in --process, taken where the user names none, or NULL; self: its own */
typedef struct fokker_about {
    int dim;
    enum fokker_predicts predicts;
    int serial, block;
    const char *process;
    void *self;
} fokker_about;
typedef struct fokker_plugin {
    int abi;
    /* args: what follows the comma, or "" */
    const char *(*open)(const char *args, fokker_about *);
    const char *(*eval)(void *self, const fokker_batch *, double *out);         /* out: groups x rows x dim */
    /* optional: J v besides out */
    const char *(*jvp)(void *self, const fokker_batch *, const double *v, double *out, double *jv);
    /* optional: groups x rows */
    const char *(*divergence)(void *self, const fokker_batch *, double *out, double *div);
    /* optional: a self for one more thread; without it eval is called from many at once */
    void *(*twin)(void *self, int rows);
    void (*close)(void *self);              /* optional: of a self or a twin */
} fokker_plugin;
#endif
