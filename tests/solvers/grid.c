/* A grid visits the times that its formula or its library says, ends where the process ends, and falls. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "tests/suite.h"
#include "tests/support/visits.h"

static const char *const every[] = { "vp-linear", "vp-cosine", "sub-vp", "vp-discrete", "ve", "edm", "flow",
                                     "flow:shift=3", "flow:t_min=0", "edm:t_min=0" };
enum { EVERY = sizeof every / sizeof *every };

static void ddpm_spacings_are_those_of_diffusers(void)
{
    const double linspace[] = { 999, 888, 777, 666, 555, 444, 333, 222, 111, 0, -1 },
        leading[] = { 900, 800, 700, 600, 500, 400, 300, 200, 100, 0, -1 };
    const double offset[] = { 901, 801, 701, 601, 501, 401, 301, 201, 101, 1, -1 },
        trailing[] = { 999, 899, 799, 699, 599, 499, 399, 299, 199, 99, -1 };
    const double linspace4[] = { 999, 666, 333, 0 }, leading7[] = { 852, 710, 568, 426, 284, 142, 0 },
        trailing7[] = { 999, 856, 713, 570, 428, 285, 142 };
    const double linspace3[] = { 999, 500, 0 }, trailing16[] = { 999, 937, 874, 811 },
        short5[] = { 199, 159, 119, 79, 39 };

    times_are("vp-discrete", "ddpm-linspace", 10, DENOISE, 11, linspace);
    times_are("vp-discrete", "ddpm-leading", 10, DENOISE, 11, leading);
    times_are("vp-discrete", "ddpm-leading:offset=1", 10, DENOISE, 11, offset);
    times_are("vp-discrete", "ddpm-trailing", 10, DENOISE, 11, trailing);
    times_are("vp-discrete", "ddpm-linspace", 4, DENOISE, 4, linspace4);
    times_are("vp-discrete", "ddpm-leading", 7, DENOISE, 7, leading7);
    times_are("vp-discrete", "ddpm-trailing", 7, DENOISE, 7, trailing7);
    times_are("vp-discrete", "ddpm-linspace", 3, DENOISE, 3, linspace3);       /* 499.5 to even */
    /* 937.5 and 812.5 to even, then less 1 */
    times_are("vp-discrete", "ddpm-trailing", 16, DENOISE, 4, trailing16);
    times_are("vp-discrete:T=200", "ddpm-trailing", 5, DENOISE, 5, short5);
    times_are("vp-discrete:t_max=199", "ddpm-trailing", 5, DENOISE, 5, short5);
}

static void ddpm_spacings_without_denoising_end_at_t_min(void)
{
    const double offset[] = { 901, 801, 701, 601, 501, 401, 301, 201, 101, 1, 0 },
        trailing[] = { 999, 899, 799, 699, 599, 499, 399, 299, 199, 99, 0 };
    const double linspace[] = { 999, 888, 777, 666, 555, 444, 333, 222, 111, 0 },
        leading[] = { 900, 800, 700, 600, 500, 400, 300, 200, 100, 0 };

    times_are("vp-discrete", "ddpm-leading:offset=1", 10, 0, 11, offset);
    times_are("vp-discrete", "ddpm-trailing", 10, 0, 11, trailing);
    times_are("vp-discrete", "ddpm-linspace", 9, 0, 10, linspace);
    times_are("vp-discrete", "ddpm-leading", 9, 0, 10, leading);
}

static void ddpm_spacings_on_a_continuous_process_are_its_limit(void)
{
    const double linspace[] = { 1, .889, .778, .667, .556, .445, .334, .223, .112, .001, 0 },
        trailing[] = { 1, .9, .8, .7, .6, .5, .4, .3, .2, .1, .001 };
    const double small[] = { 1, 0.5005, 0.001 }, five[] = { 1, 0.75025, 0.5005, 0.25075, 0.001 };

    times_are("vp-linear", "ddpm-linspace", 10, DENOISE, 11, linspace);
    times_are("vp-linear", "ddpm-trailing", 10, 0, 11, trailing);
    times_are("vp-linear", "ddpm-trailing:T=5", 4, 0, 5, five);
    times_are("vp-linear", "ddpm-linspace:T=3", 2, 0, 3, small);
}

static void karras_is_that_of_k_diffusion_on_every_process(void)
{
    for (int k = 0; k < EVERY; k++) {
        level *l = visit(every[k], "karras:rho=5,smin=0.03,smax=14.6", 18, DENOISE);

        if (!strstr(every[k], "t_min=0") && !must(!l))
            for (int i = 0; i < 18; i++) {
                double ramp = i / 17., s = pow(pow(14.6, 1 / 5.) + ramp * (pow(0.03, 1 / 5.) - pow(14.6, 1 / 5.)), 5);

                near(l[i].sigma / l[i].alpha, s, 1e-12 * s);
            }
        free(l);
    }
}

static void edm_takes_the_karras_grid_unless_told(void)
{
    double t[18];

    for (int i = 0; i < 18; i++)
        t[i] = pow(pow(80, 1 / 7.) + i / 17. * (pow(0.002, 1 / 7.) - pow(80, 1 / 7.)), 7);
    times_are("edm", NULL, 17, 0, 18, t);
    times_are("edm", "", 18, DENOISE, 18, t);
    near(t[1], 57.58598, 1e-5);                             /* as printed in the EDM authors' example of 18 steps */
}

static void lambda_is_the_default_and_uniform_in_the_log_snr(void)
{
    level *l = visit("vp-linear", NULL, 12, 0), *e = visit("vp-linear", "exponential", 12, 0),
        *q = visit("vp-linear", "polyexponential:rho=1.5", 12, 0);

    if (!must(!l || !e || !q))
        for (int i = 0; i <= 12; i++) {
            near(l[i].lambda, l[0].lambda + i / 12. * (l[12].lambda - l[0].lambda), 1e-13);
            near(e[i].t, l[i].t, 0);
            near(q[i].lambda, l[12].lambda + pow(1 - i / 12., 1.5) * (l[0].lambda - l[12].lambda), 1e-13);
        }
    free(l), free(e), free(q);
}

static void grids_in_t_follow_their_formulas(void)
{
    double uniform[9], quadratic[9], cosine[9];

    for (int i = 0; i < 9; i++) {
        uniform[i] = 1 - i / 8. * 0.999;
        quadratic[i] = pow(1 + i / 8. * (sqrt(0.001) - 1), 2);
        cosine[i] = 0.001 + 0.999 * cos(i * acos(-1) / 16);
    }
    times_are("vp-linear", "uniform", 8, 0, 9, uniform);
    times_are("vp-linear", "quadratic", 8, 0, 9, quadratic);
    times_are("vp-linear", "cosine", 8, 0, 9, cosine);
}

/* Stable Diffusion 3: t uniform, then s t/(1 + (s - 1) t); the last is 1e-3 already shifted. */
static void shift_is_that_of_flow_models(void)
{
    double t[9], first = 1e-3 / (3 - 2e-3);

    for (int i = 0; i < 9; i++) {
        double u = 1 + i / 8. * (first - 1);

        t[i] = 3 * u / (1 + 2 * u);
    }
    times_are("flow", "shift:s=3", 8, 0, 9, t);
    for (int i = 0; i < 9; i++)
        t[i] = 1 - i / 8. * 0.999;
    times_are("flow", "shift:s=1", 8, 0, 9, t);
}

/* sigma/alpha of the levels that an item visits on a process. */
static void ratios_are(const char *process_item, const char *item, int steps, int denoise, int n, const double *s,
                       double tolerance)
{
    level *l = visit(process_item, item, steps, denoise);

    if (must(!l))
        return;
    for (int i = 0; i < n; i++)
        near(l[i].sigma / l[i].alpha, s[i], tolerance * s[i]);
    free(l);
}

/* What diffusers' multistep schedulers list with use_flow_sigmas and flow_shift = 2: the flow time before the shift
 * runs from 0.999 to 0, or (UniPC) from 1, of which the first sigma is kept below 1, to 0.001, which gives way to 0. */
static void shift_takes_its_ends_before_the_shift_too(void)
{
    const double dpm[] = { 0.99949974987493739, 0.94686956979621928, 0.88839484215206765, 0.82304478314600127,
                           0.74953107415280729, 0.66622207402467493,
                           0.57102029151186051, 0.46118335000384714, 0.33305550925154187, 0.1816528775343213, 0 };
    const double unipc[] = { 0.99999899999999997, 0.94742381979895796, 0.88901233196311524, 0.82373698759042513,
                             0.7503124218945264, 0.66711096301232919,
                             0.57204055404826504, 0.4623664180825709, 0.33444370419720182, 0.18330456898900899, 0 };

    times_are("flow:t_min=0", "shift:s=2,from=0.999", 10, DENOISE, 11, dpm);
    times_are("flow:t_min=0", "shift:s=2,from=0.999,skip=1", 9, 0, 10, dpm);
    times_are("flow:t_max=0.999999", "shift:s=2,from=1,to=0.001,skip=1", 10, DENOISE, 10, unipc);
    visit_refused("flow", "shift:from=0.2,to=0.3", 10, 0);
    says("to below from");
}

/* As printed by the authors; diffusers ships the indices of Stable Diffusion's chain that they stand for. */
#define STABLE "vp-discrete:betas=scaled-linear,beta_min=0.00085,beta_max=0.012"
static const double sd15[] = { 14.6146412293, 6.4745760956, 3.8636745985, 2.6946151520, 1.8841921177, 1.3943805092,
                               0.9642583904, 0.6523686016,
                               0.3977456272, 0.1515232662, 0.0291671582 };
static const double sdxl[] = { 14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141,
                               0.5550693289, 0.3798540708,
                               0.2332364134, 0.1114188177, 0.0291671582 };
static const double svd[] = { 700, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002 };

static void align_your_steps_is_the_published_table_for_ten_steps(void)
{
    const double sd15_at[] = { 999, 850, 736, 645, 545, 455, 343, 233, 124, 24, 0 },
        sdxl_at[] = { 999, 845, 730, 587, 443, 310, 193, 116, 53, 13, 0 };
    double s[11];

    ratios_are("edm:t_min=0.0291671582,t_max=14.6146412293", "ays", 10, 0, 11, sd15, 1e-14);
    ratios_are("edm:t_min=0.0291671582,t_max=14.6146412293", "ays:table=sdxl", 10, DENOISE, 10, sdxl, 1e-14);
    ratios_are("edm:t_min=0.002,t_max=700", "ays:table=svd", 10, 0, 11, svd, 1e-14);
    ratios_are(STABLE, "ays:table=sdxl", 10, 0, 11, sdxl, 1e-8);
    for (int k = 0; k < 2; k++) {
        process *p = process_open("test", STABLE);
        level l[11];

        levels(p, 11, k ? sdxl_at : sd15_at, l);
        for (int i = 0; i < 11; i++)
            s[i] = l[i].sigma / l[i].alpha;
        ratios_are(STABLE, k ? "ays:table=sdxl" : "ays", 10, 0, 11, s, 1e-9);
        process_close(p);
    }
}

static void align_your_steps_is_log_linear_between_and_stays_inside(void)
{
    double twenty[21], five[6], few[9];

    for (int i = 0; i <= 20; i++)
        twenty[i] = i % 2 ? sqrt(svd[i / 2] * svd[i / 2 + 1]) : svd[i / 2];
    for (int i = 0; i <= 5; i++)
        five[i] = sdxl[2 * i];
    ratios_are("edm:t_min=0.002,t_max=700", "ays:table=svd", 20, 0, 21, twenty, 1e-14);
    ratios_are("edm:t_min=0.002,t_max=700", "ays:table=svd", 20, DENOISE, 20, twenty, 1e-14);
    ratios_are(STABLE, "ays:table=sdxl", 5, DENOISE, 5, five, 1e-8);
    memcpy(twenty, sd15, sizeof sd15);
    twenty[0] = 80, twenty[10] = 0.002;                     /* a wider process: its own ends */
    ratios_are("edm", "ays", 10, 0, 11, twenty, 1e-14);
    memcpy(few, svd + 2, sizeof few);
    few[0] = 10;                                            /* a narrower one: the values that lie inside */
    ratios_are("edm:t_max=10", "ays:table=svd", 8, 0, 9, few, 1e-14);
}

static void an_infinite_end_is_kept_and_the_rest_begins_at_the_limit(void)
{
    level *l = visit("flow", "lambda:limit=6", 10, 0), *both = visit("flow:t_min=0", "lambda", 10, DENOISE),
        *two = visit("flow:t_min=0", "lambda", 2, 0);

    if (!must(!l || !both || !two)) {
        CU_ASSERT(l[0].t == 1 && l[0].alpha == 0 && both[0].t == 1 && both[10].t == 0 && both[10].sigma == 0);
        for (int i = 1; i <= 10; i++)
            near(l[i].lambda, -6 + (i - 1) / 9. * (l[10].lambda + 6), 1e-12);
        for (int i = 1; i < 10; i++)
            near(both[i].lambda, -5 + (i - 1) / 8. * 10, 1e-12);
        near(two[1].lambda, 0, 1e-15);
    }
    free(l), free(both), free(two);
}

static void every_grid_falls_and_has_the_ends_of_the_process(void)
{
    for (int k = 0; k < EVERY; k++)
        for (int g = 0; g < grids(); g++)
            for (int steps = 1; steps < 60; steps += 1 + steps / 2)
                for (int denoise = 0; denoise < 2; denoise++) {
                    const grid *kind = grid_at(g);
                    process *p = process_open("test", every[k]);
                    level clean = level_clean(p), *l;

                    if (!kind->points && !(kind->open_end && steps < 3)
                        && !must(!(l = visit(every[k], kind->name, steps, denoise)))) {
                        if (strcmp(kind->name, "ddpm-leading"))
                            CU_ASSERT(l[0].t == p->t_max);
                        CU_ASSERT(denoise ? !memcmp(&l[steps], &clean, sizeof clean) : l[steps].t == p->t_min);
                        for (int i = 0; i < steps; i++)
                            CU_ASSERT(l[i + 1].lambda > l[i].lambda);
                        if (denoise && steps > 1 && !kind->open_end && p->t_min > p->t_low)
                            CU_ASSERT(l[steps - 1].t == p->t_min);
                        free(l);
                    }
                    process_close(p);
                }
}

static void a_grid_can_begin_and_end_elsewhere_and_go_back(void)
{
    int steps = 6;
    level *down = visit_from("vp-linear", "karras", &steps, 0, 0.5, 0.01),
        *up = visit_from("vp-linear", "karras", &steps, 0, 0.01, 0.5);

    if (!must(!down || !up))
        for (int i = 0; i <= steps; i++)
            CU_ASSERT(!memcmp(&down[i], &up[steps - i], sizeof *up));
    CU_ASSERT(down && down[0].t == 0.5 && down[6].t == 0.01);
    free(down), free(up);
    CU_ASSERT(!visit_from("vp-linear", "karras", &steps, DENOISE, 0.01, 0.5));
    says("way to noise");
    CU_ASSERT(!visit_from("vp-linear", "karras", &steps, 0, 1.5, NAN));
    says("t = 1.5", "from 0 to 1", "bring it inside");
    CU_ASSERT(!visit_from("vp-linear", "karras", &steps, 0, 0.5, 0.5));
    says("two different times");
}

static const test_case tests[] = {
    { "DDPM spacings are those of diffusers", ddpm_spacings_are_those_of_diffusers },
    { "DDPM spacings without denoising end at t_min", ddpm_spacings_without_denoising_end_at_t_min },
    { "DDPM spacings on a continuous process are its limit", ddpm_spacings_on_a_continuous_process_are_its_limit },
    { "karras is that of k-diffusion on every process", karras_is_that_of_k_diffusion_on_every_process },
    { "edm takes the karras grid unless told", edm_takes_the_karras_grid_unless_told },
    { "lambda is the default and uniform in the log-SNR", lambda_is_the_default_and_uniform_in_the_log_snr },
    { "grids in t follow their formulas", grids_in_t_follow_their_formulas },
    { "shift is that of flow models", shift_is_that_of_flow_models },
    { "shift takes its ends before the shift too", shift_takes_its_ends_before_the_shift_too },
    { "Align Your Steps is the published table for ten steps", align_your_steps_is_the_published_table_for_ten_steps },
    { "Align Your Steps is log-linear between, and stays inside",
      align_your_steps_is_log_linear_between_and_stays_inside },
    { "an infinite end is kept and the rest begins at the limit",
      an_infinite_end_is_kept_and_the_rest_begins_at_the_limit },
    { "every grid falls and has the ends of the process", every_grid_falls_and_has_the_ends_of_the_process },
    { "a grid can begin and end elsewhere, and go back", a_grid_can_begin_and_end_elsewhere_and_go_back },
    { 0, 0 },
};
const test_table table_grid = { "grid", tests };
