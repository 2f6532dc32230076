/*
 * y = f(x + b), b the bias of the linear layer before, which leaves it to the activation: one pass over
 * the array instead of two.
 *     silu x s(x)    gelu x Phi(x)    relu max(x, 0)    elu x or a (e^x - 1)    softplus log(1 + e^x)    tanh
 * s the sigmoid, Phi the normal distribution; gelu:form=tanh is x s(2 u), u = sqrt(2/pi) (x + 0.044715 x^3).
 */
#include "scores/networks/layer.h"
#include "scores/networks/real.h"

#define ROOT_HALF ((real)0.70710678118654752440)
#define PER_ROOT_2PI ((real)0.39894228040143267794)
#define TWICE_ROOT_2_PER_PI ((real)1.59576912160573071176)
#define CUBE ((real)0.044715)

/* The functions and their slopes; a is the parameter. */
INLINE real silu(real x, real a)            { return x * SIGMOID(x); }
INLINE real silu_slope(real x, real a)      { real s = SIGMOID(x); return FMA(x * s, 1 - s, s); }
INLINE real relu(real x, real a)            { return x < 0 ? 0 : x; }
INLINE real relu_slope(real x, real a)      { return x > 0 ? 1 : x <= 0 ? 0 : x; }
INLINE real elu(real x, real a)             { real e = a * EXPM1(x); return x > 0 ? x : e; }
INLINE real elu_slope(real x, real a)       { real e = a * EXP(x); return x > 0 ? 1 : e; }
INLINE real soft(real x, real a)            { return SOFTPLUS(x); }
INLINE real soft_slope(real x, real a)      { return SIGMOID(x); }
INLINE real tangens(real x, real a)         { return TANH(x); }
INLINE real tangens_slope(real x, real a)   { real t = TANH(x); return FMA(-t, t, 1); }
INLINE real gelu(real x, real a)            { real h = x / 2; return FMA(h, ERF(x * ROOT_HALF), h); }
INLINE real gelu_slope(real x, real a)      { return FMA(x * PER_ROOT_2PI, EXP(-x * x / 2),
                                                         FMA((real)0.5, ERF(x * ROOT_HALF), (real)0.5)); }
INLINE real gelu_tanh(real x, real a)       { return x * SIGMOID(TWICE_ROOT_2_PER_PI * FMA(CUBE * x, x * x, x)); }
INLINE real gelu_tanh_slope(real x, real a)
{
    real s = SIGMOID(TWICE_ROOT_2_PER_PI * FMA(CUBE * x, x * x, x)),
        slope = TWICE_ROOT_2_PER_PI * FMA(3 * CUBE * x, x, 1);

    return FMA(x * slope, s * (1 - s), s);
}

/* A function over a tile, and the product of its slope with dx. */
#define LOOPS(f) \
    CLONES static void REAL(f##_rows)(int rows, int cols, real a, const real *b, const real *x, real *y) \
    { \
        for (int i = 0; i < rows; i++, x += cols, y += cols) { \
            _Pragma("omp simd") \
            for (int j = 0; j < cols; j++) \
                y[j] = f(x[j] + b[j], a); \
        } \
    } \
    CLONES static void REAL(f##_slopes)(int rows, int cols, real a, const real *b, const real *x, const real *dx, \
                                        real *dy) \
    { \
        for (int i = 0; i < rows; i++, x += cols, dx += cols, dy += cols) { \
            _Pragma("omp simd") \
            for (int j = 0; j < cols; j++) \
                dy[j] = f##_slope(x[j] + b[j], a) * dx[j]; \
        } \
    }
LOOPS(silu) LOOPS(relu) LOOPS(elu) LOOPS(soft) LOOPS(tangens) LOOPS(gelu) LOOPS(gelu_tanh)

static int open(layer *l, const opening *o)
{
    l->out = l->in;
    return 0;
}

/* A network's bias is NULL where the layer before keeps its own: then zeros are added a piece at a time. */
enum { SPAN = 1024 };
static const real zeros[SPAN];

#define KIND(id, forward_by, tangent_by) \
    static void id##_forward(const layer *l, const pass *p, const real *x, real *y) \
    { \
        long n = (long)p->rows * padded(l->out); \
 \
        if (l->bias) \
            forward_by(p->rows, padded(l->out), (real)l->given.v[0], l->bias, x, y); \
        else \
            for (long at = 0; at < n; at += SPAN) \
                forward_by(1, n - at < SPAN ? (int)(n - at) : SPAN, (real)l->given.v[0], zeros, x + at, y + at); \
    } \
    static void id##_tangent(const layer *l, const pass *p, const real *x, const real *dx, real *dy) \
    { \
        long n = (long)p->rows * padded(l->out); \
 \
        if (l->bias) \
            tangent_by(p->rows, padded(l->out), (real)l->given.v[0], l->bias, x, dx, dy); \
        else \
            for (long at = 0; at < n; at += SPAN) \
                tangent_by(1, n - at < SPAN ? (int)(n - at) : SPAN, (real)l->given.v[0], zeros, x + at, dx + at, \
                           dy + at); \
    } \
    const layer_kind REAL(layer_##id)

/* gelu has two forms; which one is its parameter. */
static void gelu_any(int rows, int cols, real form, const real *b, const real *x, real *y)
{
    (form ? REAL(gelu_tanh_rows) : REAL(gelu_rows))(rows, cols, 0, b, x, y);
}

static void gelu_any_slopes(int rows, int cols, real form, const real *b, const real *x, const real *dx, real *dy)
{
    (form ? REAL(gelu_tanh_slopes) : REAL(gelu_slopes))(rows, cols, 0, b, x, dx, dy);
}

#define COMMON .in_place = 1, .open = open
KIND(silu, REAL(silu_rows), REAL(silu_slopes)) = {
    .name = "silu", .about = "x s(x), s the sigmoid (also called swish)", COMMON, .forward = silu_forward,
    .tangent = silu_tangent, .backward = silu_tangent };
KIND(gelu, gelu_any, gelu_any_slopes) = {
    .name = "gelu", .about = "x Phi(x), Phi the normal distribution",
    .par = { { "form", "the error function, or its approximation by tanh", "erf tanh", 0 } },
    COMMON, .forward = gelu_forward, .tangent = gelu_tangent,
    .backward = gelu_tangent };
KIND(relu, REAL(relu_rows), REAL(relu_slopes)) = {
    .name = "relu", .about = "max(x, 0)", COMMON, .forward = relu_forward, .tangent = relu_tangent,
    .backward = relu_tangent };
KIND(elu, REAL(elu_rows), REAL(elu_slopes)) = {
    .name = "elu", .about = "x, below 0 alpha (e^x - 1)",
    .par = { { "alpha", "least value, negative", NULL, 1, 0, 1e6, 0 } },
    COMMON, .forward = elu_forward, .tangent = elu_tangent, .backward = elu_tangent };
KIND(softplus, REAL(soft_rows), REAL(soft_slopes)) = {
    .name = "softplus", .about = "log(1 + e^x)", COMMON, .forward = softplus_forward, .tangent = softplus_tangent,
    .backward = softplus_tangent };
KIND(tanh, REAL(tangens_rows), REAL(tangens_slopes)) = {
    .name = "tanh", .about = "tanh x", COMMON, .forward = tanh_forward, .tangent = tanh_tangent,
    .backward = tanh_tangent };
