/* The byte-order marks with which editors begin text files. */
#ifndef FOKKER_BOM_H
#define FOKKER_BOM_H
#include <string.h>

/* Behind the mark of UTF-8, where a file's first line begins with it. */
static inline const char *past_mark(const char *line) { return line + (strncmp(line, "\xef\xbb\xbf", 3) ? 0 : 3); }

/* Whether a file of this first line is UTF-16, which is not read. */
static inline int is_utf16(const char *line)
{
    return !strncmp(line, "\xff\xfe", 2) || !strncmp(line, "\xfe\xff", 2);
}
#define SAVE_AS_UTF8 "is text in UTF-16; save it as UTF-8"

#endif
