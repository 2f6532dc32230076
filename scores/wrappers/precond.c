/*
 * precond: the preconditioning of a raw network F (Karras et al. 2022, eq. 7 and table 1), with s = sigma/alpha:
 *   D(x) = c_skip x/alpha + c_out F(c_in x/alpha; c_noise)
 *     edm   c_skip = d^2/(s^2 + d^2),  c_out = s d/sqrt(s^2 + d^2),  c_in = 1/sqrt(s^2 + d^2),  c_noise = log(s)/4
 *     ve    1, s, 1, log(s/2)
 * The network is told c_noise for t; it finds alpha and sigma of the state's own level.
 */
#include <math.h>
#include <string.h>
#include "base/fail.h"
#include "scores/wrappers/precond.h"
#include "scores/wrap.h"

enum { DATA_STD, KIND };
enum { EDM, VE };

factors precond_at(const args *given, const level *l)
{
    double s = l->sigma / l->alpha, d = given->v[DATA_STD], r = hypot(s, d);

    if (given->v[KIND] == VE)
        return (factors){ 1 / l->alpha, s, 1 / l->alpha, log(s / 2) };
    return (factors){ d / r * (d / r) / l->alpha, s * (d / r), 1 / (l->alpha * r), log(s) / 4 };
}

/* The batch as the raw network gets it, and unless v is NULL the tangents in w->work[1]. */
static int ask_raw(wrapped *w, const batch *p, const double *v, batch *q)
{
    size_t each = (size_t)p->rows * w->inner->dim;

    if (wrap_room(w, p))
        return -1;
    *q = *p;
    q->at = w->at, q->x = w->work[0];
    for (int g = 0; g < p->groups; g++) {
        factors c = precond_at(&w->given, &p->at[g]);

        w->at[g] = p->at[g];
        w->at[g].t = c.noise;
        for (size_t i = g * each; i < (g + 1) * each; i++)
            w->work[0][i] = c.in * p->x[i];
        for (size_t i = g * each; v && i < (g + 1) * each; i++)
            w->work[1][i] = c.in * v[i];
    }
    return 0;
}

/* out = c_skip x + c_out out */
static void put_together(const wrapped *w, const batch *p, const double *x, double *out)
{
    size_t each = (size_t)p->rows * w->inner->dim;

    for (int g = 0; g < p->groups; g++) {
        factors c = precond_at(&w->given, &p->at[g]);

        for (size_t i = g * each; i < (g + 1) * each; i++)
            out[i] = fma(c.skip, x[i], c.out * out[i]);
    }
}

static int eval(wrapped *w, const batch *p, double *out)
{
    batch q;

    if (ask_raw(w, p, NULL, &q) || ask_eval(w->inner, &q, out))
        return -1;
    put_together(w, p, p->x, out);
    return 0;
}

static int jvp(wrapped *w, const batch *p, const double *v, double *out, double *jv)
{
    batch q;

    if (ask_raw(w, p, v, &q) || ask_jvp(w->inner, &q, w->work[1], out, jv))
        return -1;
    put_together(w, p, p->x, out);
    put_together(w, p, v, jv);
    return 0;
}

static int divergence(wrapped *w, const batch *p, double *out, double *div)
{
    batch q;

    if (ask_raw(w, p, NULL, &q) || ask_divergence(w->inner, &q, out, div))
        return -1;
    put_together(w, p, p->x, out);
    for (int i = 0; i < p->groups * p->rows; i++) {
        factors c = precond_at(&w->given, &p->at[i / p->rows]);

        div[i] = c.skip * w->inner->dim + c.out * c.in * div[i];
    }
    return 0;
}

static const wrapping how = { .name = "precond", .eval = eval, .jvp = jvp, .divergence = divergence, .work = 2 };

static score *open(score *inner, const process *proc, const args *given)
{
    return wrap_open(&how, inner, PREDICTS_DATA, proc, given);
}

const wrapper wrapper_precond = {
    .name = "precond", .about = "the preconditioning around a raw network: c_skip, c_out, c_in, c_noise",
    .cite = "Karras et al. 2022, arXiv:2206.00364, table 1",
    .par = { [DATA_STD] = { "data", "standard deviation of the data, sigma_data", NULL, 0.5, 1e-12, 1e12 },
             [KIND] = { "kind", "whose factors", "edm ve", EDM } },
    .open = open,
};

int precond_parse(args *given, const char *where, const char *item)
{
    char name[MAX_NAME];
    const char *list;

    if (item_split(where, item, name, &list))
        return -1;
    if (strcmp(name, wrapper_precond.name))
        return fail("%s: a network is trained inside of precond alone; give wrap = precond:data=0.5, and %s in "
                    "[score]", where, name);
    return args_parse(given, where, name, wrapper_precond.par, list);
}
