/* The head of results: written, compared, continued. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "bench/experiment/head.h"
#include "bench/experiment/seal.h"
#include "bench/version.h"
#include "base/fail.h"
#include "base/files/target.h"

static const char spec_key[] = "# spec ", threads_key[] = "# threads";

static int begins(const char *line, const char *with) { return !strncmp(line, with, strlen(with)); }

char *head_text(const spec *s)
{
    char *text = NULL, *program = version_lines("# ");
    size_t size;
    FILE *f = program ? open_memstream(&text, &size) : NULL;

    if (f) {
        fprintf(f, "%s%s %d; seconds: of the solver alone; score_seconds: in the field, summed over threads, divided "
                   "by the threads at work\n", program, threads_key, omp_get_max_threads());
        spec_print(s, f);
        fclose(f);
    } else {
        fail("bench: out of memory");
    }
    free(program);
    return text;
}

/* Where the value begins in `# KEY VALUE` or `# spec KEY = VALUE`. */
static size_t key_of(const char *line)
{
    const char *end = strpbrk(line + 2, begins(line, spec_key) ? "=\n" : " \n");

    return end && *end != '\n' ? (size_t)(end - line) + 2 - !begins(line, spec_key) : strcspn(line, "\n");
}

/* What the file says of a line's key: its last word on it, "" where it says nothing. */
static const char *value_in(const results *old, const char *line, size_t key)
{
    const char *was = "";

    for (int i = 0; i < old->heads; i++)
        if (!strncmp(old->head[i], line, key))
            was = old->head[i] + key;
    return was;
}

static int compare(const char *path, const results *old, const char *line, int anyway, FILE *note)
{
    size_t key = key_of(line), size = strcspn(line, "\n");
    const char *was = value_in(old, line, key);

    if (begins(line, threads_key) || (strlen(was) == size - key && !strncmp(was, line + key, size - key)))
        return 0;
    if (begins(line, spec_key))
        return fail("%s: was begun with another spec: \"%.*s%s\" is now \"%.*s\"; give the same, or another folder "
                    "with -o", path, (int)(key - strlen(spec_key)), line + strlen(spec_key), was,
                    (int)(size - strlen(spec_key)), line + strlen(spec_key));
    if (!anyway)
        return fail("%s: was begun with %.*s\"%s\", this is \"%.*s\": rows may differ in their last digits.  Choose "
                    "another folder with -o, or go on with --resume-anyway", path, (int)key - 2, line + 2, was,
                    (int)(size - key), line + key);
    fprintf(note, "%.*s\n", (int)size, line);
    return 0;
}

int head_fits(const char *path, const results *old, const char *head, int anyway, char **note)
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    int bad = f ? 0 : fail("bench: out of memory");

    for (const char *line = head; *line && !bad; line += strcspn(line, "\n") + 1)
        bad = compare(path, old, line, anyway, f);
    bad = bad || seals_match(path, old->count + 1, old->seal) ? -1 : 0;
    if (f)
        fclose(f);
    if (note)
        *note = !bad && text && *text ? text : NULL;
    if (!note || !*note)
        free(text);
    return bad;
}

/* Bytes from its beginning to the header row. */
static long head_size(const results *old)
{
    long size = 0;

    for (int i = 0; i < old->heads; i++)
        size += (long)strlen(old->head[i]) + 1;
    return size;
}

int head_note(const char *path, const results *old, const char *note)
{
    char *seals = seals_path(path);
    FILE *f = seals ? fopen(path, "rb") : NULL;
    long head = head_size(old);
    target t;
    int status = target_open(&t, path), c;

    if (!status && !f)
        status = fail("%s: cannot be read", path);
    for (long i = 0; !status && i < old->whole && (c = getc(f)) != EOF; i++) {
        if (i == head)
            fprintf(t.file, "# from row %d on:\n%s", old->count + 1, note);
        putc(c, t.file);
    }
    if (!status)
        unlink(seals);                              /* until they are made anew */
    if (f)
        fclose(f);
    free(seals);
    return target_close(&t, status);
}
