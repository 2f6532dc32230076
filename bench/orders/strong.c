/*
 * Strong order: samples driven by one Brownian path at every rung (a tree of bridges, refined and never redrawn), the
 * distance of each rung to the next, on a mixture from the middle to where its modes begin to part: beyond, ever fewer
 * paths that end in another mode at another rung make up the distance, and the rungs are far from asymptotic.
 *
 * The same paths guard the weak order against methods that are right for affine fields only: the means of x and of its
 * products over a rung less those over the next are biases whose noise is small, since the paths are common.
 * A squared bias is freed of its noise by what its standard error adds, and rungs within three standard
 * errors of 0 say nothing.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/orders/order.h"
#include "bench/watch.h"
#include "base/random.h"

enum { SEED = 5, COARSEST = 16, OCTAVES = 3, CLEAR = 3, DIM = 2, MOMENTS = DIM + DIM * (DIM + 1) / 2 };

static const double LAST = 0.5;                      /* sigma/alpha at the end */

/* x and the products of its columns: what weak convergence is tried on. */
static void features(const double *x, double *f)
{
    for (int i = 0; i < DIM; i++) {
        *f++ = x[i];
        for (int j = i; j < DIM; j++)
            *f++ = x[i] * x[j];
    }
}

/* Sums over one part of the paths: of the features' differences and of their squares. */
typedef struct strong_sums { long n; double d[MOMENTS], d2[MOMENTS]; } strong_sums;

static void gather(strong_sums *s, int n, const double *a, const double *b)
{
    memset(s, 0, PARTS * sizeof *s);
    for (long i = 0; i < n; i++) {
        strong_sums *part = &s[i * PARTS / n];
        double fa[MOMENTS], fb[MOMENTS];

        features(a + i * DIM, fa);
        features(b + i * DIM, fb);
        part->n++;
        for (int k = 0; k < MOMENTS; k++)
            part->d[k] += fa[k] - fb[k], part->d2[k] += (fa[k] - fb[k]) * (fa[k] - fb[k]);
    }
}

/* The square of the bias less its noise, without one part (-1: all); the noise in *noise2. */
static double bias2(const strong_sums *s, int without, double *noise2)
{
    double total = 0;

    *noise2 = 0;
    for (int k = 0; k < MOMENTS; k++) {
        double n = 0, d = 0, d2 = 0, se2;

        for (int j = 0; j < PARTS; j++)
            if (j != without)
                n += s[j].n, d += s[j].d[k], d2 += s[j].d2[k];
        se2 = (d2 / n - d / n * (d / n)) / (n - 1);
        total += d / n * (d / n) - se2, *noise2 += se2;
    }
    return total;
}

/* A rung of the guard.  part: so that the mean over all parts but one is the bias without that one. */
static void guard_add(ladder *l, double h, int n, const double *a, const double *b)
{
    strong_sums s[PARTS];
    double noise2, all, rest[PARTS], sum = 0;
    int i = l->count++;

    gather(s, n, a, b);
    all = bias2(s, -1, &noise2);
    l->h[i] = h, l->parts = PARTS, l->used[i] = 0;
    l->error[i] = all > CLEAR * CLEAR * noise2 ? sqrt(all) : 0;
    for (int j = 0; j < PARTS; j++) {
        double other;

        rest[j] = fmax(bias2(s, j, &other), 1e-3 * fabs(all));
        sum += rest[j];
    }
    /* sum over parts but j = (PARTS - 1) rest_j, for every j */
    for (int j = 0; j < PARTS; j++)
        l->part[i][j] = sum - (PARTS - 1) * rest[j];
}

/* Exact states of the mixture at t. */
static int begin(const start *s, int n, double *x)
{
    size_t N = (size_t)n * DIM;
    double *z = malloc(N * sizeof *z);
    int status = z ? s->law->sample(s->law, (stream){ SEED, USE_LAW }, 0, n, NULL, x) : fail("out of memory");

    if (!status) {
        normals((stream){ SEED, USE_PRIOR }, 0, 0, 0, n, DIM, z);
        for (size_t i = 0; i < N; i++)
            x[i] = s->from.alpha * x[i] + s->from.sigma * z[i];
    }
    free(z);
    return status;
}

/* The path of all rungs: a tree of bridges; for methods that take its time integral too the cells of the finest rung,
 * which the others nest in. */
typedef struct path_source { tree over; mesh fine; double *t; noise path; } path_source;

static int source_open(path_source *o, const finding *f, const method *m, const start *s, int finest)
{
    level *l = order_levels(f->arena->proc, f->grid, s->from.t, arena_time(f->arena, LAST), finest);

    *o = (path_source){ .t = malloc((finest + 1) * sizeof *o->t) };
    if (!l || !o->t) {
        free(l), free(o->t);
        return l ? fail("out of memory") : -1;
    }
    for (int i = 0; i <= finest; i++)
        o->t[i] = l[i].t;
    o->over = tree_over(l, l + finest);
    o->fine = (mesh){ finest, o->t };
    o->path = m->sol->strong > 1 ? noise_mesh(SEED, &o->fine) : noise_tree(SEED, &o->over);
    free(l);
    return 0;
}

/* One rung's samples from x0, into x. */
static int rung(const finding *f, const method *m, const start *s, const noise *path, int n, int steps,
                const double *x0, double *x)
{
    const arena *a = f->arena;
    level *l = order_levels(a->proc, f->grid, s->from.t, arena_time(a, LAST), steps);
    int status = -1;

    memcpy(x, x0, (size_t)n * DIM * sizeof *x);
    if (l)
        status = solve(&(plan){ .how = m, .proc = a->proc, .field = s->field, .noise = path, .steps = steps, .grid = l,
                                .stop = &watch_stopped },
                       n, x, NULL);
    free(l);
    return status;
}

static int climb(const finding *f, const method *m, const effort *e, const start *s, double *room, ladder *strong,
                 ladder *weak)
{
    int n = e->paths;
    double *x0 = room, *now = room + (size_t)n * DIM, *before = now + (size_t)n * DIM, *swap;

    path_source one;
    int status = begin(s, n, x0) || source_open(&one, f, m, s, e->path_steps) ? -1 : 0;

    if (status)
        return -1;
    for (int steps = COARSEST; steps <= e->path_steps && !status; steps *= 2) {
        status = rung(f, m, s, &one.path, n, steps, x0, now);
        if (status)
            break;
        if (steps > COARSEST) {
            ladder_add(strong, 2. / steps, n, DIM, before, now);
            guard_add(weak, 2. / steps, n, before, now);
        }
        swap = now, now = before, before = swap;
    }
    free(one.t);
    return status;
}

int order_strong(finding *f, finding *guard, const method *m, const effort *e)
{
    const start *s = &f->arena->start[0];
    ladder strong = { 0 }, weak = { 0 };
    double *room = malloc(3 * (size_t)e->paths * DIM * sizeof *room);
    int status = room ? climb(f, m, e, s, room, &strong, &weak) : fail("out of memory");

    free(room);
    claim_range(f, m->sol->strong, m->sol->strong <= 1);
    claim_range(guard, method_order(m), 0);
    if (!status) {
        finding_worse(f, ladder_fit(&strong, 0, OCTAVES), &strong, s, s->from.t, arena_time(f->arena, LAST));
        finding_worse(guard, ladder_fit(&weak, 0, OCTAVES), &weak, s, s->from.t, arena_time(f->arena, LAST));
    }
    finding_close(guard, status);
    return finding_close(f, status);
}
