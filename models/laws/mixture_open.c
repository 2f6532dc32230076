/*
 * A mixture from the [data] section of a model file:
 *
 *   weights = 0.5 0.3 0.2        normalised; or a file; equal where they are not given
 *   mean.1 = -1 0                or means = FILE, K x dim
 *   std = 0.3                    every mode; std.2 = 0.1 one of them; var.2 = 0.1 0.4 diagonal; cov.2 = 1 0.5 0.5 2
 *   full; or covs = FILE, K x dim x dim
 *   labels = 0 0 1               the class of each mode
 *
 * Where one covariance is full they all are, as cov_k = Q_k diag(l_k) Q_k^T.
 */
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/files/array.h"
#include "base/eigen.h"
#include "base/fail.h"
#include "models/laws/mixture.h"

/* The section at hand, and the mixture that it becomes. */
typedef struct mixture_source { const sections *s; section *in; mixture *m; } mixture_source;

static const char *const spread[] = { "std", "var", "cov" };
enum { STD, VAR, COV, SPREADS };

static const char *where(const mixture_source *a, const char *key) { return section_where(a->s, a->in, key); }

static int no_memory(const mixture_source *a) { return fail("%s: out of memory", where(a, NULL)); }

static const char *indexed(char key[32], const char *name, int k)
{
    snprintf(key, 32, "%s.%d", name, k + 1);
    return key;
}

/* Whether the entry is NAME.k; *k counts from 1. */
static int is_indexed(const entry *e, const char *name, long *k)
{
    size_t len = strlen(name);
    char *end;

    if (strncmp(e->key, name, len) || e->key[len] != '.')
        return 0;
    *k = strtol(e->key + len + 1, &end, 10);
    return end > e->key + len + 1 && !*end;
}

static int read_file(const mixture_source *a, const char *key, array *out)
{
    char *path = sections_path(a->s, section_get(a->in, key));
    int status = path ? array_read(path, out) : -1;

    free(path);
    return status && path ? fail("%s: %s: %s", where(a, key), key, last_error()) : status;
}

/* Exactly n numbers; whose: what they belong to. */
static int read_exactly(const mixture_source *a, const char *key, int n, const char *whose, double *out)
{
    int found;

    if (section_numbers(a->s, a->in, key, n + 1, out, &found))
        return -1;
    if (found != n)
        return fail("%s: %s has %s%d numbers; %s needs %d", where(a, key), key, found > n ? "more than " : "",
                    found > n ? n : found, whose, n);
    return 0;
}

/* K and dim are those of the file. */
static int read_means_file(mixture_source *a)
{
    array v;

    if (read_file(a, "means", &v))
        return -1;
    a->m->K = a->m->law.modes = array_rows(&v);
    a->m->law.dim = array_cols(&v);
    a->m->mean = v.v;
    v.v = NULL;
    array_free(&v);
    for (int i = 0; i < a->in->count; i++) {
        long k;

        if (is_indexed(&a->in->entry[i], "mean", &k))
            return fail("%s: there are means = FILE and %s too; give one of them", where(a, a->in->entry[i].key),
                        a->in->entry[i].key);
    }
    return 0;
}

/* mean.1 says what dim is. */
static int read_means_inline(mixture_source *a)
{
    double *v = malloc((MAX_DIM + 1) * sizeof *v);
    char key[32], whose[48];
    mixture *m = a->m;
    long k;
    int status = v ? 0 : no_memory(a);

    for (int i = 0; i < a->in->count; i++)
        m->K += is_indexed(&a->in->entry[i], "mean", &k);
    m->law.modes = m->K;
    for (int i = 0; i < m->K && !status; i++) {
        if (!section_get(a->in, indexed(key, "mean", i)))
            status = fail("%s: there are %d means but no %s; number them 1 to %d", where(a, NULL), m->K, key, m->K);
        else if (i == 0)
            status = section_numbers(a->s, a->in, key, MAX_DIM, v, &m->law.dim);
        if (!status && i == 0 && !(m->mean = calloc((long)m->K * m->law.dim + 1, sizeof *m->mean)))
            status = no_memory(a);
        snprintf(whose, sizeof whose, "like mean.1 it");
        if (!status && m->law.dim && !(status = read_exactly(a, key, m->law.dim, whose, v)))
            memcpy(m->mean + (long)i * m->law.dim, v, m->law.dim * sizeof *v);
    }
    free(v);
    return status;
}

static int read_means(mixture_source *a)
{
    mixture *m = a->m;
    int status = section_get(a->in, "means") ? read_means_file(a) : read_means_inline(a);

    if (status)
        return status;
    if (!m->K || !m->law.dim)
        return fail("%s: the mixture has no mean; give mean.1 = ... and so on, or means = FILE",
                    where(a, section_get(a->in, "mean.1") ? "mean.1" : NULL));
    if (m->law.dim > MAX_DIM)
        return fail("%s: the means have %d columns; a mixture takes at most %d", where(a, "means"), m->law.dim,
                    MAX_DIM);
    return 0;
}

/* Numbers in the file itself begin with one. */
static int is_number(const char *text)
{
    char *end;

    strtod(text, &end);
    return end > text && (!*end || strchr(" \t,", *end));
}

static int read_weights(mixture_source *a)
{
    mixture *m = a->m;
    const char *text = section_get(a->in, "weights");
    double *w = m->weight = malloc((m->K + 1) * sizeof *w), total = 0;
    array v = { 0 };
    char whose[48];

    m->logw = malloc(m->K * sizeof *m->logw);
    if (!w || !m->logw)
        return no_memory(a);
    snprintf(whose, sizeof whose, "a mixture of %d modes", m->K);
    for (int k = 0; !text && k < m->K; k++)
        w[k] = 1;
    if (text && is_number(text)) {
        if (read_exactly(a, "weights", m->K, whose, w))
            return -1;
    } else if (text) {
        if (read_file(a, "weights", &v))
            return -1;
        if (array_rows(&v) * array_cols(&v) != m->K) {
            fail("%s: the file of weights has %ld numbers; %s needs %d", where(a, "weights"),
                 array_rows(&v) * array_cols(&v), whose, m->K);
            array_free(&v);
            return -1;
        }
        memcpy(w, v.v, m->K * sizeof *w);
        array_free(&v);
    }
    for (int k = 0; k < m->K; k++) {
        if (!(w[k] > 0))
            return fail("%s: weight %d is %s; weights must be positive and are normalised", where(a, "weights"), k + 1,
                        w[k] < 0 ? "negative" : "zero");
        total += w[k];
    }
    for (int k = 0; k < m->K; k++)
        w[k] /= total, m->logw[k] = log2(w[k]);
    return 0;
}

static int read_labels(mixture_source *a)
{
    mixture *m = a->m;
    double *v;
    char whose[48];
    int status;

    if (!section_get(a->in, "labels"))
        return 0;
    m->label = calloc(m->K, sizeof *m->label);
    m->share = calloc(m->K, sizeof *m->share);
    if (!(v = malloc((m->K + 1) * sizeof *v)) || !m->label || !m->share) {
        free(v);
        return no_memory(a);
    }
    snprintf(whose, sizeof whose, "a mixture of %d modes", m->K);
    status = read_exactly(a, "labels", m->K, whose, v);
    for (int k = 0; k < m->K && !status; k++) {
        if (v[k] != floor(v[k]) || v[k] < 0 || v[k] >= m->K)
            status = fail("%s: label %d is %g; labels are whole numbers from 0 on, at most as many as modes",
                          where(a, "labels"), k + 1, v[k]);
        else if ((m->label[k] = v[k]) >= m->law.labels)
            m->law.labels = m->label[k] + 1;
    }
    for (int k = 0; k < m->K && !status; k++)
        m->share[m->label[k]] += m->weight[k];
    for (int c = 0; c < m->law.labels && !status; c++)
        if (m->share[c] == 0)
            status = fail("%s: no mode has label %d; number the classes 0 to %d without a gap", where(a, "labels"), c,
                          m->law.labels - 1);
    free(v);
    return status;
}

/* Which key gives the spread of mode k; -1: covs.  Its key, in `key`. */
static int spread_of(const mixture_source *a, int k, char key[32])
{
    for (int i = 0; i < SPREADS; i++)
        if (section_get(a->in, indexed(key, spread[i], k)))
            return i;
    snprintf(key, 32, "std");
    return section_get(a->in, "std") ? STD : -1;
}

/* That each mode has its spread from one place. */
static int check_spreads(const mixture_source *a, int *kind)
{
    int covs = section_get(a->in, "covs") != NULL;

    *kind = covs ? COV : STD;
    for (int k = 0; k < a->m->K; k++) {
        char key[32], other[32];
        int i = spread_of(a, k, key);

        if (covs && i >= 0)
            return fail("%s: there are covs = FILE and %s too; give one of them", where(a, key), key);
        if (!covs && i < 0)
            return fail("%s: mode %d has no spread; give std = ..., or std.%d, var.%d or cov.%d", where(a, NULL),
                        k + 1, k + 1, k + 1, k + 1);
        for (int j = i + 1; j < SPREADS; j++)
            if (section_get(a->in, indexed(other, spread[j], k)))
                return fail("%s: mode %d has %s and %s; give one of them", where(a, other), k + 1, key, other);
        *kind = i > *kind ? i : *kind;
    }
    return 0;
}

/* cov = Q diag(l) Q^T, checked. */
static int decompose(const mixture_source *a, const char *key, int k, const double *cov, double *l, double *q)
{
    int dim = a->m->law.dim;

    for (int i = 0; i < dim; i++)
        for (int j = 0; j < i; j++) {
            double u = cov[i * (long)dim + j], v = cov[j * (long)dim + i];

            if (fabs(u - v) > 1e-9 * (fabs(u) + fabs(v)))
                return fail("%s: the covariance of mode %d is not symmetric: (%d, %d) is %g but (%d, %d) is %g; give "
                            "it in full, row by row", where(a, key), k + 1,
                            i + 1, j + 1, u, j + 1, i + 1, v);
        }
    if (eigen(dim, cov, l, q))
        return fail("%s: the covariance of mode %d: %s", where(a, key), k + 1, last_error());
    if (!(l[0] > 0x1p-52 * dim * l[dim - 1]))
        return fail("%s: the covariance of mode %d is not positive definite, its smallest eigenvalue is %g; all must "
                    "be positive", where(a, key), k + 1, l[0]);
    return 0;
}

/* One mode's eigenvalues (one where all modes are isotropic) and basis; v is room for dim^2 + 1 numbers. */
static int read_spread(mixture_source *a, int k, double *v)
{
    mixture *m = a->m;
    int dim = m->law.dim, n;
    char key[32], whose[48];
    int kind = spread_of(a, k, key);
    double *l = m->var + k * (long)(m->iso ? 1 : dim), *q = m->basis ? m->basis + k * (long)dim * dim : NULL;

    n = kind == STD ? 1 : kind == VAR ? dim : dim * dim;
    snprintf(whose, sizeof whose, "a mode of %d columns", dim);
    if (read_exactly(a, key, n, whose, v))
        return -1;
    if (kind == COV)
        return decompose(a, key, k, v, l, q);
    for (int d = 0; d < n; d++)
        if (!(v[d] > 0))
            return fail("%s: %s of mode %d is %g; it must be positive", where(a, key),
                        kind == STD ? "the standard deviation" : "a variance", k + 1, v[d]);
    for (int d = 0; d < (m->iso ? 1 : dim); d++)
        l[d] = kind == STD ? v[0] * v[0] : v[d];
    for (int d = 0; q && d < dim; d++)
        q[d * (long)dim + d] = 1;
    return 0;
}

static int read_covs(mixture_source *a)
{
    mixture *m = a->m;
    long size = (long)m->law.dim * m->law.dim;
    array v;
    int status;

    if (read_file(a, "covs", &v))
        return -1;
    status = array_rows(&v) * array_cols(&v) == m->K * size ? 0 :
             fail("%s: the file of covariances has %ld numbers; %d modes of %d columns need %ld", where(a, "covs"),
                  array_rows(&v) * array_cols(&v), m->K,
                  m->law.dim, m->K * size);
    for (int k = 0; k < m->K && !status; k++)
        status = decompose(a, "covs", k, v.v + k * size, m->var + (long)k * m->law.dim, m->basis + k * size);
    array_free(&v);
    return status;
}

static int read_spreads(mixture_source *a)
{
    mixture *m = a->m;
    long dim = m->law.dim;
    double *v;
    int kind, status = 0;

    if (check_spreads(a, &kind))
        return -1;
    m->iso = kind == STD;
    m->var = malloc(m->K * (m->iso ? 1 : dim) * sizeof *m->var);
    m->basis = kind == COV ? calloc(m->K * dim * dim, sizeof *m->basis) : NULL;
    v = malloc(((kind == COV ? dim * dim : dim) + 1) * sizeof *v);
    if (!m->var || !v || (kind == COV && !m->basis))
        status = no_memory(a);
    if (!status && section_get(a->in, "covs"))
        status = read_covs(a);
    else
        for (int k = 0; k < m->K && !status; k++)
            status = read_spread(a, k, v);
    free(v);
    return status;
}

static int find_shells(mixture_source *a)
{
    mixture *m = a->m;

    if (!(m->shell = malloc(m->K * sizeof *m->shell)))
        return no_memory(a);
    for (int k = m->K - 1; k >= 0; k--)
        m->shell[k] = m->iso && k + 1 < m->K && m->var[k] == m->var[k + 1] ? m->shell[k + 1] : k + 1;
    return 0;
}

/* What no reader asked for: a number beyond the modes. */
static int check_keys(const mixture_source *a)
{
    for (int i = 0; i < a->in->count; i++) {
        const entry *e = &a->in->entry[i];
        long k;

        for (int j = 0; j < SPREADS && !e->used; j++)
            if (is_indexed(e, spread[j], &k) && (k < 1 || k > a->m->K))
                return fail("%s: %s is for a mode that is not there; the modes are 1 to %d", where(a, e->key), e->key,
                            a->m->K);
    }
    section_get(a->in, "std");                      /* each mode may have its own beside it */
    return 0;
}

void mixture_close(law *l)
{
    mixture *m = (mixture *)l;

    free(m->weight), free(m->logw), free(m->mean), free(m->var), free(m->basis), free(m->shell), free(m->label),
        free(m->share);
    free(m);
}

static law *mixture_open(const sections *s, section *data)
{
    mixture *m = calloc(1, sizeof *m);
    mixture_source a = { s, data, m };

    if (!m) {
        no_memory(&a);
        return NULL;
    }
    gsl_set_error_handler_off();
    m->law = mixture_law;
    m->law.close = mixture_close;
    if (read_means(&a) || read_weights(&a) || read_labels(&a) || read_spreads(&a) || find_shells(&a)
        || check_keys(&a)) {
        mixture_close(&m->law);
        return NULL;
    }
    m->law.mode_weight = m->weight, m->law.label_weight = m->share;
    m->kernels = m->basis ? &mixture_full : &mixture_flat;
    return &m->law;
}

static const char *const keys[] = { "weights", "means", "mean.#", "std", "std.#", "var.#", "cov.#", "covs", "labels",
                                    NULL };
const law_kind law_kind_mixture = { .name = "mixture", .keys = keys, .open = mixture_open };
