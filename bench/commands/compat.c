/* fokker compat: the line that reproduces a sampler of another program. */
#include <stdio.h>
#include <string.h>
#include "bench/compat/compat.h"
#include "bench/options.h"
#include "base/fail.h"

static void print_row(const peer *p, const spelled *s, const char *key, const char *value)
{
    translation t;

    compat_translate(p, s, &t);
    printf("%s %s(%s%s%s)\t%s\t", p->library, p->name, key, *key ? "=" : "", value, *t.line ? t.line : "-");
    for (int i = 0; i < t.remarks; i++)
        printf("%s%s", i ? "; " : "", t.remark[i]);
    puts("");
}

/* Every sampler at its defaults, and with each other value of each argument. */
static void print_all(void)
{
    puts("call\tline\tremarks");
    for (int k = 0; k < peers(); k++) {
        const peer *p = peer_at(k);
        spelled s;
        char choices[LINE], usual[32];

        compat_defaults(p, &s);
        print_row(p, &s, "", "");
        for (int i = 0; compat_choices(p, i, choices, sizeof choices); i++) {
            strcpy(usual, s.value[i]);
            strtok(choices, "|");
            for (char *c = strtok(NULL, "|"); c; c = strtok(NULL, "|")) {
                snprintf(s.value[i], sizeof s.value[i], "%s", c);
                print_row(p, &s, s.key[i], c);
            }
            strcpy(s.value[i], usual);
        }
    }
}

static int print_names(void)
{
    for (int k = 0; k < peers(); k++) {
        const peer *p = peer_at(k);

        if (!k || strcmp(p->library, peer_at(k - 1)->library))
            printf("%s%s\n", k ? "\n" : "", p->library);
        printf("  %-36s %s\n", p->name, p->args);
    }
    return OK;
}

static int print_one(const char *call)
{
    spelled s;
    translation t;
    const peer *p = compat_find(call, &s);

    if (!p)
        return complain(USAGE);
    compat_translate(p, &s, &t);
    if (t.refusal) {
        fail("compat: %s so: there is no line for %s", p->name, t.refusal);
        return complain(USAGE);
    }
    puts(t.line);
    for (int i = 0; i < t.remarks; i++)
        printf("# %s\n", t.remark[i]);
    return OK;
}

int cmd_compat(const request *r)
{
    char call[4 * LINE] = "";
    size_t at = 0;

    if (option_text(r, "tsv"))
        return print_all(), OK;
    for (int i = 0; i < r->words && at < sizeof call; i++)
        at += snprintf(call + at, sizeof call - at, "%s%s", i ? " " : "", r->word[i]);
    if (at >= sizeof call)
        return fail("compat: the call has more than %zu characters", sizeof call - 1), complain(USAGE);
    return r->words ? print_one(call) : print_names();
}
