/*
 * Sliced Wasserstein-2 distance (Bonneel et al. 2015):  SW2^2 = mean over P directions of W2^2 of the projections
 * (orthonormal by dim: Rowland et al. 2019), and in one dimension W2^2 = mean_i (x_(i) - y_(i))^2 of the sorted
 * samples.  Sorted once; groups are then left out of (or picked from) the sorted arrays.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "bench/metrics/estimate.h"
#include "base/fail.h"
#include "base/lanes.h"

enum { VALUES = 1 + 2 * FOLDS };            /* of one direction: all, but[], only[] */

typedef struct keyed { uint64_t key; unsigned char fold; } keyed;
typedef struct side { double *cols, *v, *part; keyed *now, *next; unsigned char *fold; } side;

/* Order of doubles as that of unsigned numbers. */
static uint64_t key_of(double x)   { uint64_t b = lane_bits(x); return b >> 63 ? ~b : b | 1ull << 63; }
static double value_of(uint64_t k) { return lane_double(k >> 63 ? k & ~(1ull << 63) : ~k); }

/* Radix sort, byte by byte; a byte that all keys share is skipped. */
static void sort(int n, side *s)
{
    int count[8][256] = { 0 };

    for (int i = 0; i < n; i++)
        for (int b = 0; b < 8; b++)
            count[b][s->now[i].key >> 8 * b & 255]++;
    for (int b = 0; b < 8; b++) {
        keyed *swap = s->next;
        int *c = count[b], start = 0;

        if (c[s->now[0].key >> 8 * b & 255] == n)    /* NOLINT: n > 0 */
            continue;
        for (int j = 0; j < 256; j++) {
            int held = c[j];

            c[j] = start, start += held;
        }
        for (int i = 0; i < n; i++)
            swap[c[s->now[i].key >> 8 * b & 255]++] = s->now[i];
        s->next = s->now, s->now = swap;
    }
}

/* v = X direction, column by column, so that rows are lanes. */
CLONES static void project(int n, int dim, const double *cols, const double *direction, double *v)
{
    for (int i = 0; i < n; i++)
        v[i] = 0;
    for (int d = 0; d < dim; d++) {
        const double *c = cols + (long)d * n;
        double a = direction[d];

        #pragma omp simd
        for (int i = 0; i < n; i++)
            v[i] = fma(a, c[i], v[i]);
    }
}

/* mean (a - b)^2 in eight fixed lanes. */
CLONES static double mean_square(int n, const double *a, const double *b)
{
    enum { LANES = 8 };
    double sum[LANES] = { 0 };
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        #pragma omp simd
        for (int j = 0; j < LANES; j++)
            sum[j] = fma(a[i + j] - b[i + j], a[i + j] - b[i + j], sum[j]);
    for (int j = 0; i < n; i++, j++)
        sum[j] = fma(a[i] - b[i], a[i] - b[i], sum[j]);
    return (((sum[0] + sum[4]) + (sum[1] + sum[5])) + ((sum[2] + sum[6]) + (sum[3] + sum[7]))) / n;
}

static void project_sorted(int n, int dim, const unsigned char *fold, const double *direction, side *s)
{
    project(n, dim, s->cols, direction, s->v);
    for (int i = 0; i < n; i++)
        s->now[i] = (keyed){ key_of(s->v[i]), fold[i] };
    sort(n, s);
    for (int i = 0; i < n; i++)
        s->v[i] = value_of(s->now[i].key), s->fold[i] = s->now[i].fold;
}

/* The sorted values without group g; or, group by group, all of them: group g from start[g] on. */
static int leave_out(int n, const side *s, int g)
{
    int k = 0;

    for (int i = 0; i < n; i++) {
        s->part[k] = s->v[i];
        k += s->fold[i] != g;
    }
    return k;
}

static void pick(int n, int folds, const int *start, const side *s)
{
    int at[FOLDS];

    memcpy(at, start, folds * sizeof *at);
    for (int i = 0; i < n; i++)
        s->part[at[s->fold[i]]++] = s->v[i];
}

static void one_direction(int n, int folds, const int *start, const side *x, const side *y, double *out)
{
    out[0] = mean_square(n, x->v, y->v);
    for (int g = 0; g < folds; g++) {
        leave_out(n, y, g);
        out[1 + g] = mean_square(leave_out(n, x, g), x->part, y->part);
    }
    pick(n, folds, start, x);
    pick(n, folds, start, y);
    for (int g = 0; g < folds; g++)
        out[1 + FOLDS + g] = mean_square(start[g + 1] - start[g], x->part + start[g], y->part + start[g]);
}

/* v minus its parts along k unit vectors u, at length 1 (Gram and Schmidt, twice, since once may cancel). */
static void straighten(int dim, int k, const double *u, double *v)
{
    double norm = 0;

    for (int j = 0; j < 2 * k; j++) {
        const double *w = u + (long)(j % k) * dim;
        double along = 0;

        for (int d = 0; d < dim; d++)
            along = fma(w[d], v[d], along);
        for (int d = 0; d < dim; d++)
            v[d] = fma(-along, w[d], v[d]);
    }
    for (int d = 0; d < dim; d++)
        norm = fma(v[d], v[d], norm);
    for (int d = 0; d < dim; d++)
        v[d] /= sqrt(norm);
}

/* Random frames of dim orthonormal directions, of a constant stream: a shift of the mean then counts with no
 * error of the directions. */
static void directions(int P, int dim, double *v)
{
    normals((stream){ 0x736c696365, USE_METRIC }, 0, 0, 0, P, dim, v);
    for (int p = 0; p < P; p++)
        straighten(dim, p % dim, v + (long)(p - p % dim) * dim, v + (long)p * dim);
}

static double *columns(int n, int dim, const double *x)
{
    double *c = malloc((size_t)n * dim * sizeof *c);

    for (int d = 0; c && d < dim; d++)
        for (int i = 0; i < n; i++)
            c[(long)d * n + i] = x[(long)i * dim + d];
    return c;
}

/* Working memory of a side for one thread, but its columns. */
static int side_open(side *s, int n, double *cols)
{
    *s = (side){ cols, malloc(n * sizeof *s->v), malloc((n + 1) * sizeof *s->part), malloc(n * sizeof *s->now),
                 malloc(n * sizeof *s->next),
                 malloc(n) };
    return s->v && s->part && s->now && s->next && s->fold ? 0 : -1;
}

static void side_close(side *s) { free(s->v), free(s->part), free(s->now), free(s->next), free(s->fold); }

typedef struct sw2_job {
    int n, dim, P, folds, start[FOLDS + 1];
    unsigned char *fold;
    double *way, *x, *y, *out;
} sw2_job;

static int all_directions(const sw2_job *j)
{
    int short_of_memory = 0;

    #pragma omp parallel reduction(|:short_of_memory)
    {
        side x = { 0 }, y = { 0 };
        int none = side_open(&x, j->n, j->x) | side_open(&y, j->n, j->y);

        short_of_memory |= none;
        #pragma omp for schedule(dynamic)
        for (int p = 0; p < j->P; p++) {
            if (none)
                continue;
            project_sorted(j->n, j->dim, j->fold, j->way + (long)p * j->dim, &x);
            project_sorted(j->n, j->dim, j->fold, j->way + (long)p * j->dim, &y);
            one_direction(j->n, j->folds, j->start, &x, &y, j->out + (long)p * VALUES);
        }
        side_close(&x), side_close(&y);
    }
    return short_of_memory;
}

static void add_up(const sw2_job *j, folded *f)
{
    for (int p = 0; p < j->P; p++) {
        const double *o = j->out + (long)p * VALUES;

        f->all += o[0] / j->P;
        for (int g = 0; g < j->folds; g++)
            f->but[g] += o[1 + g] / j->P, f->only[g] += o[1 + FOLDS + g] / j->P;
    }
}

static int sliced(sw2_job *j, folded *f)
{
    if (!j->fold || !j->way || !j->x || !j->y || !j->out)
        return -1;
    directions(j->P, j->dim, j->way);
    fold_draw(j->n, j->folds, j->fold);
    for (int i = 0; i < j->n; i++)
        j->start[j->fold[i] + 1]++;
    for (int g = 0; g < j->folds; g++)
        j->start[g + 1] += j->start[g];
    if (all_directions(j))
        return -1;
    f->folds = j->folds;
    add_up(j, f);
    return 0;
}

static int measure_sw2(const truth *true, const args *a, int n, int dim, const double *x, quality *q)
{
    int P = dim == 1 ? 1 : (int)a->v[0], status;
    folded f = { 0 };
    double *y = exact_sample(true, n, dim);

    if (!y)
        return -1;
    sw2_job j = { .n = n, .dim = dim, .P = P, .folds = folds_of(n), .fold = malloc(n),
              .way = malloc((size_t)P * dim * sizeof *j.way),
              .x = columns(n, dim, x), .y = columns(n, dim, y), .out = malloc(P * VALUES * sizeof *j.out) };
    status = sliced(&j, &f) ? fail("sw2: out of memory for %d samples; use fewer samples", n) : 0;
    if (!status)
        folded_root(&f, q);
    free(j.fold), free(j.way), free(j.x), free(j.y), free(j.out), free(y);
    return status;
}

const metric metric_sw2 = {
    .name = "sw2", .about = "sliced Wasserstein-2 distance to as many exact samples, root of the mean over directions, "
                            "in units of the data",
    .cite = "Bonneel et al. 2015",
    .par = { { "projections", "directions, the same in every run", NULL, 128, 1, 100000, 1 } },
    .relative = 1, .against = AGAINST_SAMPLE, .refuses = needs_law, .measure = measure_sw2 };
