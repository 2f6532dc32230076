/*
 * The data set law from the [data] section of a model file:
 *     kind = dataset
 *     file = points.npy          rows are points: .npy, text, CSV or IDX, each also .gz; relative to the model file.
 *     K x a x b is read as K x ab
 *     width = 0.1                standard deviation of the kernel, in the units after scale and shift
 *     columns = 0..63            which columns are coordinates; else all but the label's.
 *     Counted from 0, both ends included, as rows are
 *     rows = 0..1499             which rows; else all
 *     scale = 0.125, shift = -1  x = scale * value + shift
 *     label_column = 64          a column of class labels 0, 1, ...; -1 is the last one
 *     labels = labels.idx        or a file of as many labels as the first one has rows
 *     weights = w.txt            a file of as many positive weights, which are normalised; else all weigh the same
 */
#include <math.h>
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/files/array.h"
#include "models/laws/dataset.h"
#include "base/fail.h"

/* What is read before the law is made: the rows x cols of the file, and the part of them that counts. */
typedef struct data_source {
    const sections *file;
    section *data;
    array points, labels, weights;
    long rows, cols, row[2], column[2];
    int label_column;                       /* -1: none */
    double scale, shift;
} data_source;

static const char *where(const data_source *f, const char *key) { return section_where(f->file, f->data, key); }

/* def: NAN where the key must be given. */
static int one(const data_source *f, const char *key, double def, double *out)
{
    int n;

    *out = def;
    if (!section_get(f->data, key))
        return isnan(def) ? fail("%s: a data set needs %s; give %s = NUMBER", where(f, key), key, key) : 0;
    if (section_numbers(f->file, f->data, key, 1, out, &n))
        return -1;
    return n == 1 ? 0 : fail("%s: %s has no value; give a number", where(f, key), key);
}

/* "a..b" or "a" within 0..n-1. */
static int range(const data_source *f, const char *key, long n, long out[2])
{
    const char *text = section_get(f->data, key);
    int end = 0, got;

    out[0] = 0, out[1] = n - 1;
    if (!text)
        return 0;
    got = sscanf(text, "%ld..%ld%n", &out[0], &out[1], &end);
    if (got < 2 && sscanf(text, "%ld%n", &out[0], &end) == 1)
        out[1] = out[0];
    if (!end || text[end])
        return fail("%s: %s = %s is no range; write %s = 0..%ld", where(f, key), key, text, key, n - 1);
    if (out[0] < 0 || out[1] >= n || out[0] > out[1])
        return fail("%s: %s = %s is not within the file, which has 0..%ld; give a range of these", where(f, key), key,
                    text, n - 1);
    return 0;
}

static int read_array(const data_source *f, const char *key, array *a)
{
    const char *name = section_get(f->data, key);
    char *path;
    int status;

    if (!name || !*name)
        return fail("%s: a data set needs %s; give %s = PATH", where(f, key), key, key);
    if (!(path = sections_path(f->file, name)))
        return -1;
    status = array_read(path, a);
    free(path);
    return status ? fail("%s: %s", where(f, key), last_error()) : 0;
}

/* A file of one number a row, where the key is given. */
static int read_column(const data_source *f, const char *key, array *a)
{
    if (!section_get(f->data, key))
        return 0;
    if (read_array(f, key, a))
        return -1;
    if (array_rows(a) * array_cols(a) != f->rows)
        return fail("%s: %s has %ld numbers but the data set %ld rows; give one a row", where(f, key), key,
                    array_rows(a) * array_cols(a), f->rows);
    return 0;
}

static int label_column(data_source *f)
{
    double column;

    f->label_column = -1;
    if (!section_get(f->data, "label_column"))
        return 0;
    if (one(f, "label_column", -1, &column))
        return -1;
    column = column == -1 ? f->cols - 1 : column;
    if (column < 0 || column >= f->cols || column != floor(column))
        return fail("%s: label_column = %g is no column of the file; give 0..%ld, or -1 for the last",
                    where(f, "label_column"), column, f->cols - 1);
    if (f->cols < 2)
        return fail("%s: the file has no column besides that of the labels; give labels = FILE",
                    where(f, "label_column"));
    if (section_get(f->data, "labels"))
        return fail("%s: labels come from label_column already; give one of the two", where(f, "labels"));
    f->label_column = column;
    return 0;
}

static int columns(data_source *f)
{
    long last = f->cols - 1;

    if (range(f, "columns", f->cols, f->column))
        return -1;
    if (f->label_column < f->column[0] || f->label_column > f->column[1])
        return 0;
    if (section_get(f->data, "columns") || (f->label_column > 0 && f->label_column < last))
        return fail("%s: the labels' column %d lies among the coordinates; give columns = FIRST..LAST without it",
                    where(f, "columns"), f->label_column);
    f->column[f->label_column > 0] += f->label_column > 0 ? -1 : 1;
    return 0;
}

static int read_source(data_source *f)
{
    if (read_array(f, "file", &f->points))
        return -1;
    f->rows = f->points.shape[0];
    f->cols = f->points.dims == 1 ? 1 : array_cols(&f->points);
    if (label_column(f) || columns(f) || range(f, "rows", f->rows, f->row))
        return -1;
    if (one(f, "scale", 1, &f->scale) || one(f, "shift", 0, &f->shift))
        return -1;
    if (f->scale == 0)
        return fail("%s: scale is 0, which makes all points one; give another", where(f, "scale"));
    return read_column(f, "labels", &f->labels) || read_column(f, "weights", &f->weights) ? -1 : 0;
}

/* Label of row r of the file; -1: there are none. */
static double label_of(const data_source *f, long r)
{
    return f->label_column >= 0 ? f->points.v[r * f->cols + f->label_column] : f->labels.v ? f->labels.v[r] : -1;
}

/* How many classes there are, after a check of every label and weight that counts. */
static int check_rows(const data_source *f, int *labels)
{
    enum { MOST = 100000 };
    int some = f->label_column >= 0 || f->labels.v;
    const char *key = f->labels.v ? "labels" : "label_column";

    *labels = 0;
    for (long r = f->row[0]; r <= f->row[1]; r++) {
        double label = label_of(f, r);

        if (some && !(label >= 0 && label < MOST && label == floor(label)))
            return fail("%s: label %g of row %ld (counted from 0) is not one of 0, 1, ...; number the classes so",
                        where(f, key), label, r);
        if (label >= *labels)
            *labels = label + 1;
        if (f->weights.v && !(f->weights.v[r] > 0))
            return fail("%s: weight %g of row %ld (counted from 0) is not positive; leave such rows out",
                        where(f, "weights"), f->weights.v[r], r);
    }
    return 0;
}

static void close_dataset(law *l)
{
    dataset *s = (dataset *)l;

    if (!s)
        return;
    free(s->m), free(s->mean), free(s->norm), free(s->lw), free(s->cum), free(s->first), free(s->share), free(s->point);
    free(s);
}

static dataset *allocate(long K, int dim, int labels)
{
    int pad = dim <= DIRECT ? dim : (dim + 15) / 16 * 16;
    dataset *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->law = (law){ .name = "dataset", .dim = dim, .labels = labels, .points = K, .close = close_dataset };
    s->K = K, s->pad = pad;
    s->m = calloc(K * pad, sizeof *s->m);
    s->mean = calloc(pad, sizeof *s->mean);
    s->norm = calloc(K, sizeof *s->norm);
    s->lw = calloc(K, sizeof *s->lw);
    s->cum = calloc(K + 1, sizeof *s->cum);
    s->first = calloc(labels + 2, sizeof *s->first);
    s->share = calloc(labels + 1, sizeof *s->share);
    s->point = calloc(K * dim, sizeof *s->point);
    if (s->m && s->mean && s->norm && s->lw && s->cum && s->first && s->share && s->point)
        return s;
    close_dataset(&s->law);
    return NULL;
}

/* Points in the order of the file, their mean, and where each label begins. */
static void take_points(dataset *s, const data_source *f, double total)
{
    int dim = s->law.dim;

    for (long k = 0; k < s->K; k++) {
        long r = f->row[0] + k;
        double w = (f->weights.v ? f->weights.v[r] : 1) / total;

        for (int d = 0; d < dim; d++) {
            double x = fma(f->scale, f->points.v[r * f->cols + f->column[0] + d], f->shift);

            s->point[k * dim + d] = x;
            s->mean[d] = fma(w, x, s->mean[d]);
        }
        s->first[(int)label_of(f, r) + 1]++;
    }
    for (int c = 1; c <= s->law.labels; c++)
        s->first[c] += s->first[c - 1];
}

/* Counting sort by label into m; first[c] walks on to the beginning of the next label, and is then set back. */
static void sort_points(dataset *s, const data_source *f, double total)
{
    int dim = s->law.dim;

    for (long k = 0; k < s->K; k++) {
        long r = f->row[0] + k, to = s->law.labels ? s->first[(int)label_of(f, r)]++ : k;
        double *m = s->m + to * s->pad;

        for (int d = 0; d < dim; d++) {
            m[d] = s->point[k * dim + d] - s->mean[d];
            s->norm[to] = fma(m[d], m[d], s->norm[to]);
        }
        s->lw[to] = log2((f->weights.v ? f->weights.v[r] : 1) / total);
    }
    for (int c = s->law.labels; c > 0; c--)
        s->first[c] = s->first[c - 1];
    s->first[0] = 0;
    for (long k = 0; k < s->K; k++)
        s->cum[k + 1] = s->cum[k] + exp2(s->lw[k]);
    for (int c = 0; c < s->law.labels; c++)
        s->share[c] = s->cum[s->first[c + 1]] - s->cum[s->first[c]];
}

static dataset *make(const data_source *f)
{
    long K = f->row[1] - f->row[0] + 1;
    int labels;
    double width, total = 0;
    dataset *s;

    if (check_rows(f, &labels) || one(f, "width", NAN, &width))
        return NULL;
    if (!(width >= 1e-6 * fabs(f->scale))) {
        fail("%s: width %g is not positive, or nothing beside the scale of the points; give the kernel's standard "
             "deviation, such as 0.1",
             where(f, "width"), width);
        return NULL;
    }
    for (long r = f->row[0]; r <= f->row[1]; r++)
        total += f->weights.v ? f->weights.v[r] : 1;
    s = allocate(K, f->column[1] - f->column[0] + 1, labels);
    if (!s) {
        fail("%s: no memory for %ld points; take fewer by rows = 0..%ld", where(f, "file"), K, K / 2);
        return NULL;
    }
    s->width = width;
    take_points(s, f, total);
    sort_points(s, f, total);
    s->law.point = s->point, s->law.label_weight = labels ? s->share : NULL;
    s->law.scale = f->scale, s->law.shift = f->shift;
    dataset_functions(&s->law);
    return s;
}

static law *dataset_open(const sections *file, section *data)
{
    data_source f = { .file = file, .data = data };
    dataset *s = NULL;

    if (openblas_get_num_threads() != 1)
        openblas_set_num_threads(1);        /* threads share out blocks of rows, never a product */
    if (!read_source(&f))
        s = make(&f);
    array_free(&f.points);
    array_free(&f.labels);
    array_free(&f.weights);
    return s ? &s->law : NULL;
}

int dataset_range(const dataset *s, int label, long *first, long *last)
{
    if (label == -1) {
        *first = 0, *last = s->K;
        return 0;
    }
    if (label < 0 || label >= s->law.labels)
        return s->law.labels ? fail("label %d: the data set has labels 0..%d; give one of these, or none", label,
                                    s->law.labels - 1)
                             : fail("label %d: the data set has no labels; give label_column or labels in its model "
                                    "file, or ask without", label);
    *first = s->first[label], *last = s->first[label + 1];
    return *first < *last ? 0 : fail("label %d: no point of the data set has it; give another", label);
}

static const char *const keys[] = { "file", "width", "columns", "rows", "scale", "shift", "label_column", "labels",
                                    "weights", NULL };
const law_kind law_kind_dataset = { .name = "dataset", .keys = keys, .open = dataset_open };
