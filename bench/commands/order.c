/* fokker order: the claim of every solver, measured.
 * Solvers x processes x grids x kinds, each measurement on one thread. */
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include "bench/options.h"
#include "bench/orders/order.h"
#include "bench/report/draw.h"
#include "base/shell.h"
#include "bench/watch.h"
#include "base/files/lock.h"
#include "base/files/target.h"

enum { ROWS = 256, MAX_ARENAS = 32, MAX_GRIDS = 3 };
static const effort full_effort = { .least = 64, .most = 2048, .limit = 8192, .paths = 20000, .path_steps = 256 };
/* --all: thousands of claims in minutes */
static const effort wide_effort = { .least = 64, .most = 1024, .limit = 8192, .paths = 20000, .path_steps = 256 };
static const char *const every_grid[MAX_GRIDS] = { "lambda", "karras", "uniform" };

/* One measurement. */
typedef struct task { const method *how; finding f, guard; } task;

typedef struct order_job {
    order_ground ground;
    arena arena[MAX_ARENAS]; int arenas;
    method *how[MAX_WORDS]; const char *name[MAX_WORDS]; char item[MAX_WORDS][64]; int methods;
    task *task; int tasks;
    lock held;                              /* the folder of the results */
} order_job;

/* A solver that wraps others is tried around heun. */
static method *zoo_method(const solver *s, char *item, size_t size)
{
    snprintf(item, size, "%s", s->name);
    for (int i = 0; i < s->inners; i++)
        snprintf(item + strlen(item), size - strlen(item), "/heun");
    return method_parse("order", item);
}

static int open_methods(order_job *j, const request *r)
{
    int n = r->words ? r->words : solvers();

    for (; j->methods < n; j->methods++) {
        int i = j->methods;

        j->how[i] = r->words ? method_parse("order", r->word[i])
            : zoo_method(solver_at(i), j->item[i], sizeof j->item[i]);
        j->name[i] = r->words ? r->word[i] : j->item[i];
        if (!j->how[i])
            return -1;
    }
    return 0;
}

static int needs_a_file(const process *p)
{
    for (int i = 0; i < MAX_PARAM && p->par[i].name; i++)
        if (p->par[i].choices && !strcmp(p->par[i].choices, PATH) && isnan(p->par[i].def))
            return 1;
    return 0;
}

static int open_arenas(order_job *j, const request *r)
{
    static const char *const usual[] = { "vp-linear", "edm" };
    const char *asked = option_text(r, "process");
    const char *on = option_text(r, "grid");
    int all = option_text(r, "all") != NULL, n = asked ? 1 : all ? process_kinds() : 2;

    for (int i = 0; i < n && j->arenas < MAX_ARENAS; i++) {
        if (!asked && all && needs_a_file(process_kind(i)))
            continue;
        if (arena_open(&j->arena[j->arenas], &j->ground, asked ? asked : all ? process_kind(i)->name : usual[i], ROWS,
                       on ? 1 : MAX_GRIDS, on ? &on : every_grid))
            return -1;
        j->arenas++;
    }
    return 0;
}

static void add(order_job *j, const arena *a, int which, const char *on, enum kind kind)
{
    const finding f = { .solver = j->name[which], .arena = a, .grid = on, .kind = kind };

    j->task[j->tasks++] = (task){ .how = j->how[which], .f = f, .guard = f };
}

/* What one method claims on one process.  Paths cost least on a grid even in lambda, whose levels
 * are the tree's own nodes. */
static void add_claims(order_job *j, const request *r, const arena *a, int which)
{
    const method *m = j->how[which];
    const char *asked = option_text(r, "grid"), *usual = strcmp(a->proc->name, "edm") ? "lambda" : "karras";
    int n = !asked && option_text(r, "all") ? MAX_GRIDS : 1;

    for (int i = 0; i < n && !m->sol->adapts && method_order(m) > 0; i++)
        add(j, a, which, asked ? asked : n > 1 ? every_grid[i] : usual, method_stochastic(m) ? KIND_WEAK : KIND_ODE);
    if ((m->sol->adapts || m->sol->embedded) && !method_stochastic(m))
        add(j, a, which, "-", KIND_TOL);
    if (method_stochastic(m) && !m->sol->adapts && (method_order(m) > 0 || m->sol->strong > 0))
        add(j, a, which, asked ? asked : "lambda", KIND_STRONG);
}

static int open_job(order_job *j, const request *r)
{
    schedule s;
    const char *folder = option_text(r, "output");

    if (open_methods(j, r) || ground_open(&j->ground) || open_arenas(j, r))
        return -1;
    if (option_text(r, "grid")) {
        if (schedule_parse(&s, "--grid", option_text(r, "grid"), j->arena[0].proc, 0))
            return -1;
        schedule_free(&s);
    }
    if (!(j->task = malloc((size_t)j->methods * j->arenas * (MAX_GRIDS + 2) * sizeof *j->task)))
        return fail("order: out of memory");
    for (int m = 0; m < j->methods; m++)
        for (int a = 0; a < j->arenas; a++)
            add_claims(j, r, &j->arena[a], m);
    return folder ? lock_folder(&j->held, folder) : 0;
}

static void close_job(order_job *j)
{
    for (int i = 0; i < j->arenas; i++)
        arena_close(&j->arena[i]);
    for (int i = 0; i < j->methods; i++)
        method_free(j->how[i]);
    ground_close(&j->ground);
    lock_free(&j->held);
    free(j->task);
    free(j);
}

static int (*const measure[KINDS])(finding *, const method *, const effort *) = { order_ode, order_tol, order_weak,
        NULL };

static void run_all(order_job *j, const effort *e, int quiet)
{
    long done = 0;
    watch *w = watch_open("claims", j->tasks, &done, quiet);

    watch_hold(1);

    #pragma omp parallel for schedule(dynamic, 1)
    for (int i = 0; i < j->tasks; i++) {
        task *t = &j->task[i];

        if (watch_stopped)
            continue;
        if (t->f.kind == KIND_STRONG)
            order_strong(&t->f, &t->guard, t->how, e);
        else
            measure[t->f.kind](&t->f, t->how, e);
        #pragma omp atomic
        done++;
    }
    watch_close(w);
}

/* A weak order that the paths refute is refuted; a solver that claims no strong order keeps no row of it, nor what
 * Ctrl-C kept from its turn. */
static void conclude(order_job *j)
{
    int n = 0;

    for (int i = 0; i < j->tasks; i++) {
        const task *strong = &j->task[i];

        for (int k = 0; k < j->tasks && strong->f.kind == KIND_STRONG && strong->guard.verdict == VERDICT_REFUTED;
             k++) {
            finding *weak = &j->task[k].f;

            if (weak->kind != KIND_WEAK || j->task[k].how != strong->how || weak->arena != strong->f.arena)
                continue;
            weak->slope = strong->guard.slope, weak->ladder = strong->guard.ladder, weak->verdict = VERDICT_REFUTED;
            weak->t_from = strong->guard.t_from, weak->t_to = strong->guard.t_to;
            snprintf(weak->from, sizeof weak->from, "paths on %.40s", strong->guard.from);
        }
    }
    for (int i = 0; i < j->tasks; i++)
        if (j->task[i].f.most > 0 && (j->task[i].f.kind != KIND_STRONG || j->task[i].how->sol->strong > 0))
            j->task[n++] = j->task[i];
    j->tasks = n;
}

static void print_tsv(FILE *out, const order_job *j)
{
    fputs("solver\tprocess\tgrid\tkind\tclaimed\tmeasured\tlo\thi\tt_from\tt_to\tverdict\n", out);
    for (int i = 0; i < j->tasks; i++) {
        const finding *f = &j->task[i].f;

        fprintf(out, "%s\t%s\t%s\t%s\t%g\t%.4f\t%.4f\t%.4f\t%.6g\t%.6g\t%s\n", f->solver, f->arena->proc->name,
                f->grid, kind_names[f->kind],
                f->claimed, f->slope.value, f->slope.lo, f->slope.hi, f->t_from, f->t_to, verdict_names[f->verdict]);
    }
}

static void print_rungs(FILE *out, const order_job *j)
{
    fputs("solver\tprocess\tgrid\tkind\tclaimed\tmeasured\tfrom\th\terror\tfitted\tfamily\n", out);
    for (int i = 0; i < j->tasks; i++) {
        const finding *f = &j->task[i].f;
        const char *family = solver_family(j->task[i].how->sol);

        for (int k = 0; k < f->ladder.count; k++)
            fprintf(out, "%s\t%s\t%s\t%s\t%g\t%.4f\t%s\t%.6g\t%.6g\t%d\t%s\n", f->solver, f->arena->proc->name,
                    f->grid, kind_names[f->kind], f->claimed,
                    f->slope.value, f->from, f->ladder.h[k], f->ladder.error[k], f->ladder.used[k], family);
    }
}

static void print_table(const order_job *j)
{
    printf("%-24s %-12s %-8s %-6s %7s  %-24s %s\n", "solver", "process", "grid", "kind", "claimed", "measured, 95 %",
           "verdict");
    for (int i = 0; i < j->tasks; i++) {
        const finding *f = &j->task[i].f;
        char interval[64];

        snprintf(interval, sizeof interval, "%5.2f [%.2f, %.2f]", f->slope.value, f->slope.lo, f->slope.hi);
        printf("%-24s %-12s %-8s %-6s %7g  %-24s %s\n", f->solver, f->arena->proc->name, f->grid, kind_names[f->kind],
               f->claimed, interval,
               verdict_names[f->verdict]);
        if (*f->note) {
            printf("    %s\n", f->note);
            continue;
        }
        printf("    %s to %.3g:", f->from, f->t_to);
        for (int k = 0, shown = 0; k < f->ladder.count; k++)
            if (f->ladder.used[k] && shown++ < 5)
                printf(f->kind == KIND_TOL ? " %.0e %.1e;" : " %.0f %.1e;", f->kind == KIND_TOL ? f->ladder.h[k]
                       : 1 / f->ladder.h[k],
                       f->ladder.error[k]);
        puts("");
    }
}

static int write_file(const char *folder, const char *name, const order_job *j,
                      void (*print)(FILE *, const order_job *))
{
    char path[4352];
    target t;
    int status;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (!(status = target_open(&t, path)))
        print(t.file, j);
    return target_close(&t, status);
}

static int report(const order_job *j, const request *r)
{
    const char *folder = option_text(r, "output");

    if (option_text(r, "tsv"))
        print_tsv(stdout, j);
    else
        print_table(j);
    if (!folder)
        return OK;
    if (write_file(folder, "order.tsv", j, print_tsv) || write_file(folder, "order-rungs.tsv", j, print_rungs))
        return complain(FAILED_RUN);
    return draw_orders(folder) ? undrawn("`fokker plot %s` draws them later", shell_word(folder)) : OK;
}

int cmd_order(const request *r)
{
    order_job *j = calloc(1, sizeof *j);
    int status = OK;

    if (!j || open_job(j, r)) {
        status = complain(USAGE);
    } else {
        run_all(j, option_text(r, "all") ? &wide_effort : &full_effort, option_text(r, "quiet") != NULL);
        conclude(j);
        for (int i = 0; i < j->tasks; i++)
            status = j->task[i].f.verdict == VERDICT_REFUTED ? REFUTED : status;
        if (report(j, r))
            status = FAILED_RUN;
        status = watch_stopped ? INTERRUPTED : status;
    }
    if (j)
        close_job(j);
    return status;
}
