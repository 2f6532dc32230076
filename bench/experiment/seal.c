/* Checksums of a table's rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include "bench/experiment/seal.h"
#include "base/fail.h"

unsigned long seal_of(unsigned long before, const char *text, size_t size)
{
    return crc32_z(before, (const unsigned char *)text, size);
}

char *seals_path(const char *table)
{
    size_t size = strlen(table), stem = size > 4 && !strcmp(table + size - 4, ".tsv") ? size - 4 : size;
    char *path = malloc(size + sizeof ".sums");

    if (path)
        sprintf(path, "%.*s.sums", (int)stem, table);
    else
        fail("%s: out of memory", table);
    return path;
}

static void print(FILE *f, int row, unsigned long seal) { fprintf(f, "%d\t%08lx\n", row, seal); }

int seals_begin(journal *j, const char *table, int count, const unsigned long *seal)
{
    const char *slash = strrchr(table, '/');
    char *path = seals_path(table);
    int status = path ? journal_begin(j, path) : -1;
    FILE *f = status ? NULL : journal_draft(j);

    free(path);
    if (!f)
        return -1;
    j->hasty = 1;                                   /* a seal that is lost costs no row */
    fprintf(f, "# CRC-32 of the head (0) and of each row of %s: by these --resume notices what was changed\n",
            slash ? slash + 1 : table);
    for (int i = 0; i < count; i++)
        print(f, i, seal[i]);
    return journal_commit(j);
}

int seals_add(journal *j, int row, unsigned long seal)
{
    FILE *f = journal_draft(j);

    if (!f)
        return -1;
    print(f, row, seal);
    return journal_commit(j);
}

static int differs(const char *table, int row)
{
    if (!row)
        return fail("%s: its head is not what was written; put it back, or choose another folder with -o", table);
    return fail("%s: row %d is not what was written: it was changed.  Put it back, or remove it and all rows behind "
                "it, which are then run again", table, row);
}

int seals_match(const char *table, int count, const unsigned long *seal)
{
    char *path = seals_path(table), *line = NULL;
    FILE *f = path ? fopen(path, "r") : NULL;
    size_t room = 0;
    int status = path ? 0 : -1, row;
    unsigned long was;

    while (f && !status && getline(&line, &room, f) > 0)
        if (sscanf(line, "%d\t%8lx", &row, &was) == 2 && row >= 0 && row < count && was != seal[row])
            status = differs(table, row);
    if (f)
        fclose(f);
    free(line), free(path);
    return status;
}
