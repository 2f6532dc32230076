/*
 * Samplers of other programs as recipes of this one, from tables of rules.
 * A sampler has arguments with values; a rule whose condition holds sets a part of the recipe, later
 * rules over earlier ones.
 */
#ifndef FOKKER_COMPAT_H
#define FOKKER_COMPAT_H

/* REMARK adds a line on what differs; CANNOT too, and there is no recipe; LAST is the solver's last=; COUNT is what
 * --steps is besides n; BUDGET: --nfe n instead; OWN: neither (own steps). */
enum part { PROCESS, SOLVER, LAST, GRID, FINAL, WRAP, COUNT, BUDGET, OWN, REMARK, CANNOT, PARTS };

/* when: "key=value|value key!=value key<15", all of which must hold; "": always.  In text {key} stands for its value.
 * Ends with a text of NULL. */
typedef struct rule { const char *when; enum part part; const char *text; } rule;

/* args: "key=value|value...", the first value is the default and any other than those listed is refused; "key=3"
 * without another takes any number. */
enum { MOST_RULES = 4 };
typedef struct peer { const char *library, *name, *args; const rule *rules[MOST_RULES]; } peer;

/* All samplers; ends with a library of NULL. */
int peers(void);
const peer *peer_at(int i);

enum { MOST_ARGS = 24, MOST_REMARKS = 16, LINE = 512 };
/* arguments with their values */
/* given: 1 where the call says it, else the value is the default. */
typedef struct spelled { int n; char key[MOST_ARGS][32], value[MOST_ARGS][32], given[MOST_ARGS]; } spelled;

typedef struct translation {
    char line[LINE];                        /* fokker sample MODEL ..., "" where there is none */
    const char *refusal;                    /* why there is none: one of the remarks */
    int remarks; char remark[MOST_REMARKS][LINE];
} translation;

/* "library name(key=value, ...)" or "name(...)": the sampler and all of its arguments.  NULL with a sentence. */
const peer *compat_find(const char *text, spelled *);

/* The sampler's arguments at their defaults; the alternatives of argument i, in one text
 * "a|b", NULL behind the last. */
void compat_defaults(const peer *, spelled *);
const char *compat_choices(const peer *, int i, char *buf, unsigned long size);

void compat_translate(const peer *, const spelled *, translation *);

#endif
