/*
 * Trace estimators.
 *
 *   hutchinson  tr A = E omega'A omega                                                             (Hutchinson 1989)
 *   hutchpp     Q = orth(A S);  tr A = tr Q'A Q + E g'(I - QQ')A(I - QQ') g
 *               (Meyer et al. 2021, algorithm 1) with g, which is uniform on a sphere, taken to the same length in the
 *               complement of Q: without that an A near the identity, whose estimate could be exact, has a variance
 *               from the lengths of (I - QQ') g alone
 *   xtrace      with Q_i = orth of A omega_j, j != i, each of m estimates is Hutch++'s with all other probes for S and
 *               omega_i for g
 *                                                                                         (Epperly, Tropp, Webber 2024)
 */
#include <math.h>
#include <string.h>
#include "base/clones.h"
#include "base/fail.h"
#include "base/random.h"
#include "solvers/likelihood/trace.h"

/* In eight partial sums: lanes, and the same bits whatever their width. */
CLONES static double trace_dot(int n, const double *a, const double *b)
{
    enum { LANES = 8 };
    double s[LANES] = { 0 };
    int i = 0;

    for (; i + LANES <= n; i += LANES)
        for (int j = 0; j < LANES; j++)
            s[j] = fma(a[i + j], b[i + j], s[j]);
    for (int j = 0; i < n; i++, j++)
        s[j] = fma(a[i], b[i], s[j]);
    return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}

/* y += c x */
CLONES static void trace_add(int n, double c, const double *x, double *y)
{
    #pragma omp simd
    for (int i = 0; i < n; i++)
        y[i] = fma(c, x[i], y[i]);
}

static void scale(int n, double c, double *x)
{
    for (int i = 0; i < n; i++)
        x[i] *= c;
}

/* v less its parts along q_0 .. q_(n-1), twice, since once leaves round-off; what was taken off goes into r where it is
 * not NULL. */
static void off(int n, int dim, const double *q, double *v, double *r)
{
    for (int pass = 0; pass < 2; pass++)
        for (int j = 0; j < n; j++) {
            double c = trace_dot(dim, q + (long)j * dim, v);

            trace_add(dim, -c, q + (long)j * dim, v);
            if (r)
                r[j] += c;
        }
}

/*
 * The columns y_j = sum_(i <= j) r_ij q_i, q orthonormal; r: n x n, column j in r[j n ..], or NULL.
 * Where y_j depends on those before, q_j is any other direction, taken from `spare`, and r_jj next to nothing.
 */
static void orthonormal(int n, int dim, const double *y, const double *spare, double *q, double *r)
{
    for (int j = 0; j < n; j++) {
        double *v = q + (long)j * dim, *c = r ? r + (long)j * n : NULL, before, left;

        memcpy(v, y + (long)j * dim, dim * sizeof *v);
        before = sqrt(trace_dot(dim, v, v));
        for (int i = 0; c && i < n; i++)
            c[i] = 0;
        off(j, dim, q, v, c);
        left = sqrt(trace_dot(dim, v, v));
        if (!(left > 1e-13 * before)) {
            memcpy(v, spare + (long)j * dim, dim * sizeof *v);
            off(j, dim, q, v, NULL);
            left = sqrt(trace_dot(dim, v, v));
            if (c)
                c[j] = before > 0 ? 1e-13 * before : 1;
        } else if (c) {
            c[j] = left;
        }
        scale(dim, left > 0 ? 1 / left : 0, v);
    }
}

static int all(int probes, int dim) { return probes; }
static int none(int probes, int dim) { return 0; }
static int one(int probes, int dim) { return 1; }
static int never(int probes, int dim) { return 0; }
static int spanned(int probes, int dim) { return dim <= probes / 2; }
static enum probe sphere(const args *a, int i, int probes, int dim) { return SPHERE; }
static enum probe named(const args *a, int i, int probes, int dim) { return (enum probe)a->v[0]; }

static void mean_products(const products *p, double *estimate)
{
    for (int i = 0; i < p->probes; i++)
        estimate[i] = trace_dot(p->dim, p->omega + (long)i * p->dim, p->y + (long)i * p->dim);
}

/* Hutch++: a third of the products each for the sketch A S, for A Q and for the rest; with dim products for Q nothing
 * is left to estimate. */
static int sketch(int probes, int dim) { return dim <= probes / 2 ? dim : probes / 3; }
static int rest(int probes, int dim) { return dim <= probes / 2 ? 0 : probes - 2 * sketch(probes, dim); }
static int drawn(int probes, int dim) { return sketch(probes, dim) + rest(probes, dim); }
static int rest_or_one(int probes, int dim) { return rest(probes, dim) ? rest(probes, dim) : 1; }

/* q: Q, then (I - QQ') g.  The first round multiplied S alone: drawn() directions, of which sketch() were asked. */
static void sketch_turn(const products *p)
{
    int k = sketch(p->probes, p->dim), n = drawn(p->probes, p->dim), dim = p->dim;

    orthonormal(k, dim, p->y, p->omega, p->q, NULL);
    memcpy(p->q + (long)k * dim, p->omega + (long)k * dim, (size_t)(n - k) * dim * sizeof *p->q);
    for (int i = k; i < n; i++)
        off(k, dim, p->q, p->q + (long)i * dim, NULL);
}

static void sketch_conclude(const products *p, double *estimate)
{
    int k = sketch(p->probes, p->dim), n = drawn(p->probes, p->dim), dim = p->dim;
    double inside = 0;

    for (int i = 0; i < k; i++)
        inside += trace_dot(dim, p->q + (long)i * dim, p->z + (long)i * dim);
    estimate[0] = inside;
    for (int i = k; i < n; i++) {
        const double *g = p->q + (long)i * dim;
        double length = trace_dot(dim, g, g);

        estimate[i - k] = inside + (length > 0 ? (dim - k) * trace_dot(dim, g, p->z + (long)i * dim) / length : 0);
    }
}

/* XTrace: half of the products each for A Omega and A Q. */
static int half(int probes, int dim) { return probes / 2 < dim ? probes / 2 : dim; }

/* Where the parts lie in `work`, m x m each.  Row i of S: the unit vector s_i at right angles to all columns of R
 * but i, so that the span of A omega_j, j != i, is Q (I - s_i s_i').  SX: the products of S's rows with those of X. */
typedef struct exchange_parts {
    double *R, *H, *W, *T, *S, *HW, *GW, *SW, *SR, *ST, *SHW, *SGW, *SS, *SHS, *HS;
} exchange_parts;
enum { PARTS = 15 };

static exchange_parts parts_of(const products *p)
{
    long m = half(p->probes, p->dim), size = m * m;
    double *w = p->work;

    return (exchange_parts){ w, w + size, w + 2 * size, w + 3 * size, w + 4 * size, w + 5 * size, w + 6 * size,
                             w + 7 * size,
                    w + 8 * size, w + 9 * size, w + 10 * size,
                    w + 11 * size, w + 12 * size, w + 13 * size, w + 14 * size };
}

size_t trace_work(int probes, int dim)
{
    size_t m = half(probes, dim);

    return PARTS * m * m;
}

static void exchange_turn(const products *p)
{
    orthonormal(half(p->probes, p->dim), p->dim, p->y, p->omega, p->q, parts_of(p).R);
}

/* R's = e_i up to a factor, solved forwards. */
static void left_out(int m, const double *R, int i, double *s)
{
    for (int j = 0; j < m; j++) {
        const double *c = R + (long)j * m;

        s[j] = j < i ? 0 : ((j == i) - trace_dot(j, c, s)) / c[j];
        if (fabs(s[j]) > 1e100)
            scale(j + 1, 1e-100, s);
    }
    scale(m, 1 / sqrt(trace_dot(m, s, s)), s);
}

/* out[i m + j] = a_i . b_j, rows of n numbers. */
static void gram(int m, int n, const double *a, const double *b, double *out)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++)
            out[i * m + j] = trace_dot(n, a + (long)i * n, b + (long)j * n);
}

/* out[i m + j] = (M b_i)_j, or (M'b_i)_j. */
static void apply(int m, const double *M, int transposed, const double *b, double *out)
{
    for (int i = 0; i < m; i++)
        for (int j = 0; j < m; j++) {
            double sum = 0;

            for (int k = 0; k < m; k++)
                sum = fma(transposed ? M[k * m + j] : M[j * m + k], b[i * m + k], sum);
            out[i * m + j] = sum;
        }
}

/* Everything that the estimates are made of, in the coordinates of Q: W = Q'Omega, T = Z'Omega, H = Q'Z, and S with its
 * products. */
static void prepare(const products *p, int m, const exchange_parts *w)
{
    gram(m, p->dim, p->omega, p->q, w->W);
    gram(m, p->dim, p->omega, p->z, w->T);
    gram(m, p->dim, p->q, p->z, w->H);
    for (int i = 0; i < m; i++)
        left_out(m, w->R, i, w->S + (long)i * m);
    apply(m, w->H, 0, w->W, w->HW);
    apply(m, w->H, 1, w->W, w->GW);
    apply(m, w->H, 0, w->S, w->HS);
    gram(m, m, w->S, w->W, w->SW), gram(m, m, w->S, w->R, w->SR), gram(m, m, w->S, w->T, w->ST);
    gram(m, m, w->S, w->HW, w->SHW), gram(m, m, w->S, w->GW, w->SGW);
    gram(m, m, w->S, w->S, w->SS), gram(m, m, w->S, w->HS, w->SHS);
}

/*
 * The estimate of omega_i with the span of all others but j (or none but i, j = i) for Q_i.
 * B: an orthonormal basis of s_i, s_j; P = Q(I - BB')Q':
 *   tr PA + u'A u (dim - rank P)/|u|^2,   tr PA = tr H - tr B'HB,   u = (I - P) omega_i = omega_i - Q c,
 *   c = (I - BB') W_i
 * u/|u| is uniform in the complement of P: the factor takes out the share of the variance that is the length's.
 */
static double exchange(const products *p, int m, const exchange_parts *w, int i, int j)
{
    int n = 1;
    double mix[2][2] = { { 1, 0 } }, along[2] = { 0 }, value, length, trace = 0, rho = w->SS[i * m + j],
        left = 1 - rho * rho;
    const double *omega = p->omega + (long)i * p->dim, *y = p->y + (long)i * p->dim, *W = w->W + (long)i * m;

    if (j != i && left > 1e-24)
        n = 2, mix[1][0] = -rho / sqrt(left), mix[1][1] = 1 / sqrt(left);
    for (int k = 0; k < m; k++)
        trace += w->H[k * m + k];
    value = trace_dot(p->dim, omega, y) - trace_dot(m, W, w->R + (long)i * m) - trace_dot(m, W, w->T + (long)i * m)
        + trace_dot(m, W, w->HW + (long)i * m);
    length = trace_dot(p->dim, omega, omega) - trace_dot(m, W, W);
    for (int b = 0; b < n; b++) {
        const double *c = mix[b];
        double rt = c[0] * (w->SR[i * m + i] + w->ST[i * m + i]) + c[1] * (w->SR[j * m + i] + w->ST[j * m + i]);
        double hg = c[0] * (w->SHW[i * m + i] + w->SGW[i * m + i]) + c[1] * (w->SHW[j * m + i] + w->SGW[j * m + i]);

        along[b] = c[0] * w->SW[i * m + i] + c[1] * w->SW[j * m + i];
        value += along[b] * (rt - hg);
        length += along[b] * along[b];
    }
    for (int b = 0; b < n; b++)
        for (int d = 0; d < n; d++) {
            double q = mix[b][0] * (mix[d][0] * w->SHS[i * m + i] + mix[d][1] * w->SHS[i * m + j]) +
                       mix[b][1] * (mix[d][0] * w->SHS[j * m + i] + mix[d][1] * w->SHS[j * m + j]);

            value += along[b] * along[d] * q;
            trace -= b == d ? q : 0;
        }
    return trace + (length > 0 ? (p->dim - m + n) * value / length : 0);
}

/* The mean of n numbers but for number `but`, and the mean square of what remains. */
static double mean_of(int n, const double *v, int but, double *square)
{
    int count = n - (but >= 0);
    double mean = 0;

    *square = 0;
    for (int i = 0; i < n; i++)
        mean += i == but ? 0 : v[i] / count;
    for (int i = 0; i < n; i++)
        *square += i == but ? 0 : (v[i] - mean) * (v[i] - mean) / (count - 1);
    return mean;
}

/*
 * The mean theta of the m estimates.  They share their probes: their scatter, which takes them for independent, errs
 * downwards (by up to 35 %, measured).  The jackknife, from what comes of all probes but j, theta_(-j), errs upwards
 * (Efron and Stein 1981; up to 65 %), since it is that of m - 1 probes.
 * Returned are m numbers whose mean is theta and whose standard error is the geometric mean of the two, which is right
 * to 15 %.
 */
static void exchange_conclude(const products *p, double *estimate)
{
    int m = half(p->probes, p->dim);
    exchange_parts w = parts_of(p);
    double *each = w.HS, theta, mean = 0, scatter, jack = 0, shrink;

    prepare(p, m, &w);
    if (spanned(p->probes, p->dim) || m < 3) {
        for (int i = 0; i < m; i++)
            estimate[i] = exchange(p, m, &w, i, i);
        return;
    }
    for (int i = 0; i < m; i++)
        each[i] = exchange(p, m, &w, i, i);
    theta = mean_of(m, each, -1, &scatter);
    for (int j = 0; j < m; j++) {
        for (int i = 0; i < m; i++)
            each[i] = i == j ? 0 : exchange(p, m, &w, i, j);
        estimate[j] = mean_of(m, each, j, &jack);
    }
    mean = mean_of(m, estimate, -1, &jack);
    /* scatter/m, and (m - 1)^2 jack/m, are the two variances */
    shrink = jack > 0 ? sqrt(sqrt(scatter / jack) / (m - 1)) : 0;
    for (int j = 0; j < m; j++)
        estimate[j] = theta + shrink * (m - 1) * (mean - estimate[j]);
}

#define PROBE { "probe", "law of the random directions", "rademacher gaussian sphere", RADEMACHER }

static const estimator all_estimators[] = {
    { .name = "exact", .about = "the field's own divergence, or all dim products", .exact = 1, .drawn = none,
      .first = none, .second = none, .estimates = one },
    { .name = "hutchinson", .about = "mean of omega'A omega", .cite = "Hutchinson 1989; Grathwohl et al. 2019",
      .least = 1, .par = { PROBE },
      .law = named, .complete = never, .drawn = all, .first = all, .second = none, .estimates = all,
      .conclude = mean_products },
    { .name = "hutchpp", .about = "a third of the products for a sketch of the range, whose trace is exact",
      .cite = "Meyer, Musco, Musco, Woodruff 2021, arXiv:2010.09649",
      .least = 3, .law = sphere, .complete = spanned, .drawn = drawn, .first = sketch, .second = drawn,
      .estimates = rest_or_one, .turn = sketch_turn, .conclude = sketch_conclude },
    { .name = "xtrace", .about = "every probe serves the sketch and, left out of it, the rest",
      .cite = "Epperly, Tropp, Webber 2024, arXiv:2301.07825",
      .least = 2, .law = sphere, .complete = spanned, .drawn = half, .first = half, .second = half, .estimates = half,
      .turn = exchange_turn, .conclude = exchange_conclude },
};

int estimators(void) { return sizeof all_estimators / sizeof *all_estimators; }
const estimator *estimator_at(int i) { return &all_estimators[i]; }
static const char *name_of(int i) { return all_estimators[i].name; }

const estimator *estimator_parse(args *given, const char *where, const char *item)
{
    const char *list;
    int which = item_which(where, item, "estimators", estimators(), name_of, &list);

    if (which < 0 || args_parse(given, where, all_estimators[which].name, all_estimators[which].par, list))
        return NULL;
    return &all_estimators[which];
}

void probes_draw(const estimator *e, const args *given, uint64_t seed, long row, int probes, int dim, double *omega)
{
    stream s = { seed, USE_PROBE };

    for (int i = 0; i < e->drawn(probes, dim); i++, omega += dim) {
        enum probe law = e->law(given, i, probes, dim);

        if (law == RADEMACHER) {
            uniforms(s, row, i, 0, 1, dim, omega);
            for (int d = 0; d < dim; d++)
                omega[d] = omega[d] < 0.5 ? -1 : 1;
            continue;
        }
        normals(s, row, i, 0, 1, dim, omega);
        if (law == SPHERE)
            scale(dim, sqrt(dim / trace_dot(dim, omega, omega)), omega);
    }
}
