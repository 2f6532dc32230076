/* Items: `name:key=value,key=value`, checked against a table of parameters. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/fail.h"
#include "base/item.h"

static int count(const param *table)
{
    int n = 0;

    while (n < MAX_PARAM && table[n].name)
        n++;
    return n;
}

static int is_path(const param *p) { return p->choices && !strcmp(p->choices, PATH); }

void args_default(args *a, const param *table)
{
    *a = (args){ 0 };
    for (int i = 0, n = count(table); i < n; i++)
        a->v[i] = table[i].def;
}

void args_free(args *a)
{
    free(a->text);
    a->text = NULL;
}

int number(const char *where, const char *what, const char *text, double *out)
{
    char *end;

    *out = strtod(text, &end);
    if (end == text || *end)
        return fail("%s: %s is \"%s\", which is not a number; give a number such as 0.5 or 1e-3", where, what, text);
    if (!isfinite(*out))
        return fail("%s: %s is %s; give a finite number", where, what, text);
    return 0;
}

/* The index of the word `value` among `choices`, or -1. */
static int choice(const char *choices, const char *value)
{
    size_t len = strlen(value);

    for (int i = 0; *choices; i++) {
        size_t word = strcspn(choices, " ");

        if (word == len && !strncmp(choices, value, len))
            return i;
        choices += word + strspn(choices + word, " ");
    }
    return -1;
}

static int set_number(args *a, int i, const char *where, const char *owner, const param *p, const char *value)
{
    char what[2 * MAX_NAME];

    snprintf(what, sizeof what, "%s of %s", p->name, owner);
    if (number(where, what, value, &a->v[i]))
        return -1;
    if (a->v[i] < p->min || a->v[i] > p->max)
        return fail("%s: %s is %s; it must lie between %g and %g", where, what, value, p->min, p->max);
    if (p->whole && a->v[i] != floor(a->v[i]))
        return fail("%s: %s is %s; it must be a whole number", where, what, value);
    return 0;
}

int args_set(args *a, const char *where, const char *owner, const param *table, const char *key, const char *value)
{
    int n = count(table);

    for (int i = 0; i < n; i++) {
        const param *p = &table[i];

        if (strcmp(p->name, key))
            continue;
        if (a->given >> i & 1)
            return fail("%s: %s of %s is given twice; keep one of them", where, key, owner);
        a->given |= 1u << i;
        if (is_path(p)) {
            free(a->text);
            a->text = strdup(value);
            return a->text ? 0 : fail("%s: out of memory", where);
        }
        if (!p->choices)
            return set_number(a, i, where, owner, p, value);
        a->v[i] = choice(p->choices, value);
        return a->v[i] >= 0 ? 0
                            : fail("%s: %s of %s is \"%s\"; choose one of: %s", where, key, owner, value, p->choices);
    }
    if (!n)
        return fail("%s: %s has no parameter %s; it takes none", where, owner, key);
    return fail("%s: %s has no parameter %s; did you mean %s?", where, owner, key,
                nearest(key, n, table, sizeof *table));
}

int args_complete(const args *a, const char *where, const char *owner, const param *table)
{
    for (int i = 0, n = count(table); i < n; i++)
        if (isnan(table[i].def) && !(a->given >> i & 1))
            return fail("%s: %s needs %s (%s); give %s=%s", where, owner, table[i].name, table[i].about, table[i].name,
                        is_path(&table[i]) ? "FILE" : "...");
    return 0;
}

/* Everything up to the item's end belongs to a path. */
static int bare_path(args *a, const char *where, const char *owner, const param *table, const char *list)
{
    for (int i = 0, n = count(table); i < n; i++)
        if (is_path(&table[i]) && !memchr(list, '=', strcspn(list, ",")))
            return args_set(a, where, owner, table, table[i].name, list) ? -1 : 1;
    return 0;
}

int args_parse(args *a, const char *where, const char *owner, const param *table, const char *list)
{
    int status = 0;

    args_default(a, table);
    if (list && *list)
        status = bare_path(a, where, owner, table, list);
    while (list && *list && !status) {
        char word[4352], *value;
        size_t len = strcspn(list, ",");

        if (len >= sizeof word) {
            status = fail("%s: a parameter of %s has %zu characters; none needs so many", where, owner, len);
            break;
        }
        snprintf(word, sizeof word, "%.*s", (int)len, list);
        if ((value = strchr(word, '=')))
            *value++ = 0;
        status = value ? args_set(a, where, owner, table, word, value)
                       : fail("%s: \"%s\" behind %s has no value; write key=value", where, word, owner);
        list += len + (list[len] == ',');
    }
    if (status >= 0)
        status = args_complete(a, where, owner, table);
    if (status)
        args_free(a);
    return status;
}

int item_split(const char *where, const char *text, char name[MAX_NAME], const char **list)
{
    size_t len = strcspn(text, ":");

    if (!len || len >= MAX_NAME)
        return fail("%s: \"%.80s\" does not begin with a name; write name or name:key=value", where, text);
    memcpy(name, text, len);
    name[len] = 0;
    *list = text + len + (text[len] == ':');
    return 0;
}

int item_which(const char *where, const char *text, const char *topic, int n, const char *(*name_of)(int),
               const char **list)
{
    char name[MAX_NAME];

    return item_split(where, text, name, list) ? -1 : look_up(where, topic, name, n, name_of);
}
