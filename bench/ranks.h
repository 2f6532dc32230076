/*
 * The processes of an MPI job (`make MPI=1`, `mpirun -n 4 fokker ...`), each of which runs this program on the same
 * arguments.  They share the runs of a benchmark; or the blocks of samples of one run; or, where there are fewer blocks
 * than ranks, the points of each field call.  No bit depends on how many they are.  Without MPI there is one.
 */
#ifndef FOKKER_RANKS_H
#define FOKKER_RANKS_H
#include "solvers/solver.h"

int  ranks_begin(int *argc, char ***argv);      /* 0 or -1 */
int  ranks_end(int code);                       /* code */
/* a rank that cannot go on ends the job, with a message; does nothing alone */
void ranks_abort(int code);
int  ranks_count(void);
int  ranks_mine(void);                          /* 0 .. count - 1; rank 0 writes */
int  ranks_wait(void);                          /* for all others; 0 or -1 */
int  ranks_any(int flag);                       /* whether it is set in any rank */

/* All ranks meet: 0 if none is in trouble (bad = 0), else -1 in all of them, and the first of those in trouble
 * is the one who says why. */
int  ranks_agree(int bad);
int  ranks_speaks(void);                        /* whether this rank does: rank 0 unless another was found in trouble */

/* How p's run of n samples is shared: p->peers is set, or p->field becomes one that shares its calls,
 * which ranks_release frees.
 * A warning on stderr, once, where there are more ranks than work.  0 or -1. */
int  ranks_share(plan *p, int n, score **shared);
void ranks_release(score *shared);              /* NULL is fine */
#endif
