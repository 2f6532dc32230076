/* What the two files of kind = onnx share: scores/outside/onnx_bind.c opens a model and finds out what its inputs are,
 * scores/outside/onnx.c asks it. */
#ifndef FOKKER_ONNX_H
#define FOKKER_ONNX_H
#include "scores/networks/network.h"
#include "scores/outside/ort.h"

/* rows of a call; images keep to the caches, and many threads have work */
enum { CHUNK = 32, AXES = 8, INPUTS = 16 };
enum part { STATE, TIME, LABEL, CONSTANT };

/* An input or the output: axis[0] is the batch where `batched`; cols numbers a row, or numbers in all. */
typedef struct port {
    char *name;
    enum part part;
    enum ort_type type;
    int dims, batched;
    int64_t axis[AXES];
    long cols;
    double value;
    void *data;
} port;

/* What thread copies share. */
typedef struct session {
    ort run;
    ort_env *env;
    ort_session *session;
    ort_memory *memory;
    char *path;
    network how;
    int inputs, dim, once;                          /* once: one time a call, the model has no axis for it */
    int fixed;                                      /* rows of the model's batch; 0: any number */
    int no_label;                                   /* what a label of -1 becomes; -1: refused */
    /* of [features]: its answers are no predictions; the axis that is kept, 0: all of them */
    int judges, keep;
    int cols;                                       /* of the answer: dim, unless it judges; 0: not known yet */
    port in[INPUTS], out;
} session;

/* The model of the section's `file`, its inputs and output bound; cols is left 0.
 * s is zeros, and the caller's on failure too.  0 or -1. */
int session_open(session *, const model *, section *);
void session_close(session *);                      /* frees s too */

/* That an .onnx keeps no weights outside of its own folder.  0, also where it is none or damaged; -1 with a
 * sentence that names the place. */
int onnx_keeps_home(const char *path);
#endif
