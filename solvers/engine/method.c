/* The names of methods: `outer:key=value/inner:key=value`, checked against the tables of the descriptors. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "solvers/step.h"

static const solver *const all[] = {
#define FAMILY(name)
#define SOLVER(id) &solver_##id,
#include "solvers/list.h"
#undef SOLVER
#undef FAMILY
};

int solvers(void) { return sizeof all / sizeof *all; }
const solver *solver_at(int i) { return all[i]; }

const char *solver_family(const solver *s)
{
    static const struct { const char *family; const solver *sol; } line[] = {
#define FAMILY(name) { name, NULL },
#define SOLVER(id) { NULL, &solver_##id },
#include "solvers/list.h"
#undef SOLVER
#undef FAMILY
    };
    const char *family = NULL;

    for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
        if (line[i].sol == s)
            return family;
        family = line[i].sol ? family : line[i].family;
    }
    return NULL;
}

const solver *solver_named(const char *name)
{
    for (int i = 0; i < solvers(); i++)
        if (!strcmp(all[i]->name, name))
            return all[i];
    return NULL;
}

static const char *name_of(int i) { return all[i]->name; }

void method_free(method *m)
{
    if (!m)
        return;
    for (int i = 0; i < MAX_INNER; i++)
        method_free(m->inner[i]);
    free(m->text);
    free(m);
}

/* The first item of `text`, into m. */
static int parse_item(method *m, const char *where, const char *text, size_t len)
{
    char item[4352];
    const char *list;
    args given;
    int which;

    if (len >= sizeof item)
        return fail("%s: a solver of %zu characters is too long", where, len);
    memcpy(item, text, len);
    item[len] = 0;
    if ((which = item_which(where, item, "solvers", solvers(), name_of, &list)) < 0
        || args_parse(&given, where, all[which]->name, all[which]->par, list))
        return -1;
    m->sol = all[which];
    memcpy(m->par, given.v, sizeof m->par);
    m->text = given.text, m->given = given.given;
    return 0;
}

/* An item ends at a slash, but for one whose parameters may hold a path and that wraps nothing: it is the last. */
static size_t item_length(const char *text)
{
    char name[MAX_NAME];
    const solver *s;

    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, ":/"), text);
    s = text[strlen(name)] == ':' ? solver_named(name) : NULL;
    for (int i = 0; s && !s->inners && i < MAX_PARAM && s->par[i].name; i++)
        if (s->par[i].choices && !strcmp(s->par[i].choices, PATH))
            return strlen(text);
    return strcspn(text, "/");
}

/* One method from *text on, its inner ones included; *text moves behind it. */
static method *parse(const char *where, const char **text)
{
    method *m = calloc(1, sizeof *m);
    size_t len = item_length(*text);

    if (!m)
        return fail("out of memory"), NULL;
    if (parse_item(m, where, *text, len))
        return method_free(m), NULL;
    *text += len + ((*text)[len] == '/');
    for (int i = 0; i < m->sol->inners; i++) {
        if (!**text) {
            fail("%s: %s wraps %d other solver%s; write %s/INNER, such as %s/ddim", where, m->sol->name, m->sol->inners,
                 m->sol->inners > 1 ? "s" : "", m->sol->name, m->sol->name);
            return method_free(m), NULL;
        }
        if (!(m->inner[i] = parse(where, text)))
            return method_free(m), NULL;
    }
    return m;
}

method *method_parse(const char *where, const char *text)
{
    method *m = parse(where, &text);

    if (m && *text) {
        fail("%s: %s wraps no other solver, but \"/%s\" follows; leave it out", where, m->sol->name, text);
        return method_free(m), NULL;
    }
    return m;
}

const char *method_name(const method *m, char *buf, unsigned long size)
{
    unsigned long used = snprintf(buf, size, "%s", m->sol->name);

    for (int i = 0; i < m->sol->inners && used + 1 < size; i++) {
        buf[used++] = '/';
        method_name(m->inner[i], buf + used, size - used);
        used += strlen(buf + used);
    }
    return buf;
}

static void claims(const method *m, double *order, int *stochastic)
{
    *order = m->sol->order, *stochastic = m->sol->stochastic;
    if (m->sol->claims)
        m->sol->claims(m, order, stochastic);
}

double method_order(const method *m)
{
    double order;
    int noisy;

    claims(m, &order, &noisy);
    if (method_role(m, ROLE_LAST, LAST_FULL) != LAST_FULL && order > 2)
        return 2;                                           /* the last step's local error is of order 2 */
    return order;
}

int method_stochastic(const method *m)
{
    double order;
    int noisy;

    claims(m, &order, &noisy);
    return noisy;
}

/* Where the parameter of a role stands in the method's table, or -1. */
static int place(const method *m, enum role role)
{
    for (int i = 0; i < MAX_PARAM && m->sol->par[i].name; i++)
        if (m->sol->par[i].role == (int)role)
            return i;
    return -1;
}

double method_role(const method *m, enum role role, double otherwise)
{
    int i = place(m, role);

    return i < 0 ? otherwise : m->par[i];
}

int method_given(const method *m, enum role role)
{
    int i = place(m, role);

    return i >= 0 && m->given >> i & 1;
}

int method_couples(const method *m)
{
    int yes = method_role(m, ROLE_COUPLES, 0) == 1;

    for (int i = 0; i < m->sol->inners && !yes; i++)
        yes = method_couples(m->inner[i]);
    return yes;
}
