/* Noise processes: the kinds, and a process made from an item or from the keys of a model file. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "models/processes/process.h"

#define PROCESS(name) extern const process process_##name;
#include "models/processes/processes.h"
#undef PROCESS

static const process *const kinds[] = {
#define PROCESS(name) &process_##name,
#include "models/processes/processes.h"
#undef PROCESS
};
enum { KINDS = sizeof kinds / sizeof *kinds, MAX_KEYS = MAX_PARAM + 3 };

/* What every kind takes besides its own. */
enum { T_MIN, T_MAX, PRIOR_STD };
static const param common[] = {
    { "t_min", "where a grid ends", NULL, 0, -1e15, 1e15, 0 },
    { "t_max", "where a grid begins", NULL, 0, -1e15, 1e15, 0 },
    { "prior_std", "the standard deviation of x at t_max", NULL, 0, 1e-12, 1e15, 0 },
    { NULL, NULL, NULL, 0, 0, 0, 0 },
};

int process_kinds(void) { return KINDS; }
const process *process_kind(int i) { return kinds[i]; }

static const char *name_of(int i) { return kinds[i]->name; }

static int has(const param *table, int n, const char *key)
{
    for (int i = 0; i < n && table[i].name; i++)
        if (!strcmp(table[i].name, key))
            return 1;
    return 0;
}

static void key_names(const process *kind, const char *keys[PROCESS_KEYS])
{
    int n = 0;

    for (int i = 0; i < MAX_PARAM && kind->par[i].name; i++)
        keys[n++] = kind->par[i].name;
    for (int i = 0; common[i].name; i++)
        keys[n++] = common[i].name;
    keys[n] = NULL;
}

int process_keys(const char *kind, const char *keys[PROCESS_KEYS])
{
    for (int i = 0; i < KINDS; i++)
        if (!strcmp(kinds[i]->name, kind))
            return key_names(kinds[i], keys), 0;
    return -1;
}

/* One key into the kind's own values or into the common ones. */
static int set(process *p, args *ends, const char *where, const char *key, const char *value)
{
    const char *names[PROCESS_KEYS];
    int n = 0;

    if (has(common, MAX_PARAM, key))
        return args_set(ends, where, p->name, common, key, value);
    if (has(p->par, MAX_PARAM, key))
        return args_set(&p->given, where, p->name, p->par, key, value);
    key_names(p, names);
    while (names[n])
        n++;
    return fail("%s: %s has no parameter %s; did you mean %s?", where, p->name, key,
                nearest(key, n, names, sizeof *names));
}

/* The interval and the prior, once the kind has made its table. */
static int settle(process *p, const args *ends, const char *where)
{
    if (ends->given >> T_MIN & 1)
        p->t_min = ends->v[T_MIN];
    if (ends->given >> T_MAX & 1)
        p->t_max = ends->v[T_MAX];
    if (p->t_min < p->t_low || p->t_max > p->t_high)
        return fail("%s: t_min = %g and t_max = %g lie outside %s, which is defined for t from %g to %g; bring them "
                    "inside",
                    where, p->t_min, p->t_max, p->name, p->t_low, p->t_high);
    if (p->t_min >= p->t_max)
        return fail("%s: t_min = %g is not below t_max = %g; %s needs t_min < t_max", where, p->t_min, p->t_max,
                    p->name);
    if (ends->given >> PRIOR_STD & 1)
        p->prior_std = ends->v[PRIOR_STD];
    if (p->prior_std == 0) {
        level l;

        levels(p, 1, &p->t_max, &l);
        p->prior_std = l.sigma;
    }
    return 0;
}

process *process_from(const char *where, const char *kind, int n, const char *const *keys, const char *const *values,
                      const char *const *wheres)
{
    int which = look_up(where, "processes", kind, KINDS, name_of);
    process *p;
    args ends;
    int status = 0;

    if (which < 0)
        return NULL;
    if (!(p = malloc(sizeof *p))) {
        fail("%s: out of memory", where);
        return NULL;
    }
    *p = *kinds[which];
    args_default(&p->given, p->par);
    args_default(&ends, common);
    for (int i = 0; i < n && !status; i++)
        status = set(p, &ends, wheres[i], keys[i], values[i]);
    if (status || args_complete(&p->given, where, p->name, p->par) || (p->open && p->open(p, where))
        || settle(p, &ends, where)) {
        process_close(p);
        return NULL;
    }
    return p;
}

/* The name of the table's path, which may stand without its key and then takes the rest of the item; or NULL. */
static const char *bare_path(const process *kind, const char *list)
{
    for (int i = 0; i < MAX_PARAM && kind->par[i].name; i++)
        if (kind->par[i].choices && !strcmp(kind->par[i].choices, PATH) && !memchr(list, '=', strcspn(list, ",")))
            return kind->par[i].name;
    return NULL;
}

/* Cuts "key=value,key=value" in place.  The number of keys, or -1. */
static int cut(const char *where, const char *owner, char *list, const char **keys, const char **values)
{
    int n = 0;

    while (*list) {
        char *end = list + strcspn(list, ","), *next = end + (*end == ','), *value;

        *end = 0;
        if (!(value = strchr(list, '=')))
            return fail("%s: \"%s\" behind %s has no value; write key=value", where, list, owner);
        if (n == MAX_KEYS)
            return fail("%s: more than %d keys behind %s; give each once", where, MAX_KEYS, owner);
        *value = 0;
        keys[n] = list, values[n++] = value + 1;
        list = next;
    }
    return n;
}

process *process_open(const char *where, const char *item)
{
    const char *keys[MAX_KEYS], *values[MAX_KEYS], *wheres[MAX_KEYS], *list, *path;
    char *text;
    process *p = NULL;
    int n = 1, which = item_which(where, item, "processes", KINDS, name_of, &list);

    if (which < 0)
        return NULL;
    if (!(text = strdup(list))) {
        fail("%s: out of memory", where);
        return NULL;
    }
    for (int i = 0; i < MAX_KEYS; i++)
        wheres[i] = where;
    if (*text && (path = bare_path(kinds[which], text)))
        keys[0] = path, values[0] = text;
    else
        n = cut(where, kinds[which]->name, text, keys, values);
    if (n >= 0)
        p = process_from(where, kinds[which]->name, n, keys, values, wheres);
    free(text);
    return p;
}

void process_close(process *p)
{
    if (!p)
        return;
    args_free(&p->given);
    free(p->table);
    free(p);
}

void levels(const process *p, int n, const double *t, level *out)
{
    for (int i = 0; i < n; i++)
        out[i] = (level){ .t = t[i] };
    p->at(p, n, out);
}

level level_clean(const process *p)
{
    level l;

    levels(p, 1, &p->t_low, &l);
    if (l.sigma == 0)
        return l;
    return (level){ .t = NAN, .alpha = 1, .lambda = INFINITY };
}
