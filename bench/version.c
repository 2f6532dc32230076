/* The one object that knows the version and the commit: it alone is made again when they change. */
#define _GNU_SOURCE                 /* dl_iterate_phdr */
#include <cblas.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include "bench/version.h"
#include "include/fokker.h"

const char *version_text(void)
{
    return FOKKER_VERSION;
}

const char *version_commit(void)
{
    return *FOKKER_COMMIT ? FOKKER_COMMIT : "unknown";
}

/* The build ID among the notes of a segment, in hexadecimal. */
static int read_notes(const char *at, size_t left, char *text, size_t room)
{
    enum { BUILD_ID = 3, DIGITS = 8 };

    while (left >= 12) {
        uint32_t head[3];
        size_t name, size;

        memcpy(head, at, sizeof head);
        name = (head[0] + 3) & ~(size_t)3, size = (head[1] + 3) & ~(size_t)3;
        if (12 + name + size > left)
            return 0;
        if (head[2] == BUILD_ID && head[0] == 4 && !memcmp(at + 12, "GNU", 4)) {
            for (size_t i = 0; i < DIGITS && i < head[1] && 2 * i + 3 <= room; i++)
                sprintf(text + 2 * i, "%02x", (unsigned char)at[12 + name + i]);
            return 1;
        }
        at += 12 + name + size, left -= 12 + name + size;
    }
    return 0;
}

/* The first object is the program itself. */
static int read_program(struct dl_phdr_info *of, size_t size, void *text)
{
    for (int i = 0; i < of->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &of->dlpi_phdr[i];

        if (p->p_type == PT_NOTE && read_notes((const char *)of->dlpi_addr + p->p_vaddr, p->p_memsz, text, 32))
            break;
    }
    return 1;
}

const char *version_build(void)
{
    static _Thread_local char text[32];

    if (!*text)
        dl_iterate_phdr(read_program, text);
    return *text ? text : "unknown";
}

const char *version_blas(void)
{
    return openblas_get_config();
}

/* /proc/cpuinfo's first "model name : TEXT" into name. */
static int model_name(char *name, size_t size)
{
    FILE *f = fopen("/proc/cpuinfo", "r");
    int found = 0;

    while (f && !found && fgets(name, (int)size, f))
        found = !strncmp(name, "model name", 10) && strchr(name, ':');
    if (f)
        fclose(f);
    if (found) {
        char *text = strchr(name, ':') + 1;

        text += strspn(text, " \t");
        text[strcspn(text, "\n")] = 0;
        memmove(name, text, strlen(text) + 1);
    }
    return found && *name;
}

const char *version_cpu(void)
{
    static _Thread_local char name[256];
    struct utsname u;

    if (!model_name(name, sizeof name))
        snprintf(name, sizeof name, "%.200s", uname(&u) < 0 ? "unknown" : u.machine);
    return name;
}

char *version_lines(const char *before)
{
    const char *b = before;
    size_t size = 5 * (strlen(before) + 320);
    char *text = malloc(size);

    if (text)
        snprintf(text, size, "%sfokker %s\n%scommit %s\n%sbuild %s\n%scpu %s\n%sblas %.256s, one thread\n", b,
                 version_text(), b, version_commit(), b, version_build(), b, version_cpu(), b, version_blas());
    return text;
}
