/*
 * Distillation: what a teacher makes of a point, as the target of a student's data prediction D at a level a of the
 * student's own grid.  The teacher walks from (x, a) to the next level b by so many steps of ddim, z is where it
 * arrives, and the target is
 *     progressive   the D by which one step of ddim leads from x to z: (z - k x)/(alpha_b - k alpha_a), k =
 *                   sigma_b/sigma_a (Salimans and Ho 2022, algorithm 2)
 *     consistency   the student's own D(z, b), and z/alpha_b where sigma_b = 0: its boundary condition (Song et al.
 *                   2023, algorithm 2, with the student's present weights for their average: Song and Dhariwal 2023)
 */
#ifndef FOKKER_DISTIL_H
#define FOKKER_DISTIL_H
#include "scores/score.h"

enum { DISTIL_STEPS, DISTIL_EACH };
extern const param distil_keys[];           /* student_steps teacher_steps */

typedef struct distil {
    args given;                             /* of distil_keys */
    const score *teacher;                   /* any field on the student's process; or NULL: nothing is distilled */
    level *grid;                            /* student_steps x teacher_steps + 1 levels, from noise to data */
    level *own;                             /* those that the student is asked at, from data to noise: student_steps */
} distil;

/* given is set.  fine: the levels of the teacher's steps, coarse: student_steps + 1 levels, each of which must be among
 * them; copied.  0, or -1 with a sentence and nothing to close. */
int  distil_open(distil *, const char *where, const score *teacher, const level *coarse, const level *fine);
void distil_close(distil *);

/* The level behind student's level i (0: next to the data). */
const level *distil_next(const distil *, int i);

/* n points x (n x dim), each at its own level at[i], go to z with this teacher (a thread's thread copy); d: scratch;
 * label:
 * NULL where it is told none.  0, or -1 where the teacher fails or z is not finite. */
int  distil_walk(const distil *, const score *teacher, int n, const int *at, const int *label, const double *x,
                 double *z, double *d);

/* The progressive target of a point, in place of z. */
void distil_invert(const distil *, int at, int dim, const double *x, double *z);
#endif
