/* Quoting by the rule of every shell: between single quotes all is itself but the quote. */
#include <ctype.h>
#include <string.h>
#include "base/shell.h"

static int is_plain(const char *text)
{
    for (const char *c = text; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("._/+,:=@%-", *c))
            return 0;
    return *text && *text != '-';
}

const char *shell_word(const char *text)
{
    static _Thread_local char out[4 * 4400];
    char *to = out;

    if (is_plain(text) && strlen(text) < sizeof out)
        return strcpy(out, text);
    *to++ = '\'';
    for (; *text && to < out + sizeof out - 6; text++)
        if (*text == '\'')
            to += strlen(strcpy(to, "'\\''"));
        else
            *to++ = *text;
    strcpy(to, "'");
    return out;
}
