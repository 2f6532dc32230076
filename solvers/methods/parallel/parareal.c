/*
 * Parareal over the whole trajectory (SRDS), `parareal:window=W/COARSE/FINE`: the grid is cut into W slices; with F the
 * fine method's solve of a slice, G the coarse one's in `coarse` steps, and U_n the state where slice n begins,
 *
 *   U_{n+1}^0 = G(U_n^0),   U_{n+1}^{p+1} = F(U_n^p) + (G(U_n^{p+1}) - G(U_n^p)).
 *
 * Where U_n did not change this is F(U_n) to the bit, so after p iterations the first p slices are the serial run's.
 * Solves are pipelined: a slice begins iteration p as soon as its U is known and its solves of iteration p - 1 are
 * done, and each tick of the pipe takes one fine and one coarse step of all slices that are at work.  Methods that need
 * the steps before take a slice whole: then all coarse solves of an iteration come first.
 * A row is done when its end moved by no more than tol (rms), or is the serial run's.
 * The coarse method sees the fine one's noise: its normals for an interval are the weighted sum of those of the fine
 * steps in it, in the clock c = (sigma/alpha)^2.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/methods/parallel/slots.h"
#include "solvers/noise/noise.h"

enum { COARSE = SLOTS_SLICE };                      /* the second parameter: coarse steps in a slice */
enum { G, F };                                      /* inner methods */
enum { START, NEXT, FINE, FINE_BEFORE, COARSE_NOW, COARSE_BEFORE, ARRAYS };

/* Slice n: the iteration that it works on (-1: none yet), the one that waits for it in NEXT (-1: none), steps
 * done of its two solves. */
typedef struct slice { int first, last, iteration, waiting, fine, coarse, coarse_steps, told, told_exact; } slice;

/* Of slice n of a row: whether its start is the serial run's, whether the one before was and the one in NEXT is;
 * whether the start did not change. */
typedef struct known_slice { unsigned char exact, exact_before, exact_next, same; } known_slice;

/* For the coarse method's noise. */
typedef struct shared { const noise *fine; const level *grid; int steps; long draws; double *one; } shared;

typedef struct parareal {
    slots run[2];
    team team;
    /* slices now; slices at most; whole solves at once; rows that still run */
    int slices, total, lockstep, rows, *of;
    double *a[ARRAYS];                              /* n x (total + 1) x dim each */
    known_slice *k;                                       /* n x (total + 1) */
    slice *s;                                       /* total + 1 */
    plan coarse;                                    /* with the noise of the fine steps */
    noise sums;
    shared data;
    void *workspace;
} parareal;

static int slice_steps(const method *m, int steps)
{
    int window = (int)m->par[SLOTS_WINDOW];

    return (steps + window - 1) / window;
}

static int count(const method *m, int steps) { int each = slice_steps(m, steps); return (steps + each - 1) / each; }

static void shape(const run *r, int *groups, int *rows) { *groups *= *rows * count(r->how, r->steps), *rows = 1; }

/* The normals of a coarse step from those of the fine steps in it; an interval that does not end on the grid
 * gets normals of its own. */
static void sum(const noise *n, const draw *d, double *z)
{
    const shared *s = n->data;
    const level *a = s->grid + d->step, *end = s->grid + s->steps, *b = a;
    double all = d->from - d->to;
    size_t N = (size_t)d->rows * d->dim;

    while (b < end && noise_clock(b) > d->to)
        b++;
    if (d->part || !(all > 0) || !isfinite(all) || noise_clock(a) != d->from || noise_clock(b) != d->to) {
        s->fine->fill(s->fine, d, z);
        return;
    }
    for (size_t i = 0; i < N; i++)
        z[i] = 0;
    for (; a < b; a++)
        for (int row = 0; row < d->rows; row++) {
            double part = sqrt((noise_clock(a) - noise_clock(a + 1)) / all), *to = z + (size_t)row * d->dim;
            draw fine = { .row = d->row + row, .step = a - s->grid, .nth = (a - s->grid) * s->draws + d->draw,
                          .draw = d->draw, .rows = 1, .dim = d->dim,
                          .from = noise_clock(a), .to = noise_clock(a + 1), .t_from = a->t, .t_to = a[1].t };

            s->fine->fill(s->fine, &fine, s->one);
            for (int c = 0; c < d->dim; c++)
                to[c] += part * s->one[c];
        }
}

static void set_plan(drive *v, const plan *p)
{
    v->plan = p;
    for (int i = 0; i < v->step.sol->inners; i++)
        set_plan(drive_inner(v, i), p);
}

static int lay_out(parareal *p, drive *v)
{
    const run *r = &v->step;
    size_t places, bytes;
    char *at;
    int n = r->rows;

    p->total = count(r->how, r->steps), places = (size_t)n * (p->total + 1);
    bytes = ((ARRAYS * places + 1) * r->dim) * sizeof **p->a + (p->total + 1) * sizeof *p->s + n * sizeof *p->of
            + places * sizeof *p->k;
    if (!(at = p->workspace = malloc(bytes)))
        return fail("parareal: out of memory: %zu bytes for %d slices; take fewer", bytes, p->total);
    v->bytes += bytes;
    for (int i = 0; i < ARRAYS; i++, at += places * r->dim * sizeof **p->a)
        p->a[i] = (double *)at;
    p->data.one = (double *)at, at += r->dim * sizeof **p->a;
    p->s = (slice *)at, at += (p->total + 1) * sizeof *p->s;
    p->of = (int *)at, at += n * sizeof *p->of;
    p->k = (known_slice *)at;
    return 0;
}

static int open(run *r)
{
    drive *v = drive_of(r);
    parareal *p = r->own = calloc(1, sizeof *p);
    int room;

    if (!p)
        return fail("out of memory");
    p->lockstep = restarts(r->inner[G]->sol) || restarts(r->inner[F]->sol);
    if (lay_out(p, v))
        return FAILED;
    room = r->rows * p->total;
    if (slots_open(&p->run[F], v, F, room) || slots_open(&p->run[G], v, G, room) || team_open(&p->team, v, room))
        return FAILED;
    p->data.fine = v->plan->noise, p->data.grid = r->grid, p->data.steps = r->steps,
        p->data.draws = p->run[F].draws;
    p->sums = (noise){ .fill = sum, .data = &p->data };
    p->coarse = *v->plan, p->coarse.noise = &p->sums;
    set_plan(drive_inner(v, G), &p->coarse);
    return 0;
}

static void shut(run *r)
{
    parareal *p = r->own;

    if (!p)
        return;
    team_close(&p->team);
    slots_close(&p->run[F]), slots_close(&p->run[G]);
    free(p->workspace), free(p);
}

static double *state(const parareal *p, int of, int row, int n, int dim)
{
    return p->a[of] + ((size_t)row * (p->total + 1) + n) * dim;
}

static known_slice *of_row(const parareal *p, int row, int n) { return p->k + (size_t)row * (p->total + 1) + n; }

static void copy(const parareal *p, int to, int from, int row, int n, int dim)
{
    memcpy(state(p, to, row, n, dim), state(p, from, row, n, dim), dim * sizeof(double));
}

static int fine_done(const slice *s) { return s->fine == s->last - s->first; }
static int coarse_done(const slice *s) { return s->coarse == s->coarse_steps; }

/* ---- slices begin and end ---- */

/* Slice n takes the start that waits for it. */
static void begin(const run *r, parareal *p, int n)
{
    slice *s = &p->s[n];
    int dim = r->dim;

    for (int i = 0; i < p->rows; i++) {
        int row = p->of[i];
        known_slice *k = of_row(p, row, n);

        k->same = s->iteration >= 0 && !memcmp(state(p, NEXT, row, n, dim), state(p, START, row, n, dim),
                                               dim * sizeof(double));
        k->exact_before = k->exact, k->exact = k->exact_next;
        copy(p, FINE_BEFORE, FINE, row, n, dim), copy(p, COARSE_BEFORE, COARSE_NOW, row, n, dim);
        copy(p, START, NEXT, row, n, dim), copy(p, FINE, NEXT, row, n, dim), copy(p, COARSE_NOW, NEXT, row, n, dim);
    }
    s->iteration = s->waiting, s->waiting = -1;
    s->fine = s->coarse = s->told = s->told_exact = 0;
}

static void begin_slices(const run *r, parareal *p)
{
    for (int n = 0; n < p->slices; n++)
        if (p->s[n].waiting >= 0 && (p->s[n].iteration < 0 || (fine_done(&p->s[n]) && p->s[n].told)))
            begin(r, p, n);
}

/* The start of the next slice of a row: by the fine solve from a start that is the serial run's,
 * or by the formula above. */
static void correct(const run *r, const parareal *p, int row, int n, int exact)
{
    double *y = state(p, NEXT, row, n + 1, r->dim), *fine = state(p, exact ? FINE : FINE_BEFORE, row, n, r->dim);
    const double *now = state(p, COARSE_NOW, row, n, r->dim), *before = state(p, COARSE_BEFORE, row, n, r->dim);
    const known_slice *k = of_row(p, row, n);
    int first = p->s[n].iteration == 0 && !exact, keep = exact || (!first && k->same);

    for (int d = 0; d < r->dim; d++)
        y[d] = first ? now[d] : keep ? fine[d] : fine[d] + (now[d] - before[d]);
    of_row(p, row, n + 1)->exact_next = exact ? k->exact : keep && k->exact_before;
}

/* The end of every row in this iteration: rows that are done leave. */
static void arrive(drive *v, parareal *p, double *x)
{
    const run *r = &v->step;
    slice *s = &p->s[p->slices];
    double tol = r->par[SLOTS_TOL], most = 0;
    int kept = 0;

    for (int i = 0; i < p->rows; i++) {
        int row = p->of[i], exact = of_row(p, row, p->slices)->exact_next;
        double *now = state(p, NEXT, row, p->slices, r->dim),
            moved = rms_apart(r->dim, now, state(p, START, row, p->slices, r->dim));

        most = moved > most ? moved : most;
        if (exact || (s->waiting > 0 && tol > 0 && moved <= tol))
            memcpy(x + (size_t)row * r->dim, now, r->dim * sizeof *x);
        else
            p->of[kept++] = row;
        copy(p, START, NEXT, row, p->slices, r->dim);
    }
    if (s->waiting > 0)
        slots_residual(v, s->waiting - 1, most);
    v->count->iterations = s->waiting;
    if (v->plan->done && kept < p->rows) {
        #pragma omp atomic
        *v->plan->done += (long)(p->rows - kept) * p->s[p->slices - 1].last;
    }
    p->rows = kept, s->waiting = -1;
}

/* Slice n tells the next one where to begin iteration `iteration`, once that has taken the one before. */
static int tell(drive *v, parareal *p, int n, int iteration, int exact, double *x)
{
    if (p->s[n + 1].waiting >= 0)
        return 0;
    for (int i = 0; i < p->rows; i++)
        correct(&v->step, p, p->of[i], n, exact);
    p->s[n + 1].waiting = iteration;
    if (n + 1 == p->slices)
        arrive(v, p, x);
    return 1;
}

static void tell_all(drive *v, parareal *p, double *x)
{
    for (int n = 0; n < p->slices; n++) {
        slice *s = &p->s[n];

        if (s->iteration < 0)
            continue;
        if (!s->told && coarse_done(s))
            s->told = tell(v, p, n, s->iteration, 0, x);
        if (s->told && !s->told_exact && s->iteration == n && fine_done(s))
            s->told_exact = tell(v, p, n, n + 1, 1, x);
    }
}

/* ---- one tick ---- */

/* The coarse, or the fine, steps of all slices at work: `steps` in every slice, or all that are left. */
static int step_slices(drive *v, parareal *p, int which)
{
    const run *r = &v->step;
    slots *many = &p->run[which];

    for (int n = 0; n < p->slices; n++) {
        slice *s = &p->s[n];
        int length = s->last - s->first, all = which == F ? length : s->coarse_steps, *done = which == F ? &s->fine
            : &s->coarse;
        int steps = p->lockstep ? all : 1, into = which == F ? FINE : COARSE_NOW;

        if (s->iteration < 0 || *done == all)
            continue;
        for (int i = 0; i < p->rows; i++) {
            double *at = state(p, into, p->of[i], n, r->dim);

            many->s[many->n++] = (slot){ p->of[i], s->first + length * *done / all,
                                         s->first + length * (*done + steps) / all, steps, at, at };
        }
        *done += steps;
    }
    return many->n ? slots_run(many, v, which, r->grid) : 0;
}

/* Both at once: the depth is the deeper one's.  In lockstep the fine ones wait for the coarse ones. */
static int tick(drive *v, parareal *p)
{
    depth before = depth_of(v), coarse;
    int waits = 0;

    for (int n = 0; n < p->slices; n++)
        waits |= p->lockstep && p->s[n].iteration >= 0 && !coarse_done(&p->s[n]);
    if (step_slices(v, p, G))
        return FAILED;
    coarse = depth_of(v);
    depth_set(v, before);
    if (!waits && step_slices(v, p, F))
        return FAILED;
    depth_set(v, deeper(coarse, depth_of(v)));
    return 0;
}

static void start(const run *r, parareal *p, int taken, const double *x)
{
    int each = slice_steps(r->how, r->steps), coarse = (int)r->par[COARSE];

    p->slices = (taken + each - 1) / each, p->rows = taken ? r->rows : 0;
    for (int n = 0; n <= p->slices; n++) {
        int first = n * each, last = first + each < taken ? first + each : taken, length = last - first;

        p->s[n] = (slice){ .first = first, .last = last, .iteration = -1, .waiting = -1,
                           .coarse_steps = coarse < length ? coarse : length };
    }
    p->s[0].waiting = 0;
    memset(p->k, 0, (size_t)r->rows * (p->total + 1) * sizeof *p->k);
    for (int i = 0; i < p->rows; i++) {
        p->of[i] = i;
        memcpy(state(p, NEXT, i, 0, r->dim), x + (size_t)i * r->dim, r->dim * sizeof *x);
        of_row(p, i, 0)->exact_next = 1;
        for (int n = 0; n <= p->slices; n++)        /* what begin() moves is set */
            for (int k = 0; k < ARRAYS; k++)
                memcpy(state(p, k, i, n, r->dim), x + (size_t)i * r->dim, r->dim * sizeof *x);
    }
}

static int whole(drive *v, int steps, const level *grid, double *x)
{
    const run *r = &v->step;
    parareal *p = r->own;
    int taken = slots_steps(r->how->inner[F]->sol, steps, grid);

    for (start(r, p, taken, x); p->rows; tell_all(v, p, x)) {
        if (told_to_stop(v->plan))
            return STOPPED;
        begin_slices(r, p);
        if (tick(v, p))
            return FAILED;
    }
    v->count->steps = steps;
    v->count->draws = p->run[F].draws * taken;
    return slots_finish(v, taken, steps, grid, x);
}

/* ---- what it is ---- */

static void claims(const method *m, double *order, int *stochastic)
{
    *order = m->par[SLOTS_TOL] == 0 ? method_order(m->inner[F]) : 0, *stochastic = method_stochastic(m->inner[F]);
}

static int equal(const method *a, const method *b)
{
    if (a->sol != b->sol || memcmp(a->par, b->par, sizeof a->par)
        || strcmp(a->text ? a->text : "", b->text ? b->text : ""))
        return 0;
    for (int i = 0; i < a->sol->inners; i++)
        if (!equal(a->inner[i], b->inner[i]))
            return 0;
    return 1;
}

static int check(const method *m, const plan *p)
{
    const method *g = m->inner[G], *f = m->inner[F];
    int each = slice_steps(m, p->steps), steps = (int)m->par[COARSE];

    if (slots_check(m, p, G, steps, "the coarse method ") || slots_check(m, p, F, each, ""))
        return FAILED;
    if (equal(g, f) && steps >= each)
        return fail("parareal: the coarse method is the fine one, %s in %d step%s a slice, and saves nothing; give "
                    "fewer slices or coarse steps, or another one",
                    f->sol->name, each, each > 1 ? "s" : "");
    if (method_stochastic(g) && !method_stochastic(f))
        return fail("parareal: the coarse method %s is stochastic and the fine one, %s, is not; give one of the flow, "
                    "such as ddim", g->sol->name, f->sol->name);
    if (p->grid[p->steps].sigma == 0 && g->sol->never & SIGMA_0 && !(f->sol->never & SIGMA_0))
        return fail("parareal: the coarse method %s cannot step to sigma = 0, where %s goes; give another one, such as "
                    "ddim, or --final none", g->sol->name,
                    f->sol->name);
    return 0;
}

const solver solver_parareal = {
    .name = "parareal", .about = "parareal over the trajectory, COARSE/FINE, parallel in time",
    .cite = "Selvam et al. 2024, arXiv:2412.08292",
    .evals = 1, .inners = 2, .serial_reference = 1 + F, .shape = shape, .claims = claims, .check = check, .open = open,
    .whole = whole, .close = shut,
    .par = { [SLOTS_WINDOW] = WINDOW_PARAM("slices of the trajectory", 10, 2),
             [COARSE] = { "coarse", "steps of the coarse method in a slice", NULL, 1, 1, 1e6, 1 },
             [SLOTS_TOL] = TOL_PARAM("rms change of the end below which a row is done; 0: when it is the serial run's, "
                                     "to the bit") },
};
