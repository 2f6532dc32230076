/* Networks written out plainly in double, one row at a time: what kind = mlp must answer. */
#ifndef FOKKER_WRITTEN_OUT_H
#define FOKKER_WRITTEN_OUT_H
#include "models/processes/process.h"
#include "tests/support/nets.h"

/* Of 3 columns.  score: its [score] section besides kind and file; plain: the raw answer y at x, label -1: none. */
typedef struct example {
    const char *name, *score, *process;
    const shape *shapes;
    void (*plain)(const tensors *, const level *, int label, const double *x, double *y);
} example;

enum { EXAMPLES = 4 };                      /* residual squashed numbered mixer */
extern const example examples[EXAMPLES];
#endif
