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
#include "base/fail.h"
#include "base/files/target.h"
#include "base/files/tensors_read.h"

/* unread: it is here, and of a type or shape that is not read. */
typedef struct tensor_place { const cJSON *item; layout of; long from, to; char *unread; } tensor_place;

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

/* What is wrong with a tensor alone, which its file may nevertheless have. */
static int leave(tensor_place *p)
{
    p->unread = strdup(last_error());
    return p->unread ? 0 : fail("out of memory");
}

/* The type and the axes. */
static int read_layout(const tensors *all, const char *dtype, const cJSON *shape, tensor_place *p)
{
    const char *name = p->item->string;
    layout *l = &p->of;
    const cJSON *axis;

    cJSON_ArrayForEach(axis, shape) {
        long length;

        if (whole(axis, &length))
            return garbage(all, p->item);
        if (length == 0 && !p->unread) {
            fail("%s: %.80s is empty (an axis has length 0); nothing can be made of it", all->path, name);
            if (leave(p))
                return -1;
        }
        if (l->dims < MAX_DIMS)
            l->shape[l->dims] = length;
        l->dims++;
    }
    if (l->dims > MAX_DIMS && !p->unread) {
        fail("%s: %.80s has more than %d axes; no layer here wants such a tensor, reshape it", all->path, name,
             MAX_DIMS);
        return leave(p);
    }
    if (!(l->type = type_of_dtype(dtype)) && !p->unread) {
        fail("%s: %.80s is of type %.20s, which is not read; save it as float32", all->path, name, dtype);
        return leave(p);
    }
    if (!l->dims)
        l->shape[l->dims++] = 1;
    return 0;
}

/* room: bytes behind the header. */
static int read_place(const tensors *all, const cJSON *item, long room, tensor_place *p)
{
    const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(item, "dtype"),
        *shape = cJSON_GetObjectItemCaseSensitive(item, "shape");
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(item, "data_offsets");
    long n = 1;

    p->item = item;
    if (!cJSON_IsString(dtype) || !cJSON_IsArray(shape) || !cJSON_IsArray(range) || cJSON_GetArraySize(range) != 2
        || whole(range->child, &p->from) || whole(range->child->next, &p->to) || p->from > p->to)
        return garbage(all, item);
    if (p->to > room)
        return fail("%s: is truncated: %.80s ends at byte %ld behind the header, and there are %ld; copy it again",
                    all->path, item->string, p->to, room);
    if (read_layout(all, dtype->valuestring, shape, p))
        return -1;
    for (int i = 0; !p->unread && i < p->of.dims; i++) {
        if (p->of.shape[i] > room / n)
            return fail("%s: is truncated, or its header wrong: %.80s asks for more numbers than the file holds",
                        all->path, item->string);
        n *= p->of.shape[i];
    }
    if (!p->unread && (n > room / p->of.type->size || n * p->of.type->size != p->to - p->from))
        return fail("%s: %.80s takes %ld bytes, but its shape needs %ld numbers of %d; write the file again",
                    all->path, item->string, p->to - p->from, n, p->of.type->size);
    return 0;
}

static int by_start(const void *a, const void *b)
{
    const tensor_place *p = a, *q = b;

    return (p->from > q->from) - (p->from < q->from);
}

static int convert(tensors *all, const tensor_place *p, const bytes *file, long data, part_source *from)
{
    int status;

    if (p->unread)
        return fail("%s", p->unread), tensors_leave(all, p->item->string);
    if (part_open(from, file, all->path, data + p->from, p->to - p->from, p->to - p->from, 0))
        return -1;
    status = tensors_take(all, p->item->string, &from->s, &p->of);
    part_close(from);
    return status;
}

/* A value that is no text is kept as JSON writes it: whoever asks for it judges it. */
static int read_notes(tensors *all, const cJSON *item)
{
    const cJSON *one;

    cJSON_ArrayForEach(one, item) {
        char *text = cJSON_IsString(one) ? NULL : cJSON_PrintUnformatted(one);
        int bad = !cJSON_IsString(one) && !text ? fail("%s: no memory for the header", all->path)
                  : one->string && tensors_add_note(all, one->string, text ? text : one->valuestring);

        cJSON_free(text);
        if (bad)
            return -1;
    }
    return 0;
}

/* p: room for a place an item, zeros; *n: how many there are. */
static int read_places(tensors *all, const cJSON *header, tensor_place *p, int *n, long room)
{
    const cJSON *item;
    long end = 0;

    cJSON_ArrayForEach(item, header)
        if (!item->string)
            return garbage(all, item);
        else if (!strcmp(item->string, "__metadata__") ? read_notes(all, item)
                 : read_place(all, item, room, &p[(*n)++]))
            return -1;
    qsort(p, *n, sizeof *p, by_start);
    for (int i = 0; i < *n; end = p[i++].to)
        if (p[i].from != end)
            return fail("%s: %.80s begins at byte %ld where the tensor before it ends at %ld; write the file again",
                        all->path, p[i].item->string, p[i].from, end);
    return end == room ? 0 : fail("%s: %ld bytes follow the header where its tensors take %ld; the file is truncated "
                                  "or has something behind it", all->path, room, end);
}

/* data: where the numbers begin. */
static int read_all(tensors *all, const cJSON *header, const bytes *file, long data)
{
    tensor_place *p = calloc(cJSON_GetArraySize(header) + 1, sizeof *p);
    part_source *from = malloc(sizeof *from);
    int n = 0, status = p && from ? read_places(all, header, p, &n, file->size - data)
        : fail("%s: no memory for the header", all->path);

    for (int i = 0; i < n && !status; i++)
        status = convert(all, &p[i], file, data, from);
    for (int i = 0; i < n; i++)
        free(p[i].unread);
    free(p), free(from);
    return status;
}

int read_safetensors(tensors *all, const bytes *file)
{
    unsigned char first[9] = { 0 };
    uint64_t len = 0;
    char *text;
    cJSON *header = NULL;
    int status;

    if (file->size >= 10 && bytes_at(file, 0, first, sizeof first))
        return -1;
    for (int i = 7; i >= 0; i--)
        len = len << 8 | first[i];
    if (len < 2 || len > (uint64_t)file->size - 8 || first[8] != '{')
        return fail("%s: is neither .safetensors nor .npz (or cut off within its header); save the state dict with "
                    "safetensors or numpy.savez", all->path);
    if (!(text = malloc(len + 1)))
        return fail("%s: no memory for the header", all->path);
    status = bytes_at(file, 8, text, (long)len);
    if (!status && !(header = cJSON_ParseWithLength(text, len)))
        status = fail("%s: the header is no JSON; write the file again", all->path);
    free(text);
    if (!status)
        status = read_all(all, header, file, 8 + (long)len);
    cJSON_Delete(header);
    return status;
}

/* {"dtype": "F32", ...}; *at moves on. */
static int add_item(cJSON *header, const tensor *t, long *at)
{
    cJSON *item = cJSON_AddObjectToObject(header, t->name), *shape, *range;
    long from = *at;

    *at += tensor_size(t) * (long)sizeof (float);
    if (!cJSON_AddStringToObject(item, "dtype", "F32") || !(shape = cJSON_AddArrayToObject(item, "shape"))
        || !(range = cJSON_AddArrayToObject(item, "data_offsets")))
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
