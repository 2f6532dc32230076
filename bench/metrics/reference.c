/*
 * The probability flow in the angle phi = atan2(sigma, alpha), for y = x/r, r = sqrt(alpha^2 + sigma^2):
 *   y = cos(phi) x_0 + sin(phi) eps,   dy/dphi = cos(phi) eps - sin(phi) x_0 = v/r,
 * for every process, with phi = pi/2 where alpha = 0 and phi = 0 at the data.
 */
#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/reference.h"
#include "base/fail.h"

enum { TILE_ROWS = 32, MOST_STEPS = 100000, KEPT = 64 };

/* Where sigma = 0 the noise cannot be asked for; the rest of the way is a straight line, wrong by its square over
 * the finest width squared. */
static const double closest = 1e-8;

/* One tile: the field (this thread's own), where it comes from, and its rows. */
typedef struct flow_tile {
    const score *field;
    const process *proc;
    const level *from;
    double phi0, tolerance, *x;
    int rows;
    const int *label;
} flow_tile;

static double angle(const level *l) { return atan2(l->sigma, l->alpha); }
static double radius(const level *l) { return hypot(l->alpha, l->sigma); }

/* The level at an angle; beyond the process's reach (t_of_lambda clamps) alpha and sigma are those of the angle. */
static level level_at(const flow_tile *e, double phi)
{
    double lambda = -log(tan(phi)), t, r;
    level l;

    if (phi == e->phi0)
        return *e->from;
    t = e->proc->t_of_lambda(e->proc, lambda);
    levels(e->proc, 1, &t, &l);
    if (fabs(angle(&l) - phi) > 1e-9 * phi) {
        r = radius(&l);
        l.alpha = r * cos(phi), l.sigma = r * sin(phi), l.lambda = lambda;
    }
    return l;
}

static int slope(double phi, const double *y, double *dy, void *self)
{
    flow_tile *e = self;
    level l = level_at(e, phi);
    const batch points = { 1, e->rows, &l, e->x, e->label };
    double r = radius(&l);
    long N = (long)e->rows * e->field->dim;

    for (long i = 0; i < N; i++)
        e->x[i] = r * y[i];
    if (field_eval(e->field, &points, PREDICTS_V, dy))
        return GSL_EBADFUNC;
    for (long i = 0; i < N; i++) {
        dy[i] /= r;
        if (!isfinite(dy[i])) {
            fail("reference: the field is not finite at t = %g; check the model with `fokker check`", l.t);
            return GSL_EBADFUNC;
        }
    }
    return GSL_SUCCESS;
}

static int integrate(flow_tile *e, double phi, double end, double *y)
{
    size_t N = (size_t)e->rows * e->field->dim;
    gsl_odeiv2_system flow = { slope, NULL, N, e };
    gsl_odeiv2_step *step = gsl_odeiv2_step_alloc(gsl_odeiv2_step_rk8pd, N);
    gsl_odeiv2_control *control = gsl_odeiv2_control_y_new(e->tolerance, e->tolerance);
    gsl_odeiv2_evolve *evolve = gsl_odeiv2_evolve_alloc(N);
    int status = step && control && evolve ? GSL_SUCCESS : GSL_ENOMEM;
    double h = (end - phi) / 64;

    if (status)
        fail("reference: out of memory for %d rows of dimension %d", e->rows, e->field->dim);
    for (long k = 0; !status && phi != end; k++) {
        status = k < MOST_STEPS ? gsl_odeiv2_evolve_apply(evolve, control, step, &flow, &phi, end, &h, y)
            : GSL_EMAXITER;
        if (status && status != GSL_EBADFUNC)
            fail("reference: the flow cannot be followed to %g near sigma/alpha = %g (%s); is the field smooth?",
                 e->tolerance, tan(phi), gsl_strerror(status));
    }
    if (evolve)
        gsl_odeiv2_evolve_free(evolve);
    if (control)
        gsl_odeiv2_control_free(control);
    if (step)
        gsl_odeiv2_step_free(step);
    return status ? -1 : 0;
}

/* The tile's rows, from -> to, in place. */
static int carry(flow_tile *e, const level *to, double *y)
{
    long N = (long)e->rows * e->field->dim;
    double end = angle(to), stop = end < closest ? closest : end, scale = radius(e->from), *dy = NULL;
    int status = 0;

    for (long i = 0; i < N; i++)
        y[i] /= scale;
    if (integrate(e, e->phi0, stop, y))
        return -1;
    if (stop != end) {
        if (!(dy = malloc(N * sizeof *dy)))
            return fail("reference: out of memory");
        status = slope(stop, y, dy, e) ? -1 : 0;
        for (long i = 0; i < N && !status; i++)
            y[i] += (end - stop) * dy[i];
        free(dy);
    }
    for (long i = 0; i < N; i++)
        y[i] *= radius(to);
    return status;
}

typedef struct flow {
    const score *field;
    const process *proc;
    const level *from, *to;
    int n;
    const int *label;
    const double *x;
    double *y, tolerance;
} flow;

static int one_tile(const flow *f, const score *own, int first)
{
    int rows = f->n - first < TILE_ROWS ? f->n - first : TILE_ROWS, status;
    size_t size = (size_t)rows * own->dim * sizeof(double);
    flow_tile e = { own, f->proc, f->from, angle(f->from), f->tolerance, malloc(size), rows, f->label ? f->label + first
               : NULL };
    double *y = f->y + (long)first * own->dim;

    if (!e.x)
        return fail("reference: out of memory");
    memcpy(y, f->x + (long)first * own->dim, size);
    status = carry(&e, f->to, y);
    free(e.x);
    return status;
}

/* Tiles among threads, each with its own thread copy of the field; the first tile that fails tells why. */
static int all_tiles(const flow *f)
{
    int failed = -1;
    char text[1024] = "reference: out of memory for the field";

    #pragma omp parallel if (!f->field->serial)
    {
        score *thread_copy = f->field->thread_copy && !f->field->serial
            ? f->field->thread_copy(f->field->self, TILE_ROWS) : NULL;
        const score *own = thread_copy ? thread_copy : f->field;
        int none = !thread_copy && f->field->thread_copy && !f->field->serial;

        #pragma omp for schedule(dynamic)
        for (int first = 0; first < f->n; first += TILE_ROWS) {
            int status = none ? -1 : one_tile(f, own, first);

            #pragma omp critical(reference)
            if (status && (failed < 0 || first < failed)) {
                failed = first;
                snprintf(text, sizeof text, "%s", none ? "reference: out of memory for the field" : last_error());
            }
        }
        field_close(thread_copy);
    }
    return failed < 0 ? 0 : fail("%s", text);
}

/* What a step's error can be told from: a closed form's own round-off; that of a network in float64, whose calls are
 * dear; that of float32. */
static double tolerance_of(const score *s) { return s->precise ? 1e-10 : s->single ? 1e-6 : 1e-12; }

int reference_flow(const score *field, const process *proc, const level *from, const level *to, int n,
                   const int *label, const double *x, double *y)
{
    score *fine = field->precise ? field->precise(field->self) : NULL;
    const flow f = { fine ? fine : field, proc, from, to, n, label, x, y, tolerance_of(field) };
    int status = -1;

    gsl_set_error_handler_off();
    if (angle(from) < closest)
        fail("reference: the start has no noise (sigma = %g), and a flow cannot leave the data; start above 0",
             from->sigma);
    else if (fine || !field->precise)
        status = all_tiles(&f);
    field_close(fine);
    return status;
}

/* What was asked (field, process, ends, labels, start) and the answer; x and y in one piece. */
typedef struct known_flow {
    const score *field;
    const process *proc;
    level from, to;
    int n;
    int *label;
    double *x;
} known_flow;
struct reference_cache { int count; known_flow known[KEPT]; };

reference_cache *reference_cache_open(void) { return calloc(1, sizeof(reference_cache)); }

void reference_cache_close(reference_cache *c)
{
    for (int i = 0; c && i < c->count; i++)
        free(c->known[i].x), free(c->known[i].label);
    free(c);
}

/* alpha, sigma and t are all that the flow depends on; t may be NAN at the data. */
static int same_level(const level *a, const level *b)
{
    return a->alpha == b->alpha && a->sigma == b->sigma && (a->t == b->t || (isnan(a->t) && isnan(b->t)));
}

static int same(const known_flow *k, const flow *f)
{
    return k->field == f->field && k->proc == f->proc && k->n == f->n && same_level(&k->from, f->from)
        && same_level(&k->to, f->to)
           && !k->label == !f->label && (!f->label || !memcmp(k->label, f->label, f->n * sizeof *f->label))
           && !memcmp(k->x, f->x, (size_t)f->n * f->field->dim * sizeof *f->x);
}

/* Nothing is kept where there is no room. */
static void keep(reference_cache *c, const flow *f)
{
    size_t N = (size_t)f->n * f->field->dim;
    known_flow k = { f->field, f->proc, *f->from, *f->to, f->n, f->label ? malloc(f->n * sizeof *f->label) : NULL,
                malloc(2 * N * sizeof *k.x) };

    if (c->count == KEPT || !k.x || (f->label && !k.label)) {
        free(k.x), free(k.label);
        return;
    }
    memcpy(k.x, f->x, N * sizeof *k.x);
    memcpy(k.x + N, f->y, N * sizeof *k.x);
    if (f->label)
        memcpy(k.label, f->label, f->n * sizeof *k.label);
    c->known[c->count++] = k;
}

int reference_cached(reference_cache *c, const score *field, const process *proc, const level *from, const level *to,
                     int n, const int *label,
                     const double *x, double *y)
{
    const flow f = { field, proc, from, to, n, label, x, y };
    size_t N = (size_t)n * field->dim;

    for (int i = 0; c && i < c->count; i++)
        if (same(&c->known[i], &f)) {
            memcpy(y, c->known[i].x + N, N * sizeof *y);
            return 0;
        }
    if (reference_flow(field, proc, from, to, n, label, x, y))
        return -1;
    if (c)
        keep(c, &f);
    return 0;
}
