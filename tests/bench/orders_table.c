/* The committed table (docs/orders.tsv): its claims are those of the list, nothing is refuted, and no solver
 * with a claim is missing. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/solver.h"
#include "models/model.h"
#include "tests/suite.h"
#include "tests/support/golden.h"

typedef struct row { char solver[64], process[32], grid[32], kind[16], verdict[16]; double claimed; } row;

/* 1 where the method makes this row's claim. */
static int claims(const row *r, const method *m)
{
    double q = method_order(m);

    if (!strcmp(r->kind, "tol"))
        return fabs(r->claimed - (m->sol->bare && q > 0 ? q / (q + 1) : 1)) < 1e-6
            && (m->sol->embedded || m->sol->adapts);
    if (!strcmp(r->kind, "strong"))
        return r->claimed == m->sol->strong;
    return r->claimed == method_order(m) && !strcmp(r->kind, method_stochastic(m) ? "weak" : "ode");
}

/* The method of a solver as the command tries it: around heun where it wraps others. */
static method *tried(const solver *s)
{
    char item[128];
    int used = snprintf(item, sizeof item, "%s", s->name);

    for (int i = 0; i < s->inners; i++)
        used += snprintf(item + used, sizeof item - used, "/heun");
    return method_parse("test", item);
}

static int claims_something(const method *m)
{
    return (method_order(m) > 0 && !m->sol->adapts) || m->sol->strong > 0 || (m->sol->embedded && !method_stochastic(m))
           || (m->sol->adapts && !method_stochastic(m));
}

static void the_table_in_docs_is_of_these_solvers_and_refutes_none(void)
{
    char path[4352], line[512], seen[512] = "";
    FILE *in;
    row r;
    int rows = 0;

    CU_ASSERT_FATAL(solvers() <= (int)sizeof seen);
    golden_path("../../docs/orders.tsv", path, sizeof path);
    CU_ASSERT_PTR_NOT_NULL_FATAL(in = fopen(path, "r"));
    CU_ASSERT(fgets(line, sizeof line, in) != NULL);
    while (fgets(line, sizeof line, in)) {
        method *m = NULL;

        CU_ASSERT_FATAL(sscanf(line, "%63s %31s %31s %15s %lf %*s %*s %*s %*s %*s %15s", r.solver, r.process, r.grid,
                               r.kind, &r.claimed, r.verdict) == 6);
        for (int i = 0; i < solvers() && !m; i++)
            if (!strncmp(r.solver, solver_at(i)->name, strcspn(r.solver, "/"))
                && !solver_at(i)->name[strcspn(r.solver, "/")])
                seen[i] = 1, m = tried(solver_at(i));
        check_near(m ? claims(&r, m) : -1, 1, 0, line, __FILE__, __LINE__);
        check_near(!strcmp(r.verdict, "refuted"), 0, 0, line, __FILE__, __LINE__);
        method_free(m);
        rows++;
    }
    fclose(in);
    CU_ASSERT(rows > solvers());
    for (int i = 0; i < solvers(); i++) {
        method *m = tried(solver_at(i));

        check_near(!m || seen[i] || !claims_something(m), 1, 0, solver_at(i)->name, __FILE__, __LINE__);
        method_free(m);
    }
}

static const test_case tests[] = {
    { "the table in docs is of these solvers and refutes none",
      the_table_in_docs_is_of_these_solvers_and_refutes_none },
    { 0, 0 },
};
const test_table table_orders_table = { "orders_table", tests };
