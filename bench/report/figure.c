/* Quoting for gnuplot, and gnuplot itself: it reads what is written here from its stdin, then the script. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/inside.h"
#include "bench/report/figure.h"
#include "models/folders.h"

extern char **environ;

/* ---- texts ---- */

/* Bytes of the UTF-8 character at c; 0 where there is none (overlong forms and surrogates pass: they harm nobody). */
static int utf8_size(const unsigned char *c)
{
    int size = *c < 0x80 ? 1 : *c >= 0xc2 && *c < 0xe0 ? 2 : *c >= 0xe0 && *c < 0xf0 ? 3 : *c >= 0xf0 && *c < 0xf5 ? 4
        : 0;

    for (int i = 1; i < size; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    return size;
}

/* A quote stands by itself between the parts of a text: gnuplot reads two of them as one, but not at the beginning. */
static const char a_quote[] = "'.\"'\".'";

/* 'text': within such quotes gnuplot knows no escape, no variable and no command. */
static void put_quoted(FILE *f, const char *text)
{
    fputc('\'', f);
    for (const unsigned char *c = (const unsigned char *)text; *c; ) {
        int size = utf8_size(c);

        if (!size)
            fputc('?', f);
        else if (*c == '\'')
            fputs(a_quote, f);
        else if (*c < ' ' || *c == 127)
            fputc(' ', f);
        else
            fwrite(c, 1, size, f);
        c += size ? size : 1;
    }
    fputc('\'', f);
}

/* The same byte for byte; a line's end, which no quotes can hold, stands between the parts. */
static void put_path(FILE *f, const char *path)
{
    fputs(*path == '/' ? "'" : "'./", f);           /* nothing that a path may begin with means more than itself */
    for (; *path; path++)
        switch (*path) {
        case '\'': fputs(a_quote, f); break;
        case '\n': fputs("'.\"\\n\".'", f); break;
        case '\r': fputs("'.\"\\r\".'", f); break;
        default:   fputc(*path, f);
        }
    fputc('\'', f);
}

void figure_text(figure *g, const char *name, const char *text)
{
    fprintf(g->in, "%s = ", name);
    put_quoted(g->in, text);
    fputc('\n', g->in);
}

void figure_path(figure *g, const char *name, const char *path)
{
    fprintf(g->in, "%s = ", name);
    put_path(g->in, path);
    fputc('\n', g->in);
}

void figure_number(figure *g, const char *name, double v)
{
    if (isnan(v))
        fprintf(g->in, "%s = NaN\n", name);
    else
        fprintf(g->in, "%s = %.17g\n", name, v);
}

void figure_names(figure *g, const char *name, int n, const char *const *text)
{
    fprintf(g->in, "%s_count = %d\narray %s[%d]\n", name, n, name, n ? n : 1);
    for (int i = 0; i < (n ? n : 1); i++) {
        fprintf(g->in, "%s[%d] = ", name, i + 1);
        put_quoted(g->in, n ? text[i] : "");
        fputc('\n', g->in);
    }
}

/* ---- tables ---- */

static const char end_of_table[] = "end_of_table";

void figure_begin(figure *g, const char *name, const char *columns)
{
    fprintf(g->in, "$%s << %s\n%s\n", name, end_of_table, columns);
}

void figure_end(figure *g) { fprintf(g->in, "%s\n", end_of_table); }

void figure_cell(figure *g, double v, int last)
{
    if (isnan(v))
        fputs("nan", g->in);
    else
        fprintf(g->in, "%.17g", v);
    fputc(last ? '\n' : '\t', g->in);
}

static int is_word_of(const char *words, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = words; size && (at = strstr(at, word)); at += size)
        if ((at == words || at[-1] == ' ') && (!at[size] || at[size] == ' '))
            return 1;
    return 0;
}

/* A name of a column as gnuplot's name of a variable. */
static int is_name(const char *text)
{
    if (!isalpha((unsigned char)*text))
        return 0;
    while (isalnum((unsigned char)*text) || *text == '_')
        text++;
    return !*text;
}

int figure_table(figure *g, const char *name, const table *t, const char *texts)
{
    distinct *known = calloc(t->columns, sizeof *known);
    int bad = known ? 0 : fail("%s: out of memory", t->path);

    for (int c = 0; c < t->columns && !bad; c++)
        if (!is_name(table_cell(t, -1, c)))
            bad = fail("%s: column %d has no name such as this program gives; was the file changed?", t->path, c + 1);
    if (bad)
        return free(known), -1;
    fprintf(g->in, "$%s << %s\n", name, end_of_table);
    for (int row = -1; row < t->rows; row++)
        for (int c = 0; c < t->columns; c++) {
            int last = c == t->columns - 1, place;

            if (row < 0) {
                fprintf(g->in, "%s%c", table_cell(t, row, c), last ? '\n' : '\t');
            } else if (is_word_of(texts, table_cell(t, -1, c))) {
                bad |= !(place = distinct_place(&known[c], table_cell(t, row, c)));
                fprintf(g->in, "%d%c", place, last ? '\n' : '\t');
            } else {
                figure_cell(g, table_number(t, row, c), last);
            }
        }
    figure_end(g);
    for (int c = 0; c < t->columns; c++) {
        char array[80];

        snprintf(array, sizeof array, "%.60s_names", table_cell(t, -1, c));
        if (is_word_of(texts, table_cell(t, -1, c)))
            figure_names(g, array, known[c].n, known[c].text);
        distinct_free(&known[c]);
    }
    free(known);
    return bad ? -1 : 0;
}

/* ---- gnuplot ---- */

/* The folder of the scripts: beside that of the models, or $FOKKER_PLOTS. */
static const char *scripts_folder(char path[FIGURE_PATH])
{
    const char *asked = getenv("FOKKER_PLOTS");

    snprintf(path, FIGURE_PATH, "%s%s", asked && *asked ? asked : shared_folder(), asked && *asked ? "" : "plots");
    return path;
}

/* Letters, digits, dots and dashes. */
static void file_part(const char *text, char *out, size_t size)
{
    snprintf(out, size, "%s", text);
    for (; *out; out++)
        if (!isalnum((unsigned char)*out) && *out != '.' && *out != '-' && *out != '_')
            *out = '-';
}

int figure_open(figure *g, const char *folder, const char *out)
{
    char scripts[FIGURE_PATH];

    *g = (figure){ .in = tmpfile(), .folder = folder };
    if (!g->in)
        return fail("no room for what gnuplot is told (%s)", strerror(errno));
    file_part(out, g->out, sizeof g->out);
    figure_path(g, "folder", folder);
    figure_text(g, "out", g->out);
    figure_path(g, "scripts", scripts_folder(scripts));
    return 0;
}

void figure_close(figure *g)
{
    if (g->in)
        fclose(g->in);
    *g = (figure){ 0 };
}

/* Without start-up files (-d), since a picture is the same for everybody. */
static int run(FILE *in, const char *log)
{
    char *argument[] = { "gnuplot", "-d", "-", NULL };
    posix_spawn_file_actions_t to;
    pid_t child;
    int status, error;

    posix_spawn_file_actions_init(&to);
    posix_spawn_file_actions_adddup2(&to, fileno(in), 0);
    posix_spawn_file_actions_addopen(&to, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    posix_spawn_file_actions_adddup2(&to, 1, 2);
    error = posix_spawnp(&child, "gnuplot", &to, NULL, argument, environ);
    posix_spawn_file_actions_destroy(&to);
    if (error)
        return fail("gnuplot cannot be run (%s); install it (Debian: gnuplot-nox)", strerror(error));
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return fail("gnuplot: its end was missed (%s)", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
        return fail("gnuplot cannot be run; install it (Debian: gnuplot-nox)");
    return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : 1;
}

/* No picture goes through a link out of the folder: whoever wrote the folder may have put it there. */
static int check_links(const figure *g)
{
    static const char *const ends[] = { ".svg", ".png" };
    char path[FIGURE_PATH];

    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s%s", g->folder, i < 2 ? g->out : "gnuplot.log", i < 2 ? ends[i] : "");
        if (link_leaves(g->folder, path))
            return fail("%s: is a link out of its folder, and would be written through; remove it", path);
    }
    return 0;
}

int figure_draw(figure *g, const char *script)
{
    char path[FIGURE_PATH + 100], folder[FIGURE_PATH], log[FIGURE_PATH + 100];
    int bad;

    snprintf(path, sizeof path, "%s/%s.gp", scripts_folder(folder), script);
    snprintf(log, sizeof log, "%s/gnuplot.log", g->folder);
    if (access(path, R_OK))
        bad = fail("%s: the script is missing; set FOKKER_PLOTS to the folder of plots", path);
    else if (!(bad = check_links(g))) {
        fprintf(g->in, "load scripts . '/%s.gp'\n", script);
        bad = fflush(g->in) || lseek(fileno(g->in), 0, SEEK_SET) < 0
            ? fail("no room for what gnuplot is told (%s)", strerror(errno)) : run(g->in, log);
        if (!bad)
            remove(log);
        else if (bad > 0)
            fail("gnuplot failed on %s; see %s", path, log);
    }
    figure_close(g);
    return bad ? -1 : 0;
}
