/* The wrappers threshold and afs, on a field that answers what it is told to. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "scores/score.h"
#include "tests/suite.h"

enum { ROWS = 200, DIM = 5 };

/* A field whose data (or noise) prediction is the point itself, or the numbers of `says`; it counts its calls. */
typedef struct parrot { const double *says; int calls; } parrot;

static int repeat(void *self, const batch *p, double *out)
{
    parrot *it = self;

    it->calls++;
    memcpy(out, it->says ? it->says : p->x, (size_t)p->groups * p->rows * DIM * sizeof *out);
    return 0;
}

/* A level of a variance preserving process. */
static level vp(double sigma)
{
    double alpha = sqrt(1 - sigma * sigma);

    return (level){ .alpha = alpha, .sigma = sigma, .lambda = log(alpha / sigma) };
}

/* The wrapper `name` with its parameters around a parrot.  NULL on failure. */
static score *wrapped_parrot(const char *name, const char *list, enum predicts predicts, parrot *it)
{
    score *s = malloc(sizeof *s), *w = NULL;
    args given;

    *s = (score){ .abi = SCORE_ABI, .name = "parrot", .dim = DIM, .predicts = predicts, .eval = repeat, .self = it };
    for (int i = 0; i < wrappers(); i++)
        if (!strcmp(wrapper_at(i)->name, name) && !must(args_parse(&given, "test", name, wrapper_at(i)->par, list)))
            w = wrapper_at(i)->open(s, NULL, &given);
    must(!w);
    return w;
}

static int by_size(const void *a, const void *b)
{
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);

    return (x > y) - (x < y);
}

/* The bound of a row by sorting: NumPy's linear quantile of |x|, at least 1 and at most `most`. */
static double bound(int n, const double *x, double q, double most)
{
    double all[64], place = q * (n - 1);
    int k = (int)place;

    memcpy(all, x, n * sizeof *x);
    qsort(all, n, sizeof *all, by_size);
    place -= k;
    return fmin(fmax(place > 0 ? fabs(all[k]) + place * (fabs(all[k + 1]) - fabs(all[k])) : fabs(all[k]), 1), most);
}

/* Rows of many sizes, with ties, zeros and rows of equal numbers. */
static void fill(double *x)
{
    normals((stream){ 5, USE_NOISE }, 0, 0, 0, ROWS, DIM, x);
    for (int i = 0; i < ROWS; i++)
        for (int d = 0; d < DIM; d++) {
            double *v = x + i * DIM + d;

            *v *= pow(10, i % 7 - 3);
            if (i % 5 == 1)
                *v = rint(*v);
            if (i % 11 == 2)
                *v = i % 2 ? -2.5 : 0.5;
        }
}

static void thresholding_is_that_of_a_sorted_quantile(void)
{
    static const struct { const char *list; double q, most; int divide; } all[] = {
        { "", 0.995, INFINITY, 1 }, { "divide=no", 0.995, INFINITY, 0 }, { "quantile=0.5", 0.5, INFINITY, 1 },
        { "quantile=0,divide=no", 0, INFINITY, 0 },
        { "quantile=1", 1, INFINITY, 1 }, { "quantile=0.3,max=2", 0.3, 2, 1 }, { "quantile=0.9,max=1", 0.9, 1, 1 },
        { "quantile=0.75,max=3,divide=no", 0.75, 3, 0 } };
    double x[ROWS * DIM], out[ROWS * DIM];
    level at = vp(0.6);
    batch p = { .groups = 1, .rows = ROWS, .at = &at, .x = x };
    int cut = 0, kept = 0;

    fill(x);
    for (unsigned k = 0; k < sizeof all / sizeof *all; k++) {
        parrot it = { 0 };
        score *s = wrapped_parrot("threshold", all[k].list, PREDICTS_DATA, &it);

        if (!s || must(field_eval(s, &p, PREDICTS_DATA, out)))
            return;
        CU_ASSERT_EQUAL(it.calls, 1);
        for (int i = 0; i < ROWS; i++)
            for (int d = 0; d < DIM; d++) {
                double v = x[i * DIM + d], b = bound(DIM, x + i * DIM, all[k].q, all[k].most),
                    want = fmax(-b, fmin(b, v)) * (all[k].divide ? 1 / b : 1);

                near(out[i * DIM + d], want, 0);
                *(fabs(v) > b ? &cut : &kept) += 1;
                CU_ASSERT(!all[k].divide || fabs(out[i * DIM + d]) <= 1 + 1e-15);
            }
        field_close(s);
    }
    CU_ASSERT(cut > 500 && kept > 500);
}

/* In the noise prediction too: the field is asked for its data, and what is cut is made noise again. */
static void a_network_of_noise_is_thresholded_in_its_data(void)
{
    double x[DIM] = { 0.3, -0.2, 0.1, 0.4, -0.5 }, e[DIM] = { 1, -2, 0.5, 3, -4 }, out[DIM], data[DIM];
    level at = vp(0.6);
    batch p = { .groups = 1, .rows = 1, .at = &at, .x = x };
    parrot it = { .says = e };
    score *s = wrapped_parrot("threshold", "quantile=0.5", PREDICTS_NOISE, &it);

    for (int d = 0; d < DIM; d++)
        data[d] = (x[d] - at.sigma * e[d]) / at.alpha;
    if (s && !must(field_eval(s, &p, PREDICTS_NOISE, out)))
        for (int d = 0; d < DIM; d++) {
            double b = bound(DIM, data, 0.5, INFINITY), x0 = fmax(-b, fmin(b, data[d])) / b;

            CU_ASSERT(b > 1);
            near(out[d], (x[d] - at.alpha * x0) / at.sigma, 1e-14);
        }
    field_close(s);
}

static void a_nan_stays_one_and_costs_no_neighbour(void)
{
    double x[3 * DIM] = { 5, -4, 3, 2, 1, 5, NAN, 3, -2, 1, 5, -4, 3, 2, 1 }, out[3 * DIM];
    level at = vp(0.6);
    batch p = { .groups = 1, .rows = 3, .at = &at, .x = x };

    for (int k = 0; k < 2; k++) {
        parrot it = { 0 };
        score *s = wrapped_parrot("threshold", k ? "divide=no" : "quantile=0.5", PREDICTS_DATA, &it);

        if (!s || must(field_eval(s, &p, PREDICTS_DATA, out)))
            return;
        CU_ASSERT(isnan(out[DIM + 1]));
        for (int d = 0; d < DIM; d++)
            CU_ASSERT(isfinite(out[d]) && out[d] == out[2 * DIM + d] && (d == 1 || isfinite(out[DIM + d])));
        field_close(s);
    }
}

/* Every row has its own bound, whatever group it stands in. */
static void groups_of_rows_are_thresholded_as_the_rows_alone(void)
{
    double x[ROWS * DIM], together[ROWS * DIM], apart[ROWS * DIM];
    level at[ROWS / 2];
    parrot it = { 0 };
    score *s = wrapped_parrot("threshold", "quantile=0.8", PREDICTS_DATA, &it);

    fill(x);
    for (int g = 0; g < ROWS / 2; g++)
        at[g] = vp(0.1 + 0.8 * g / ROWS);
    if (s
        && !must(field_eval(s, &(batch){ .groups = ROWS / 2, .rows = 2, .at = at, .x = x }, PREDICTS_NOISE, together)))
        for (int i = 0; i < ROWS; i++) {
            must(field_eval(s, &(batch){ .groups = 1, .rows = 1, .at = at + i / 2, .x = x + i * DIM }, PREDICTS_NOISE,
                     apart + i * DIM));
            CU_ASSERT(!memcmp(apart + i * DIM, together + i * DIM, DIM * sizeof *apart));
        }
    field_close(s);
}

static void the_analytic_first_step_answers_near_full_noise_only(void)
{
    static const double says[4 * 2 * DIM] = { [0] = 7, [11] = 8, [39] = 9 };
    double x[ROWS * DIM], out[4 * 2 * DIM];
    char list[64];
    const level at[4] = { vp(0.95), vp(0.2), vp(0.7), vp(0.05) };       /* above, below, above, below */
    parrot it = { .says = says };
    score *s;

    fill(x);
    snprintf(list, sizeof list, "above=%.17g", at[2].sigma / at[2].alpha * (1 - 1e-12));
    if (!(s = wrapped_parrot("afs", list, PREDICTS_NOISE, &it)))
        return;
    if (!must(field_eval(s, &(batch){ .groups = 4, .rows = 2, .at = at, .x = x }, PREDICTS_NOISE, out))) {
        CU_ASSERT_EQUAL(it.calls, 1);
        for (int i = 0; i < 4 * 2 * DIM; i++) {
            const level *l = at + i / (2 * DIM);

            near(out[i], i / (2 * DIM) % 2 ? says[i] : x[i] / sqrt(l->alpha * l->alpha + l->sigma * l->sigma),
                 1e-15 * fabs(x[i]));
        }
    }
    for (int g = 0; g < 4; g++) {                           /* alone: a group above asks nobody */
        double one[2 * DIM];

        it.calls = 0, it.says = says + g * 2 * DIM;
        must(field_eval(s, &(batch){ .groups = 1, .rows = 2, .at = at + g, .x = x + g * 2 * DIM }, PREDICTS_NOISE,
                        one));
        CU_ASSERT(!memcmp(one, out + g * 2 * DIM, sizeof one));
        CU_ASSERT_EQUAL(it.calls, g % 2);
    }
    field_close(s);
}

/* E = x where alpha^2 + sigma^2 = 1. */
static void the_first_step_is_that_of_a_unit_normal(void)
{
    double x[DIM] = { 1, -2, 3, 0, 0.5 }, out[DIM];
    level at = vp(0.6);
    parrot it = { 0 };
    score *s = wrapped_parrot("afs", "above=0", PREDICTS_NOISE, &it);

    if (s && !must(field_eval(s, &(batch){ .groups = 1, .rows = 1, .at = &at, .x = x }, PREDICTS_SCORE, out)))
        for (int d = 0; d < DIM; d++)
            near(out[d], -x[d] / at.sigma, 1e-14);
    CU_ASSERT_EQUAL(it.calls, 0);
    field_close(s);
}

const test_table table_threshold = { "threshold", (const test_case[]){
    { "thresholding is that of a sorted quantile", thresholding_is_that_of_a_sorted_quantile },
    { "a network of noise is thresholded in its data", a_network_of_noise_is_thresholded_in_its_data },
    { "a NaN stays one and costs no neighbour", a_nan_stays_one_and_costs_no_neighbour },
    { "groups of rows are thresholded as the rows alone", groups_of_rows_are_thresholded_as_the_rows_alone },
    { "the analytic first step answers near full noise only", the_analytic_first_step_answers_near_full_noise_only },
    { "the first step is that of a unit normal", the_first_step_is_that_of_a_unit_normal },
    { NULL, NULL } } };
