/*
 * Solves of many rows from levels of their own, in lockstep: groups of one row, each keyed by its row and its step, so
 * that a slot draws the noise that the serial run draws there.
 */
#include <float.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/noise/noise.h"
#include "solvers/methods/parallel/slots.h"

/* The draws of a step, which recorded noise is counted by. */
static int count_draws(slots *s, const drive *v, int inner)
{
    const method *m = v->step.how->inner[inner];
    plan p = *v->plan;
    int taken = slots_steps(m->sol, p.steps, p.grid);
    tally t;

    s->draws = 0;
    if (!method_stochastic(m) || noise_is_fresh(p.noise) || !taken)
        return 0;
    p.how = m;
    if (dry_run(&p, &t))
        return FAILED;
    s->draws = t.draws / taken;
    return t.draws % taken
        ? fail("%s: %s does not draw equally often in each step, and recorded noise is used in the order of a serial "
               "run; leave it out",
                                    v->step.sol->name, m->sol->name) : 0;
}

int slots_open(slots *s, drive *v, int inner, int room)
{
    const run *r = &v->step;
    size_t states = (size_t)room * r->dim * sizeof *s->x, bytes;
    char *at;

    *s = (slots){ .room = room, .rings = restarts(r->how->inner[inner]->sol) ? MAX_PAST + 2 : 2 };
    bytes = 2 * states + room * (s->rings * sizeof **s->ring + sizeof *s->s);
    if (!(at = s->workspace = malloc(bytes)))
        return fail("%s: out of memory: %zu bytes for %d solves at once; take a smaller window", r->sol->name, bytes,
                    room);
    v->bytes += bytes;
    s->x = (double *)at, at += states;
    s->y = (double *)at, at += states;
    for (int i = 0; i < s->rings; i++, at += room * sizeof **s->ring)
        s->ring[i] = (level *)at;
    s->s = (slot *)at;
    return count_draws(s, v, inner);
}

void slots_close(slots *s) { free(s->workspace); }

/* The longest first, so that those which still run are the first groups. */
static int sort(slots *s)
{
    slot *end = s->s + s->n;
    int most = 0, front = 0;

    for (slot *i = s->s; i < end; i++)
        most = i->steps > most ? i->steps : most;
    for (int i = 0; i < s->n; i++)
        if (s->s[i].steps == most) {
            slot swap = s->s[front];

            s->s[front++] = s->s[i], s->s[i] = swap;
        }
    return most;
}

static const level *boundary(const slot *s, const level *grid,
                             int j) { return grid + s->first + (long)(s->last - s->first) * j / s->steps; }

int slots_run(slots *s, drive *v, int inner, const level *grid)
{
    drive *own = drive_inner(v, inner);
    run *in = &own->step;
    size_t dim = in->dim;
    int most = sort(s), n = s->n, status = 0;
    double *from = s->x, *to = s->y, *swap;

    in->groups = n, in->rows = 1, in->k = 0;
    EACH_GROUP(in, g) {
        memcpy(from + g * dim, s->s[g].from, dim * sizeof *from);
        s->ring[0][g] = grid[s->s[g].first];
    }
    for (int j = 0; j < most && !status; j++) {
        level *a = s->ring[j % s->rings], *b = s->ring[(j + 1) % s->rings];

        while (in->groups > 0 && s->s[in->groups - 1].steps <= j)
            in->groups--;
        EACH_GROUP(in, g) {
            long step = boundary(&s->s[g], grid, j) - grid;

            b[g] = *boundary(&s->s[g], grid, j + 1);
            own->group[g] = (group){ .row = v->group->row + s->s[g].row, .step = step, .nth = step * s->draws };
        }
        own->draws = 0;
        status = in->sol->step(in, a, b, from, to);
        shift_history(own, a);
        swap = from, from = to, to = swap;
        EACH_GROUP(in, g)
            if (s->s[g].steps == j + 1)
                memcpy(s->s[g].to, from + g * dim, dim * sizeof *from);
    }
    s->n = 0;
    return status;
}

int slots_steps(const solver *s, int steps, const level *grid) { return grid[steps].sigma == 0 && s->never & SIGMA_0
                                                                 ? steps - 1 : steps; }

int slots_finish(drive *v, int taken, int steps, const level *grid, double *x)
{
    if (taken == steps)
        return 0;
    if (denoise(v, grid + taken, grid + steps, x, v->y))
        return FAILED;
    memcpy(x, v->y, (size_t)v->step.rows * v->step.dim * sizeof *x);
    return 0;
}

static void share(drive *v, const team *t)
{
    v->team = t->of, v->members = t->n;
    for (int i = 0; i < v->step.sol->inners; i++)
        share(drive_inner(v, i), t);
}

int team_open(team *t, drive *v, int rows)
{
    const score *f = v->plan->field;
    int most = sizeof t->of / sizeof *t->of, n = omp_in_parallel() || f->serial ? 1 : omp_get_max_threads();

    *t = (team){ .n = 1, .of = { (score *)v->field } };
    for (n = n < most ? n : most; t->n < n; t->n++)
        if (!(t->of[t->n] = f->thread_copy ? f->thread_copy(f->self, rows) : (score *)v->field))
            return FAILED;
        else
            t->own = f->thread_copy != NULL;
    share(v, t);
    return 0;
}

void team_close(team *t)
{
    for (int i = 1; i < t->n && t->own; i++)
        field_close(t->of[i]);
}

void slots_residual(const drive *v, int iteration, double value)
{
    double *at = v->plan->residual;

    if (!at || iteration > v->plan->steps)
        return;
    #pragma omp critical(fokker_residual)
    at[iteration] = value > at[iteration] ? value : at[iteration];
}

double rms_apart(int dim, const double *a, const double *b)
{
    double sum = 0;

    for (int d = 0; d < dim; d++)
        sum += (a[d] - b[d]) * (a[d] - b[d]);
    return sqrt(sum / dim);
}

int slots_check(const method *m, const plan *p, int inner, int slice, const char *what)
{
    const method *in = m->inner[inner];
    const char *own = m->sol->name, *name = in->sol->name;

    if (in->sol->serial_reference)
        return fail("%s: %s%s is parallel in time itself; wrap a plain method such as ddim", own, what, name);
    if (!in->sol->step || in->sol->adapts)
        return fail("%s: %s%s chooses its own steps and cannot be cut into slices; wrap a method of fixed steps such "
                    "as ddim", own, what, name);
    if (method_couples(in))
        return fail("%s: %s%s takes norms over the batch, and here every row stands alone; leave norm=batch out", own,
                    what, name);
    if (restarts(in->sol) && slice < 2)
        return fail("%s: %s%s needs the steps before and would restart in each step; give slice=2 or more, or wrap a "
                    "one-step method such as ddim", own,
                    what, name);
    if (restarts(in->sol) && method_role(in, ROLE_LAST, LAST_FULL) != LAST_FULL)
        return fail("%s: %s%s: last counts the steps of a whole run, which is cut here; leave it out", own, what, name);
    return 0;
}

const method *method_serial(const method *m, int steps, method *room)
{
    int slice = (int)method_role(m, ROLE_SLICE, 0), window = (int)method_role(m, ROLE_WINDOW, 1);
    const method *in = m->sol->serial_reference ? m->inner[m->sol->serial_reference - 1] : m;

    if (!m->sol->serial_reference || !restarts(in->sol))
        return in;
    *room = (method){ .sol = &solver_picard,
                      .par = { [SLOTS_WINDOW] = 1, [SLOTS_SLICE] = slice > 0 ? slice : (steps + window - 1) / window },
                      .inner = { (method *)in } };
    return room;
}
