/*
 * Where an .onnx keeps its weights outside of itself: TensorProto.external_data with the key "location", a path
 * relative to the model's folder.  The runtime opens what stands there, so that a model from a stranger could have any
 * file read as weights; here every tensor of the file is visited before the runtime sees it (graphs within nodes and
 * functions too), and a location that leads out of the folder is refused.
 * The file is walked as protocol buffers are encoded: (field number << 3 | wire type), then a varint, 8 or 4 bytes, or
 * a length and as many bytes.  What is damaged is left to the runtime, which refuses it.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/inside.h"
#include "scores/outside/onnx.h"

/* The messages of onnx.proto on the way to tensors. */
enum message { MODEL, TRAINING, GRAPH, NODE, ATTRIBUTE, SPARSE, FUNCTION, TENSOR, ENTRY };
static const struct onnx_step { enum message in; int field; enum message leads_to; } steps[] = {
    { MODEL, 7, GRAPH }, { MODEL, 20, TRAINING }, { MODEL, 25, FUNCTION },
    { TRAINING, 1, GRAPH }, { TRAINING, 2, GRAPH },
    { GRAPH, 1, NODE }, { GRAPH, 5, TENSOR }, { GRAPH, 15, SPARSE },
    { FUNCTION, 7, NODE }, { FUNCTION, 11, ATTRIBUTE },
    { NODE, 5, ATTRIBUTE },
    { ATTRIBUTE, 5, TENSOR }, { ATTRIBUTE, 6, GRAPH }, { ATTRIBUTE, 10, TENSOR }, { ATTRIBUTE, 11, GRAPH },
    { ATTRIBUTE, 22, SPARSE }, { ATTRIBUTE, 23, SPARSE },
    { SPARSE, 1, TENSOR }, { SPARSE, 2, TENSOR },
    { TENSOR, 13, ENTRY },
};
enum { STEPS = sizeof steps / sizeof *steps, ENTRY_KEY = 1, ENTRY_VALUE = 2, DEEPEST = 128 };
enum wire { VARINT, EIGHT, LENGTH, GROUP, GROUP_END, FOUR };

typedef struct byte_range { const unsigned char *at, *end; } byte_range;
typedef struct wire_field { int number; enum wire wire; byte_range is; } wire_field;

/* 0, or -1 where it does not end. */
static int varint(byte_range *b, uint64_t *v)
{
    *v = 0;
    for (int shift = 0; b->at < b->end && shift < 64; shift += 7) {
        *v |= (uint64_t)(*b->at & 127) << shift;
        if (*b->at++ < 128)
            return 0;
    }
    return -1;
}

/* The next tag and what it announces; `is` has the bytes of a field with a length.  0 at the end and where
 * the message is damaged. */
static int next_tag(byte_range *b, wire_field *f)
{
    uint64_t tag, size = 0;

    if (b->at == b->end || varint(b, &tag))
        return 0;
    f->number = (int)(tag >> 3 & INT_MAX), f->wire = (enum wire)(tag & 7);
    switch (f->wire) {
    case VARINT: return !varint(b, &size);
    case EIGHT:  size = 8; break;
    case FOUR:   size = 4; break;
    case LENGTH:
        if (varint(b, &size))
            return 0;
        break;
    case GROUP: case GROUP_END: return 1;
    default: return 0;
    }
    if (size > (uint64_t)(b->end - b->at))
        return 0;
    f->is = (byte_range){ b->at, b->at + size };
    b->at += size;
    return 1;
}

/* The next field.  Groups, an old encoding that no message here has, are stepped over as the runtime does. */
static int next_field(byte_range *b, wire_field *f)
{
    for (long open = 0; next_tag(b, f); ) {
        open += (f->wire == GROUP) - (f->wire == GROUP_END);
        if (open < 0)
            return 0;
        if (!open && f->wire != GROUP_END)
            return 1;
    }
    return 0;
}

/* ---- a location ---- */

static int climbs(const char *path)
{
    for (const char *part = path; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (!strncmp(part, "..", 2) && (!part[2] || part[2] == '/'))
            return 1;
    return 0;
}

/* Whether the file, its links followed, lies in the folder of the model.  A name of the runtime's own for memory
 * (it begins with an asterisk, and its offset is an address) names no file. */
static int at_home(const char *onnx, const char *location)
{
    const char *slash = strrchr(onnx, '/');
    int size = slash ? (int)(slash - onnx) + 1 : 0;
    char folder[PATH_MAX], path[PATH_MAX];

    snprintf(folder, sizeof folder, "%.*s.", size, onnx);
    return snprintf(path, sizeof path, "%.*s%s", size, onnx, location) < (int)sizeof path && path_inside(folder, path)
        && *location != '*';
}

static int check_location(const char *onnx, byte_range b)
{
    char location[PATH_MAX];

    if (b.end - b.at >= (long)sizeof location || memchr(b.at, 0, b.end - b.at))
        return fail("%s: keeps weights in a file whose name is none; it will not be opened", onnx);
    memcpy(location, b.at, b.end - b.at);
    location[b.end - b.at] = 0;
    if (*location != '/' && !climbs(location) && at_home(onnx, location))
        return 0;
    return fail("%s: keeps weights in \"%s\", which is no file in its own folder; a network may read nothing else: put "
                "the file beside it, or export it with its weights inside", onnx, location);
}

/* Key and value stand in any order, and the last of each holds. */
static int check_entry(const char *onnx, byte_range b)
{
    static const char name[] = "location";
    byte_range value = { b.at, b.at };
    int is_location = 0;
    wire_field f;

    while (next_field(&b, &f)) {
        if (f.number == ENTRY_KEY && f.wire == LENGTH)
            is_location = f.is.end - f.is.at == sizeof name - 1 && !memcmp(f.is.at, name, sizeof name - 1);
        if (f.number == ENTRY_VALUE && f.wire == LENGTH)
            value = f.is;
    }
    return is_location ? check_location(onnx, value) : 0;
}

/* ---- messages ---- */

static int check_message(const char *onnx, enum message what, byte_range b, int depth)
{
    wire_field f;

    if (what == ENTRY)
        return check_entry(onnx, b);
    while (depth < DEEPEST && next_field(&b, &f))
        for (int i = 0; i < STEPS; i++)
            if (steps[i].in == what && steps[i].field == f.number && f.wire == LENGTH
                && check_message(onnx, steps[i].leads_to, f.is, depth + 1))
                return -1;
    return 0;
}

int onnx_keeps_home(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), bad = 0;
    struct stat is;
    unsigned char *all;

    if (fd < 0)
        return 0;
    if (!fstat(fd, &is) && S_ISREG(is.st_mode) && is.st_size > 0
        && (all = mmap(NULL, is.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) != MAP_FAILED) {
        bad = check_message(path, MODEL, (byte_range){ all, all + is.st_size }, 0);
        munmap(all, is.st_size);
    }
    close(fd);
    return bad;
}
