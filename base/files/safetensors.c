/*
 * .safetensors: the length of a header (8 bytes, little endian), a JSON object
 *     {"__metadata__": {"key": "text"}, "name": {"dtype": "F32", "shape": [3, 2], "data_offsets": [from, to]}, ...}
 * and the numbers.  The tensors cover what follows the header without a hole and without overlap, which is checked
 * before anything is read.
 */
#include <cjson/cJSON.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/files/source.h"
#include "base/fail.h"
#include "base/files/target.h"
#include "base/files/tensors.h"

enum { CHUNK = 512 };

/* A number of the upper 16 bits of a float, and IEEE's half precision: its exponent is rebased by a product, which also
 * mends subnormal ones. */
static float bits_float(uint32_t u)
{
    float f;

    memcpy(&f, &u, sizeof f);
    return f;
}

static double from_half(uint16_t h)
{
    uint32_t sign = (uint32_t)(h & 0x8000) << 16, rest = h & 0x7fff;

    return rest >= 0x7c00 ? bits_float(sign | 0x7f800000 | (rest & 0x3ff) << 13) : bits_float(sign | rest << 13)
        * 0x1p112;
}

static void from_f16(const unsigned char *raw, long n, double *v)
{
    for (long i = 0; i < n; i++)
        v[i] = from_half(raw[2 * i] | raw[2 * i + 1] << 8);
}

static void from_bf16(const unsigned char *raw, long n, double *v)
{
    for (long i = 0; i < n; i++)
        v[i] = bits_float((uint32_t)raw[2 * i] << 16 | (uint32_t)raw[2 * i + 1] << 24);
}

static const type half = { "F16", 0, 2, from_f16 }, brain = { "BF16", 0, 2, from_bf16 };

/* The other types have the converters of .npy. */
static const type *type_of(const char *dtype)
{
    static const struct { const char *here, *there; } same[] = { { "F32", "f4" }, { "F64", "f8" }, { "I64", "i8" },
                                                                 { "I32", "i4" }, { "I16", "i2" },
        { "I8", "i1" }, { "U8", "u1" }, { "U16", "u2" }, { "U32", "u4" }, { "U64", "u8" }, { "BOOL", "b1" } };

    if (!strcmp(dtype, half.descr))
        return &half;
    if (!strcmp(dtype, brain.descr))
        return &brain;
    for (unsigned i = 0; i < sizeof same / sizeof *same; i++)
        if (!strcmp(same[i].here, dtype))
            return type_named(same[i].there);
    return NULL;
}

typedef struct tensor_place {
    const cJSON *item;
    const type *type;
    int dims;
    long shape[MAX_DIMS], from, to;
} tensor_place;

/* A whole number from 0 on, as far as JSON's numbers are exact. */
static int whole(const cJSON *j, long *out)
{
    if (!cJSON_IsNumber(j) || !(j->valuedouble >= 0 && j->valuedouble <= 0x1p53)
        || j->valuedouble != (double)(long)j->valuedouble)
        return -1;
    *out = (long)j->valuedouble;
    return 0;
}

static int garbage(const tensors *all, const cJSON *item)
{
    return fail("%s: what the header says of \"%.80s\" is garbage; write the file again", all->path, item->string
                ? item->string : "");
}

/* room: bytes behind the header. */
static int read_place(const tensors *all, const cJSON *item, long room, tensor_place *p)
{
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(item, "dtype"),
        *shape = cJSON_GetObjectItemCaseSensitive(item, "shape"), *axis;
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(item, "data_offsets");
    long n = 1;

    *p = (tensor_place){ .item = item };
    if (!cJSON_IsString(dtype) || !cJSON_IsArray(shape) || !cJSON_IsArray(range) || cJSON_GetArraySize(range) != 2 ||
        whole(range->child, &p->from) || whole(range->child->next, &p->to) || p->from > p->to)
        return garbage(all, item);
    if (p->to > room)
        return fail("%s: is truncated: %.80s ends at byte %ld behind the header, and there are %ld; copy it again",
                    all->path, item->string, p->to, room);
    if (!(p->type = type_of(dtype->valuestring)))
        return fail("%s: %.80s is of type %.20s, which is not read; save it as float32", all->path, item->string,
                    dtype->valuestring);
    cJSON_ArrayForEach(axis, shape) {
        if (p->dims == MAX_DIMS)
            return fail("%s: %.80s has more than %d axes; no layer here wants such a tensor, leave it out or reshape "
                        "it", all->path, item->string, MAX_DIMS);
        if (whole(axis, &p->shape[p->dims]))
            return garbage(all, item);
        if (p->shape[p->dims] == 0)
            return fail("%s: %.80s is empty (axis %d has length 0); leave it out", all->path, item->string,
                        p->dims + 1);
        if (p->shape[p->dims] > room / n)
            return fail("%s: is truncated, or its header wrong: %.80s asks for more numbers than the file holds",
                        all->path, item->string);
        n *= p->shape[p->dims++];
    }
    if (n > room / p->type->size || n * p->type->size != p->to - p->from)
        return fail("%s: %.80s takes %ld bytes, but its shape needs %ld numbers of %d; write the file again",
                    all->path, item->string, p->to - p->from, n,
                    p->type->size);
    return 0;
}

static int by_start(const void *a, const void *b)
{
    const tensor_place *p = a, *q = b;

    return (p->from > q->from) - (p->from < q->from);
}

static int convert(tensors *all, const tensor_place *p, const unsigned char *data)
{
    tensor *t = tensors_add(all, p->item->string, p->dims, p->shape);
    double v[CHUNK];

    if (!t)
        return -1;
    for (long done = 0, n = tensor_size(t), part; done < n; done += part) {
        part = n - done < CHUNK ? n - done : CHUNK;
        p->type->convert(data + p->from + done * p->type->size, part, v);
        for (long i = 0; i < part; i++)
            t->v[done + i] = (float)v[i];
    }
    return 0;
}

static int read_notes(tensors *all, const cJSON *item)
{
    const cJSON *one;

    if (!cJSON_IsObject(item))
        return garbage(all, item);
    cJSON_ArrayForEach(one, item)
        if (!cJSON_IsString(one) || !one->string)
            return garbage(all, item);
        else if (tensors_add_note(all, one->string, one->valuestring))
            return -1;
    return 0;
}

/* p: room for a place an item. */
static int read_header(tensors *all, const cJSON *header, tensor_place *p, const unsigned char *data, long room)
{
    const cJSON *item;
    long end = 0;
    int n = 0;

    cJSON_ArrayForEach(item, header)
        if (!item->string)
            return garbage(all, item);
        else if (!strcmp(item->string, "__metadata__") ? read_notes(all, item) : read_place(all, item, room, &p[n++]))
            return -1;
    qsort(p, n, sizeof *p, by_start);
    for (int i = 0; i < n; end = p[i++].to)
        if (p[i].from != end)
            return fail("%s: %.80s begins at byte %ld where the tensor before it ends at %ld; write the file again",
                        all->path, p[i].item->string,
                        p[i].from, end);
    if (end != room)
        return fail("%s: %ld bytes follow the header where its tensors take %ld; the file is truncated or has "
                    "something behind it", all->path, room, end);
    for (int i = 0; i < n; i++)
        if (convert(all, &p[i], data))
            return -1;
    return 0;
}

int read_safetensors(tensors *all, const unsigned char *file, long size)
{
    uint64_t len = 0;
    cJSON *header;
    tensor_place *places;
    int status;

    for (int i = 7; i >= 0 && size >= 8; i--)
        len = len << 8 | file[i];
    if (size < 10 || len < 2 || len > (uint64_t)size - 8 || file[8] != '{')
        return fail("%s: is neither .safetensors nor .npz (or cut off within its header); save the state dict with "
                    "safetensors or numpy.savez", all->path);
    if (!(header = cJSON_ParseWithLength((const char *)file + 8, len)))
        return fail("%s: the header is no JSON; write the file again", all->path);
    places = calloc(cJSON_GetArraySize(header) + 1, sizeof *places);
    status = places ? read_header(all, header, places, file + 8 + len, size - 8 - (long)len)
        : fail("%s: no memory for the header", all->path);
    free(places);
    cJSON_Delete(header);
    return status;
}

/* {"dtype": "F32", ...}; *at moves on. */
static int add_item(cJSON *header, const tensor *t, long *at)
{
    cJSON *item = cJSON_AddObjectToObject(header, t->name), *shape, *range;
    long from = *at;

    *at += tensor_size(t) * (long)sizeof (float);
    if (!cJSON_AddStringToObject(item, "dtype", "F32") || !(shape = cJSON_AddArrayToObject(item, "shape")) ||
        !(range = cJSON_AddArrayToObject(item, "data_offsets")))
        return -1;
    for (int i = 0; i < t->dims; i++)
        if (!cJSON_AddItemToArray(shape, cJSON_CreateNumber((double)t->shape[i])))
            return -1;
    return cJSON_AddItemToArray(range, cJSON_CreateNumber((double)from))
        && cJSON_AddItemToArray(range, cJSON_CreateNumber((double)*at)) ? 0 : -1;
}

/* The header's text, owned; NULL: no memory. */
static char *header_text(const tensors *all)
{
    cJSON *header = cJSON_CreateObject(), *notes = all->notes ? cJSON_AddObjectToObject(header, "__metadata__") : NULL;
    int status = !header || (all->notes && !notes);
    char *text = NULL;
    long at = 0;

    for (int i = 0; i < all->notes && !status; i++)
        status = !cJSON_AddStringToObject(notes, all->note[i].key, all->note[i].value);
    for (int i = 0; i < all->count && !status; i++)
        status = add_item(header, &all->tensor[i], &at);
    if (!status)
        text = cJSON_PrintUnformatted(header);
    cJSON_Delete(header);
    return text;
}

/* Blanks behind the header let the numbers begin at a multiple of 8. */
int tensors_write(const char *path, const tensors *all)
{
    char *text = header_text(all);
    unsigned long len = text ? (strlen(text) + 7) / 8 * 8 : 0;
    target t;
    int status;

    if (!text)
        return fail("%s: no memory for the header", path);
    if (!(status = target_open(&t, path))) {
        for (int i = 0; i < 8; i++)
            fputc(len >> 8 * i & 0xff, t.file);
        fprintf(t.file, "%-*s", (int)len, text);
        for (int i = 0; i < all->count; i++)
            fwrite(all->tensor[i].v, sizeof (float), tensor_size(&all->tensor[i]), t.file);
    }
    free(text);
    return target_close(&t, status);
}
