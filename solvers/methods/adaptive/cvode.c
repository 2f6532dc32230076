/*
 * The probability flow dx/dt = v(x, t) by CVODE's variable-order multistep methods, over our memory.
 * One sample is one system, so that a sample's result depends on nothing but the sample; batch=yes makes one system of
 * all of them (fewer, larger calls of a costly field, at steps that the worst sample asks for).
 */
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include "solvers/methods/adaptive/cvode.h"

enum { MOST_STEPS = 100000 };

typedef struct cvode {
    SUNContext context;
    void *mem;
    N_Vector y;
    SUNLinearSolver linear;
    SUNNonlinearSolver fixed;
    long size;
    int status;
} cvode;

static int flow(realtype t, N_Vector y, N_Vector dy, void *self)
{
    drive *v = self;
    cvode *c = v->step.own;
    double *out = N_VGetArrayPointer(dy);
    level at;

    if (told_to_stop(v->plan))
        return c->status = STOPPED, -1;
    levels(v->step.proc, 1, &t, &at);
    if (eval_drift(&v->step, &at, N_VGetArrayPointer(y), out))
        return c->status = FAILED, -1;
    for (long i = 0; i < c->size; i++)
        if (!isfinite(out[i]))
            return 1;                               /* a smaller step is tried */
    return 0;
}

/* 1/(atol + rtol |y|), and next to nothing for the columns that do not count. */
static int weights(N_Vector y, N_Vector w, void *self)
{
    const run *r = &((const drive *)self)->step;
    const cvode *c = r->own;
    const double *v = N_VGetArrayPointer(y);
    double *out = N_VGetArrayPointer(w);

    for (long i = 0; i < c->size; i++) {
        int counts = i % r->dim < r->tol.cols;

        out[i] = counts ? 1 / (r->tol.atol + r->tol.rtol * fabs(v[i])) : 1e-100;
    }
    return 0;
}

int cvode_open(run *r, int lmm)
{
    drive *v = drive_of(r);
    cvode *c = calloc(1, sizeof *c);

    r->own = c;
    if (!c || SUNContext_Create(NULL, &c->context))
        return fail("%s: out of memory", r->sol->name);
    c->size = (long)(r->par[CVODE_BATCH] ? r->rows : 1) * r->dim;
    /* the vector is given a sample's memory later; x of the workspace is not there, y is */
    c->y = N_VMake_Serial(c->size, v->y, c->context);
    c->mem = CVodeCreate(lmm, c->context);
    if (!c->y || !c->mem)
        return fail("%s: out of memory", r->sol->name);
    CVodeSetErrFile(c->mem, NULL);
    for (long i = 0; i < c->size; i++)
        v->y[i] = 0;
    if (CVodeInit(c->mem, flow, r->grid->t, c->y) || CVodeWFtolerances(c->mem, weights)
        || CVodeSetUserData(c->mem, v)
        || CVodeSetMaxNumSteps(c->mem, MOST_STEPS))
        return fail("%s: CVODE could not be set up", r->sol->name);
    if (lmm == CV_ADAMS) {
        c->fixed = SUNNonlinSol_FixedPoint(c->y, 0, c->context);
        if (!c->fixed || CVodeSetNonlinearSolver(c->mem, c->fixed))
            return fail("%s: CVODE could not be set up", r->sol->name);
    } else {
        c->linear = SUNLinSol_SPGMR(c->y, SUN_PREC_NONE, 0, c->context);
        if (!c->linear || CVodeSetLinearSolver(c->mem, c->linear, NULL))
            return fail("%s: CVODE could not be set up", r->sol->name);
    }
    return 0;
}

/* One system from t0 to t1, x in place. */
static int integrate(drive *v, double t0, double t1, double *x)
{
    const run *r = &v->step;
    cvode *c = r->own;
    double t = t0;
    int flag;
    long accepted = 0;

    c->status = 0;
    N_VSetArrayPointer(x, c->y);
    flag = CVodeReInit(c->mem, t0, c->y);
    if (!flag)
        flag = CVodeSetStopTime(c->mem, t1);
    if (!flag)
        flag = CVode(c->mem, t1, c->y, &t, CV_NORMAL);
    if (c->status)
        return c->status;
    CVodeGetNumSteps(c->mem, &accepted);
    v->count->steps = accepted > v->count->steps ? accepted : v->count->steps;
    if (flag < 0) {
        char *name = CVodeGetReturnFlagName(flag);

        if (!v->count->diverged)
            fail("%s: sample %ld stopped at t = %.6g (%s); loosen the tolerances or look at the field", r->sol->name,
                 v->plan->first + r->group->row, t, name);
        free(name);
        for (long i = 0; i < c->size; i++)
            x[i] = NAN;
        v->count->diverged += c->size / r->dim;
    }
    return 0;
}

int cvode_whole(drive *v, int steps, const level *grid, double *x)
{
    run *r = &v->step;
    int rows = r->rows, each = r->par[CVODE_BATCH] ? rows : 1, status = 0;
    long first = r->group->row;
    depth start = depth_of(v), end = start;

    r->rows = each;
    for (int i = 0; i < rows && !status; i += each) {
        v->group->row = first + i;
        depth_set(v, start);
        status = integrate(v, grid->t, grid[steps].t, x + (size_t)i * r->dim);
        end = deeper(end, depth_of(v));
    }
    depth_set(v, end);
    r->rows = rows, v->group->row = first;
    return status;
}

void cvode_close(run *r)
{
    cvode *c = r->own;

    if (!c)
        return;
    if (c->mem)
        CVodeFree(&c->mem);
    if (c->fixed)
        SUNNonlinSolFree(c->fixed);
    if (c->linear)
        SUNLinSolFree(c->linear);
    if (c->y)
        N_VDestroy(c->y);
    if (c->context)
        SUNContext_Free(&c->context);
    free(c);
}
