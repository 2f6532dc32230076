/* This thread's reason, and the nearest known name for one that is misspelt. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/fail.h"

static _Thread_local struct failure { char text[1024]; int of_write; } reason;

/* Names and lines of files stand in reasons, and what they hold must not command the terminal (escape sequences):
 * blanks for control characters, those of Latin-1 in UTF-8 (C2 80 .. C2 9F) too. */
static void plain(char *text)
{
    for (unsigned char *c = (unsigned char *)text; *c; c++)
        if (*c < ' ' || *c == 127)
            *c = ' ';
        else if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
            c[0] = c[1] = ' ';
}

static int keep(int of_write, const char *fmt, va_list ap)
{
    char text[sizeof reason.text];                  /* an argument may be the last reason itself */

    vsnprintf(text, sizeof text, fmt, ap);
    plain(text);
    memcpy(reason.text, text, sizeof text);
    reason.of_write = of_write;
    return -1;
}

int (fail)(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    keep(0, fmt, ap);
    va_end(ap);
    return -1;
}

int (fail_write)(const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    keep(1, fmt, ap);
    va_end(ap);
    return -1;
}

int write_failed(void) { return reason.of_write; }
const char *last_error(void) { return reason.text; }

int word_distance(const char *a, const char *b)
{
    enum { LONGEST = 64 };
    int row[LONGEST + 1], n = strnlen(b, LONGEST);

    for (int j = 0; j <= n; j++)
        row[j] = j;
    for (int i = 0; a[i] && i < LONGEST; i++) {
        int corner = row[0];

        row[0] = i + 1;
        for (int j = 0; j < n; j++) {
            int swap = corner + (a[i] != b[j]), least = row[j + 1] < row[j] ? row[j + 1] : row[j];

            corner = row[j + 1];
            row[j + 1] = swap < least + 1 ? swap : least + 1;
        }
    }
    return row[n];
}

const char *nearest(const char *name, int n, const void *base, unsigned long size)
{
    const char *best = NULL;
    int least = 0;

    for (int i = 0; i < n; i++) {
        const char *known = *(const char *const *)((const char *)base + i * size);
        /* a beginning is as good as one slip */
        int d = strncmp(known, name, strlen(name)) ? word_distance(name, known) : 1;

        if (!best || d < least)
            best = known, least = d;
    }
    return best;
}

int look_up(const char *where, const char *topic, const char *name, int n, const char *(*name_of)(int))
{
    const char *best = n ? name_of(0) : "";

    for (int i = 0; i < n; i++) {
        const char *pair[2] = { best, name_of(i) };

        if (!strcmp(pair[1], name))
            return i;
        best = nearest(name, 2, pair, sizeof *pair);
    }
    return fail("%s: there is no \"%s\" among the %s; did you mean %s? (`fokker list %s` names them all)", where, name,
                topic, best, topic);
}
