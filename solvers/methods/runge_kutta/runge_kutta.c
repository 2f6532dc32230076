/*
 * Explicit Runge-Kutta methods in t on the probability flow dx/dt = v(x, t): their tableaux (tableau.h).
 * Every table's rooted-tree conditions are a test.
 */
#include "solvers/tools/tableau.h"

#define EMBEDDED .embedded = 1, .par = { TOLERANCES }

/* The midpoint rule. */
static const tableau midpoint = { 2, .c = (const double[]){ 0, 1. / 2 }, .a = (const double[]){ 1. / 2 },
                                  .b = (const double[]){ 0, 1 } };

const solver solver_midpoint = {
    .name = "midpoint", .about = "midpoint rule in t on the probability flow", .cite = "Runge 1895", .order = 2,
    RK(midpoint, 2),
};

/* Kutta's method, the classical one. */
static const tableau kutta = {
    4,
    .c = (const double[]){ 0, 1. / 2, 1. / 2, 1 },
    .a = (const double[]){ 1. / 2,
                           0, 1. / 2,
                           0, 0, 1 },
    .b = (const double[]){ 1. / 6, 1. / 3, 1. / 3, 1. / 6 },
};

const solver solver_rk4 = {
    .name = "rk4", .about = "classical Runge-Kutta in t on the probability flow", .cite = "Kutta 1901", .order = 4,
    RK(kutta, 4),
};

/* Bogacki and Shampine 3(2). */
static const tableau bogacki = {
    4,
    .c = (const double[]){ 0, 1. / 2, 3. / 4, 1 },
    .a = (const double[]){ 1. / 2,
                           0, 3. / 4,
                           2. / 9, 1. / 3, 4. / 9 },
    .e = (const double[]){ -5. / 72, 1. / 12, 1. / 9, -1. / 8 },
    .carry = 1,
};

const solver solver_bosh3 = {
    .name = "bosh3", .about = "Bogacki-Shampine 3(2) in t on the probability flow", .cite = "Bogacki and Shampine 1989",
    .order = 3, RK_CARRY(bogacki, 4), EMBEDDED,
};

/* Dormand and Prince 5(4). */
static const tableau dormand = {
    7,
    .c = (const double[]){ 0, 1. / 5, 3. / 10, 4. / 5, 8. / 9, 1, 1 },
    .a = (const double[]){ 1. / 5,
                           3. / 40, 9. / 40,
                           44. / 45, -56. / 15, 32. / 9,
                           19372. / 6561, -25360. / 2187, 64448. / 6561, -212. / 729,
                           9017. / 3168, -355. / 33, 46732. / 5247, 49. / 176, -5103. / 18656,
                           35. / 384, 0, 500. / 1113, 125. / 192, -2187. / 6784, 11. / 84 },
    .e = (const double[]){ 71. / 57600, 0, -71. / 16695, 71. / 1920, -17253. / 339200, 22. / 525, -1. / 40 },
    .carry = 1,
};

const solver solver_dopri5 = {
    .name = "dopri5", .about = "Dormand-Prince 5(4) in t on the probability flow", .cite = "Dormand and Prince 1980",
    .order = 5, RK_CARRY(dormand, 7), EMBEDDED,
};

/*
 * Tsitouras 5(4).  torchdiffeq's table takes the weights of the error estimate, of order 4, for those of the step, and
 *                  starts the next step
 * with the slope at the state of order 5 that it has thrown away.
 */
#define TSITOURAS 7, \
    .c = (const double[]){ 0, 0.161, 0.327, 0.9, 0.9800255409045096857298102862870, 1, 1 }, \
    .a = (const double[]){ 0.161, \
                           -0.008480655492356988544426874250230, 0.3354806554923569885444268742502, \
                           2.897153057105493432130432594192, -6.359448489975074843148159912383, \
                               4.362295432869581411017727318190, \
                           5.325864828439256604428877920840, -11.74888356406282787774717033978, \
                               7.495539342889836208304604784564, \
                           -0.09249506636175524925650207933207, \
                           5.861455442946420028659251486982, -12.92096931784710929170611868178, \
                               8.159367898576158643180400794539, \
                           -0.07158497328140099722453054252582, -0.02826905039406838290900305721271, \
                           0.09646076681806522951816731316512, 0.01, 0.4798896504144995747752495322905, \
                               1.379008574103741893192274821856, \
                           -3.290069515436080679901047585711, 2.324710524099773982415355918398 }, \
    .e = (const double[]){ 1.780011052225771443378550607539e-3, 8.164344596567469032236360633546e-4, \
                           -7.880878010261996010314727672526e-3, \
                           0.1447110071732629075371651479726, -0.5823571654525552250199376106520, \
                               0.4580821059291869466616365188325, -1. / 66 }, \
    .carry = 1

static const tableau tsitouras = { TSITOURAS };
static const tableau tsitouras_shipped = {
    TSITOURAS,
    .b = (const double[]){ 0.09468075576583945807478876255758, 9.183565540343253096776363936645e-3,
                           0.4877705284247615707855642599631,
                           1.234297566930478985655109673884, -2.707712349983525454881109975059,
                               1.866628418170587035753719399566, 1. / 66 },
};

const solver solver_tsit5 = {
    .name = "tsit5", .about = "Tsitouras 5(4) in t on the probability flow", .cite = "Tsitouras 2011",
    .order = 5, RK_CARRY(tsitouras, 7), EMBEDDED,
};

const solver solver_tsit5_shipped = {
    .name = "tsit5-shipped",
    .about = "tsit5 as in torchdiffeq: it keeps the embedded state of order 4 (the right form is tsit5)",
    .cite = "torchdiffeq",
    .order = 4, RK_CARRY(tsitouras_shipped, 7), EMBEDDED, .bare = 1, .chained = 1,
};

/*
 * Two tables as torchdiffeq runs them: the last stage's slope, taken at the predicted state, is the next step's first,
 * though the state has moved by the corrector since: a call less a step.  Its effect is h^(p+1), so the order stays.
 */
static const tableau fehlberg = {
    3,
    .c = (const double[]){ 0, 1. / 2, 1 },
    .a = (const double[]){ 1. / 2,
                           1. / 256, 255. / 256 },
    .b = (const double[]){ 1. / 512, 255. / 256, 1. / 512 },
    .e = (const double[]){ -1. / 512, 0, 1. / 512 },
    .carry = 1,
};

const solver solver_fehlberg2 = {
    .name = "fehlberg2",
    .about = "Fehlberg 2(1) in t, as torchdiffeq runs it (accepts almost anything: the weight of its estimate is "
             "1/512)",
    .cite = "Fehlberg 1969; torchdiffeq", .order = 2, RK_CARRY(fehlberg, 3), EMBEDDED, .chained = 1,
};

static const tableau trapezoid = {
    2,
    .c = (const double[]){ 0, 1 },
    .a = (const double[]){ 1 },
    .b = (const double[]){ 1. / 2, 1. / 2 },
    .e = (const double[]){ 1. / 2, -1. / 2 },
    .carry = 1,
};

const solver solver_adaptive_heun = {
    .name = "adaptive-heun",
    .about = "Heun in t with the predicted slope carried over: one call a step, as torchdiffeq runs it",
    .cite = "torchdiffeq", .order = 2, RK_CARRY(trapezoid, 2), EMBEDDED, .chained = 1,
};
