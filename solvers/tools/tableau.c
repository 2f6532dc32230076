/* One step of any explicit Runge-Kutta method (tableau.h). */
#include "solvers/tools/tableau.h"

int rk_stages(run *r, const tableau *m, const level *a, const level *b, const double *x, double *y, double *const *k,
              int known)
{
    const double *row = m->a;

    if (!known && eval_drift(r, a, x, k[0]))
        return -1;
    for (int i = 1; i < m->stages; row += i++) {
        stage(r, a, b, y, x, i, row, k);
        if (m->c[i] < 1 && m->c[i] != m->c[i - 1])
            between_t(r, a, b, m->c[i], r->mid);
        if (eval_drift(r, m->c[i] < 1 ? r->mid : b, y, k[i]))
            return -1;
    }
    if (m->b)
        stage(r, a, b, y, x, m->stages, m->b, k);
    return 0;
}

/* The slope that is carried over is written to w[0] and found in w[1]. */
void rk_slopes(const run *r, const tableau *m, double **k)
{
    for (int i = 0; i < m->stages; i++)
        k[i] = r->w[m->carry ? (i + 1) % m->stages : i];
}

int rk_step(run *r, const level *a, const level *b, const double *x, double *y)
{
    const tableau *m = r->sol->data;
    double *k[RK_STAGES];

    rk_slopes(r, m, k);
    if (rk_stages(r, m, a, b, x, y, k, m->carry && r->k > 0))
        return -1;
    if (r->err)
        stage(r, a, b, r->err, NULL, m->stages, m->e, k);
    return 0;
}
