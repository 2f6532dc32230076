/*
 * A score field in a child process: `pipe:COMMAND`, or kind = pipe with command in a model file.
 * Numbers are little-endian.
 *   it says   fokker 1 dim=2 predicts=noise type=float32 ...        one line, at its start
 *   we ask    "fokr", uint32 n, t[n], x[n][dim], int32 label[n] if it wants labels
 *   it says   "fokr", uint32 n, out[n][dim]
 * until its stdin ends.  One that died or broke the protocol is ended, and started anew at the next call.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "scores/outside/child.h"
#include "scores/field.h"

enum { VERSION = 1, HEAD = 8, LINE = 1024, NAME = 256 };
enum { TIME_T, TIME_SIGMA, TIME_LAMBDA };
enum { DIM, PREDICTS, TYPE, TIME, LABELS, BATCH, KEYS };

/* What a hello may say; the process is the rest of the line, since items have commas and equals signs. */
static const param keys[KEYS + 1] = {
    [DIM] = { "dim", "columns", NULL, NAN, 1, 1e8, 1 }, [PREDICTS] = { "predicts", "what it predicts", PREDICTS_WORDS,
                                                                       NAN },
    [TYPE] = { "type", "of all numbers", "float64 float32", 0 },
        [TIME] = { "time", "what it is told as t", "t sigma lambda", TIME_T },
    [LABELS] = { "labels", "whether it wants labels", "no yes", 0 },
        [BATCH] = { "batch", "most rows a call, 0: all", NULL, 0, 0, 1e9, 1 },
};

typedef struct pipe_field {
    char name[NAME], hello[LINE], *command, *folder, *process;
    double timeout; int batch;                      /* of the model file, or 0: what the hello says */
    args is;
    child *child;
    char *out, *in; size_t room_out, room_in;
} pipe_field;

static int is_little_endian(void)
{
    const uint16_t one = 1;

    return *(const unsigned char *)&one;
}

/* ---- hello ---- */

static int read_key(pipe_field *f, char *word)
{
    char *value = strchr(word, '=');

    if (!value)
        return fail("%s: its hello has \"%.60s\" without a value; write key=value", f->name, word);
    *value++ = 0;
    return args_set(&f->is, f->name, "its hello", keys, word, value);
}

static int read_hello(pipe_field *f, const char *line)
{
    char text[LINE], *rest, *word, *made_for;
    int version = 0, end = 0;

    if (sscanf(line, "fokker %d%n", &version, &end) != 1)
        return fail("%s: the child began with \"%.60s\" and not with its hello, \"fokker %d dim=...\"; whatever else "
                    "it prints belongs to stderr", f->name, line,
                    VERSION);
    if (version != VERSION)
        return fail("%s: the child speaks version %d of the protocol, this program version %d", f->name, version,
                    VERSION);
    snprintf(text, sizeof text, "%s", line + end);
    if ((made_for = strstr(text, " process="))) {
        *made_for = 0, made_for += strlen(" process=");
        if (!(f->process = strdup(made_for)))
            return fail("%s: out of memory", f->name);
    }
    args_default(&f->is, keys);
    for (word = strtok_r(text, " \r", &rest); word; word = strtok_r(NULL, " \r", &rest))
        if (read_key(f, word))
            return -1;
    return args_complete(&f->is, f->name, "its hello", keys);
}

/* Starts the child; the first time its hello is read, later it must be the same. */
static int start(pipe_field *f)
{
    char line[LINE];
    int status;

    if (!(f->child = child_start(f->name, f->command, f->folder)))
        return -1;
    status = child_line(f->child, line, sizeof line, f->timeout);
    if (!status && !*f->hello)
        status = read_hello(f, line);
    else if (!status && strcmp(line, f->hello))
        status = fail("%s: started anew, the child says another hello, \"%.80s\"", f->name, line);
    if (status)
        child_end(f->child, 0), f->child = NULL;
    else
        strcpy(f->hello, line);
    return status;
}

/* ---- a call ---- */

static int make_room(pipe_field *f, char **buffer, size_t *room, size_t bytes)
{
    if (bytes <= *room)
        return 0;
    free(*buffer);
    *room = (*buffer = malloc(bytes)) ? bytes : 0;
    return *buffer ? 0 : fail("%s: out of memory for a message of %zu bytes; give it fewer rows a call with batch",
                              f->name, bytes);
}

static size_t width(const pipe_field *f) { return f->is.v[TYPE] ? sizeof(float) : sizeof(double); }

/* n numbers into a message; returns its end. */
static char *put(const pipe_field *f, char *to, size_t n, const double *v)
{
    float *small = (float *)to;                     /* messages are aligned for both */

    if (f->is.v[TYPE])
        for (size_t i = 0; i < n; i++)
            small[i] = (float)v[i];
    else
        memcpy(to, v, n * sizeof *v);
    return to + n * width(f);
}

static void get(const pipe_field *f, const char *from, size_t n, double *v)
{
    const float *small = (const float *)from;

    if (f->is.v[TYPE])
        for (size_t i = 0; i < n; i++)
            v[i] = small[i];
    else
        memcpy(v, from, n * sizeof *v);
}

static void put_head(char *to, uint32_t n)
{
    memcpy(to, "fokr", 4);
    memcpy(to + 4, &n, sizeof n);
}

static int wrong_head(const pipe_field *f, size_t asked)
{
    char shown[HEAD + 1];
    uint32_t n;

    memcpy(&n, f->in + 4, sizeof n);
    if (!memcmp(f->in, "fokr", 4))
        return fail("%s: the child answers for %lu rows and was asked for %zu; it must repeat the number", f->name,
                    (unsigned long)n, asked);
    for (int i = 0; i < HEAD; i++)
        shown[i] = f->in[i] >= ' ' && f->in[i] < 127 ? f->in[i] : '?';
    shown[HEAD] = 0;
    return fail("%s: the child's answer begins with \"%s\" and not with \"fokr\"; its stdout belongs to the protocol, "
                "let it print to stderr", f->name, shown);
}

static double time_of(const pipe_field *f, const level *l)
{
    return f->is.v[TIME] == TIME_SIGMA ? l->sigma : f->is.v[TIME] == TIME_LAMBDA ? l->lambda : l->t;
}

/* Points first .. first + n - 1 of the batch. */
static int call(pipe_field *f, const batch *p, size_t first, size_t n, double *out)
{
    size_t dim = (size_t)f->is.v[DIM], labels = f->is.v[LABELS] ? n : 0;
    size_t asked = HEAD + n * (1 + dim) * width(f) + labels * sizeof(int32_t), wanted = HEAD + n * dim * width(f);
    char *at;

    if (make_room(f, &f->out, &f->room_out, asked) || make_room(f, &f->in, &f->room_in, wanted))
        return -1;
    put_head(f->out, (uint32_t)n);
    at = f->out + HEAD;
    for (size_t i = 0; i < n; i++)
        at = put(f, at, 1, (const double[]){ time_of(f, &p->at[(first + i) / p->rows]) });
    at = put(f, at, n * dim, p->x + first * dim);
    for (size_t i = 0; i < labels; i++)
        ((int32_t *)at)[i] = p->label ? p->label[first + i] : -1;
    if (child_talk(f->child, f->out, asked, f->in, wanted, f->timeout))
        return -1;
    if (memcmp(f->in, f->out, HEAD))
        return wrong_head(f, n);
    get(f, f->in + HEAD, n * dim, out + first * dim);
    return 0;
}

static int eval(void *self, const batch *p, double *out)
{
    pipe_field *f = self;
    size_t n = (size_t)p->groups * p->rows, most = f->batch ? (size_t)f->batch : f->is.v[BATCH]
        ? (size_t)f->is.v[BATCH] : UINT32_MAX;

    if (!f->child && start(f))
        return -1;
    for (size_t first = 0; first < n; first += most)
        if (call(f, p, first, n - first < most ? n - first : most, out)) {
            child_end(f->child, 0);                 /* what it may still say is an answer to no one */
            f->child = NULL;
            return -1;
        }
    return 0;
}

/* ---- open ---- */

static void close_self(void *self)
{
    pipe_field *f = self;

    child_end(f->child, 2);
    free(f->command), free(f->folder), free(f->process), free(f->out), free(f->in);
    free(f);
}

static int read_section(pipe_field *f, const model *m, section *s)
{
    const char *command = section_get(s, "command");
    double batch_rows;

    if (!command || !*command)
        return fail("%s: [score] needs command; give command = python3 net.py", field_where(m, s, "command"));
    if (field_number(m, s, "timeout", 1e-3, 1e9, f->timeout, &f->timeout)
        || field_number(m, s, "batch", 0, 1e9, 0, &batch_rows))
        return -1;
    f->batch = (int)batch_rows;
    f->command = strdup(command), f->folder = strdup(m->file->folder);
    snprintf(f->name, sizeof f->name, "pipe:%s", command);
    return trust_allows(m->file, s, "command", command, m->trust);
}

static int prepare(pipe_field *f, const model *m, section *s)
{
    if (!is_little_endian())
        return fail("pipe: the protocol is little-endian and this machine is not");
    f->timeout = 120;
    if (s) {
        if (read_section(f, m, s))
            return -1;
    } else {
        snprintf(f->name, sizeof f->name, "%s", m->field);
        f->command = strdup(strchr(m->field, ':') + 1), f->folder = strdup("");
    }
    return f->command && f->folder ? start(f) : fail("%s: out of memory", f->name);
}

static score *open_pipe(const model *m, section *s)
{
    pipe_field *f = calloc(1, sizeof *f);
    score *field = NULL;

    if (!f)
        return fail("pipe: out of memory"), NULL;
    if (!prepare(f, m, s))
        field = field_new((score){ .abi = SCORE_ABI, .name = "pipe", .dim = (int)f->is.v[DIM],
                                   .predicts = (enum predicts)f->is.v[PREDICTS], .serial = 1,
                                   .process = f->process, .single = f->is.v[TYPE] != 0, .eval = eval,
                                   .close = close_self, .self = f });
    if (!field)
        close_self(f);
    return field;
}

static const char *const section_keys[] = { "command", "timeout", "batch", NULL };
const field_kind field_kind_pipe = { .name = "pipe", .keys = section_keys, .open = open_pipe };
