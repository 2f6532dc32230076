/* The float functions of networks against the C library's in double, in units of the last place. */
#include <math.h>
#include "base/lanes_float.h"
#include "tests/suite.h"

static double sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double softplus_of(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }
static float exp_of(float x) { return lane_expf(x); }
static float expm1_of(float x) { return lane_expm1f(x); }
static float sigmoid_of(float x) { return lane_sigmoidf(x); }
static float tanh_of(float x) { return lane_tanhf(x); }
static float softplus_lane(float x) { return lane_softplusf(x); }
static float erf_of(float x) { return lane_erff(x); }

static const struct function { const char *name; float (*ours)(float); double (*truth)(double); double low, high;
                               } functions[] = {
    { "exp", exp_of, exp, -87, 88 }, { "expm1", expm1_of, expm1, -87, 88 },
    { "sigmoid", sigmoid_of, sigmoid, -80, 80 }, { "tanh", tanh_of, tanh, -20, 20 },
    { "softplus", softplus_lane, softplus_of, -80, 80 }, { "erf", erf_of, erf, -6, 6 } };
enum { FUNCTIONS = sizeof functions / sizeof *functions, POINTS = 200003 };

static double error_at(const struct function *f, float x)
{
    double truth = f->truth(x);
    int e;

    frexp(truth, &e);
    return fabs(f->ours(x) - truth) / ldexp(1, e - 24);
}

static void errors_are_below_three_units_in_the_last_place(void)
{
    for (int k = 0; k < FUNCTIONS; k++) {
        const struct function *f = &functions[k];
        double worst = 0;

        for (int i = 0; i <= POINTS; i++)
            worst = fmax(worst, error_at(f, (float)(f->low + (f->high - f->low) * i / POINTS)));
        for (int i = -60; i < 0; i++)                   /* near 0, on both sides */
            worst = fmax(worst, fmax(error_at(f, ldexpf(1.3f, i / 2)), error_at(f, -ldexpf(1.3f, i / 2))));
        check_below(worst, 3, f->name, __FILE__, __LINE__);
    }
}

static void nan_stays_nan_and_the_ends_are_finite(void)
{
    for (int k = 0; k < FUNCTIONS; k++) {
        CU_ASSERT(isnan(functions[k].ours(NAN)));
        CU_ASSERT(!isnan(functions[k].ours(INFINITY)) && !isnan(functions[k].ours(-INFINITY)));
    }
    CU_ASSERT(lane_tanhf(INFINITY) == 1 && lane_tanhf(-INFINITY) == -1 && lane_erff(9) == 1 && lane_erff(-9) == -1);
}

static const test_case tests[] = {
    { "errors are below three units in the last place", errors_are_below_three_units_in_the_last_place },
    { "NaN stays NaN and the ends are finite", nan_stays_nan_and_the_ends_are_finite },
    { 0, 0 },
};
const test_table table_lanes_float = { "lanes_float", tests };
