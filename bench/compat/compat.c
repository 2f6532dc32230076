/* Samplers of other programs: reads a call, applies the rules of compat_*.h (see compat.h). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/compat/compat.h"
#include "base/fail.h"
#include "base/item.h"

#include "bench/compat/diffusers.h"
#include "bench/compat/authors.h"

static const peer *const shelves[] = { k_diffusion, comfy, diffusers, authors };
enum { SHELVES = sizeof shelves / sizeof *shelves };

static int count(const peer *p)
{
    int n = 0;

    while (p[n].library)
        n++;
    return n;
}

int peers(void)
{
    int n = 0;

    for (int i = 0; i < SHELVES; i++)
        n += count(shelves[i]);
    return n;
}

const peer *peer_at(int i)
{
    int s = 0;

    for (; i >= count(shelves[s]); s++)
        i -= count(shelves[s]);
    return shelves[s] + i;
}

/* Word i of a text of words parted by any of `marks`, in buf; NULL behind the last. */
static const char *word_at(const char *text, const char *marks, int i, char *buf, size_t size)
{
    for (;; i--) {
        size_t n;

        text += strspn(text, marks);
        n = strcspn(text, marks);
        if (!n)
            return NULL;
        if (!i) {
            snprintf(buf, size, "%.*s", (int)n, text);
            return buf;
        }
        text += n;
    }
}

const char *compat_choices(const peer *p, int i, char *buf, unsigned long size)
{
    char word[LINE];

    if (!word_at(p->args, " ", i, word, sizeof word))
        return NULL;
    snprintf(buf, size, "%s", strchr(word, '=') + 1);
    return buf;
}

void compat_defaults(const peer *p, spelled *s)
{
    char word[LINE];

    for (s->n = 0; s->n < MOST_ARGS && word_at(p->args, " ", s->n, word, sizeof word); s->n++) {
        size_t key = strcspn(word, "="), value = strcspn(word + key + 1, "|");

        s->given[s->n] = 0;
        snprintf(s->key[s->n], sizeof s->key[0], "%.*s", (int)key, word);
        snprintf(s->value[s->n], sizeof s->value[0], "%.*s", (int)value, word + key + 1);
    }
}

static int among(const char *value, const char *choices)
{
    char word[LINE];

    for (int i = 0; word_at(choices, "|", i, word, sizeof word); i++)
        if (!strcmp(word, value))
            return 1;
    return 0;
}

/* One argument of the call. */
static int set(const peer *p, spelled *s, const char *key, const char *value)
{
    const char *known[MOST_ARGS];
    char choices[LINE];
    double v;
    int i = 0;

    key = among(key, "num_inference_steps|num_steps|steps|N") ? "n" : key;
    for (int k = 0; k < s->n; k++)
        known[k] = s->key[k];
    while (i < s->n && strcmp(known[i], key))
        i++;
    if (i == s->n)
        return fail("compat: nothing is known of an argument \"%s\" of %s; did you mean %s? Known are %s", key, p->name,
                    nearest(key, s->n, known, sizeof *known), p->args);
    if (s->given[i]++)
        return fail("compat: %s of %s is given twice; keep one of them", key, p->name);
    compat_choices(p, i, choices, sizeof choices);
    if (strchr(choices, '|') && !among(value, choices))
        return fail("compat: %s=%s of %s is not known; give one of %s", key, value, p->name, choices);
    if (!strchr(choices, '|') && number("compat", key, value, &v))
        return -1;
    if (strlen(value) >= sizeof s->value[i])
        return fail("compat: %s=%s is too long", key, value);
    strcpy(s->value[i], value);
    return 0;
}

/* The arguments between the brackets: key=value, ... with blanks and quotes as in Python. */
static int read_args(const peer *p, spelled *s, const char *text)
{
    char word[LINE], key[LINE], value[LINE];

    compat_defaults(p, s);
    for (int i = 0; word_at(text, ",()", i, word, sizeof word); i++) {
        int n = sscanf(word, " %511[^= ] = %511[^\n]", key, value);
        char *end, *at = value + (n == 2 ? strspn(value, "'\"") : 0);

        if (n < 1)
            continue;
        if (n < 2)
            return fail("compat: \"%s\" has no value; write key=value", key);
        for (end = at + strlen(at); end > at && strchr("'\" ", end[-1]); )
            *--end = 0;
        if (set(p, s, key, at))
            return -1;
    }
    return 0;
}

/* Whether `text`, of n characters, is "library name", or the name alone. */
static int names(const peer *p, const char *text)
{
    size_t n = strlen(p->library);

    return !strcmp(text, p->name) || (!strncmp(text, p->library, n) && strchr(" .:", text[n]) && text[n]
                                      && !strcmp(text + n + 1, p->name));
}

const peer *compat_find(const char *text, spelled *s)
{
    struct { const char *name; char text[MAX_NAME]; } *all;
    char name[LINE];
    size_t n = strcspn(text, "("), lead = strspn(text, " ");
    int k = 0, total = peers();

    while (n > lead && isspace((unsigned char)text[n - 1]))
        n--;
    snprintf(name, sizeof name, "%.*s", (int)(n - lead), text + lead);
    while (k < total && !names(peer_at(k), name))
        k++;
    if (k < total)
        return read_args(peer_at(k), s, text + strcspn(text, "(")) ? NULL : peer_at(k);
    if (!(all = malloc(2 * total * sizeof *all)))
        return fail("out of memory"), NULL;
    for (k = 0; k < 2 * total; k++) {
        const peer *p = peer_at(k % total);

        snprintf(all[k].text, MAX_NAME, k < total ? "%s %s" : "%s%s", k < total ? p->library : "", p->name);
        all[k].name = all[k].text;
    }
    fail("compat: \"%s\" is not known; did you mean %s? `fokker compat` lists all", name,
         nearest(name, 2 * total, all, sizeof *all));
    free(all);
    return NULL;
}

static const char *value_of(const spelled *s, const char *key, size_t n)
{
    for (int i = 0; i < s->n; i++)
        if (strlen(s->key[i]) == n && !strncmp(s->key[i], key, n))
            return s->value[i];
    return "";
}

static int applies(const rule *r, const spelled *s)
{
    char word[LINE];

    for (int i = 0; word_at(r->when, " ", i, word, sizeof word); i++) {
        size_t key = strcspn(word, "!=<"), other = word[key] == '!';

        if (word[key] == '<' ? strtod(value_of(s, word, key), NULL) >= strtod(word + key + 1, NULL)
            : among(value_of(s, word, key), word + key + other + 1) == (int)other)
            return 0;
    }
    return 1;
}

/* text with {key} replaced. */
static void fill(const char *text, const spelled *s, char *out, size_t size)
{
    size_t at = 0;

    for (; *text && at + 1 < size; ) {
        if (*text == '{') {
            size_t n = strcspn(text + 1, "}");

            at += snprintf(out + at, size - at, "%s", value_of(s, text + 1, n));
            text += n + 2;
        } else {
            out[at++] = *text++;
        }
    }
    out[at < size ? at : size - 1] = 0;
}

/* The last text of each part; remarks are all kept. */
static void apply(const rule *rules, const spelled *s, char part[PARTS][LINE], translation *t)
{
    for (const rule *r = rules; r && r->text; r++) {
        if (!applies(r, s))
            continue;
        fill(r->text, s, part[r->part], LINE);
        if (r->part == CANNOT && t->remarks < MOST_REMARKS)
            t->refusal = t->remark[t->remarks];
        if (r->part >= REMARK && t->remarks < MOST_REMARKS)
            snprintf(t->remark[t->remarks++], LINE, "%s", part[r->part]);
    }
}

void compat_translate(const peer *p, const spelled *s, translation *t)
{
    static const struct { enum part part; const char *option; } order[] = {
        { PROCESS, "--process" }, { WRAP, "--wrap" }, { SOLVER, "--solver" }, { GRID, "--grid" }, { FINAL, "--final" },
    };
    char part[PARTS][LINE] = { 0 };
    int at;

    memset(t, 0, sizeof *t);
    for (int i = 0; i < MOST_RULES; i++)
        apply(p->rules[i], s, part, t);
    if (t->refusal)
        return;
    if (*part[LAST])
        snprintf(part[SOLVER] + strlen(part[SOLVER]), LINE - strlen(part[SOLVER]), "%clast=%s",
                 strchr(part[SOLVER], ':') ? ',' : ':', part[LAST]);
    at = snprintf(t->line, LINE, "fokker sample MODEL");
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (*part[order[i].part] && at < LINE)
            at += snprintf(t->line + at, LINE - at, " %s %s", order[i].option, part[order[i].part]);
    if (!*part[OWN] && at < LINE)
        at += snprintf(t->line + at, LINE - at, " --%s %ld", *part[BUDGET] ? "nfe" : "steps",
                       strtol(value_of(s, "n", 1), NULL, 10) + strtol(part[COUNT], NULL, 10));
    if (at < LINE)
        snprintf(t->line + at, LINE - at, " --start prior");        /* public programs know no other */
}
