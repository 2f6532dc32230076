/*
 * What reads files that others made, under libFuzzer (`make fuzz`): one program a target, FUZZ is which.
 * Nothing may crash, overrun or leak, and no allocation may exceed a constant times the file (-malloc_limit_mb for
 * files of -max_len).  A model's process and law are opened; its field is not, since a file may name programs there.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/files/array.h"
#include "models/model.h"
#include "base/files/tensors.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static inline void fuzz_model(const char *path) { model_close(model_open(path, NULL)); }

static inline void fuzz_npy(const char *path)
{
    array a;

    if (!array_read(path, &a))
        array_free(&a);
}

static inline void fuzz_npz(const char *path)
{
    tensors all;

    if (!tensors_read(path, &all))
        tensors_free(&all);
}

static inline void fuzz_safetensors(const char *path) { fuzz_npz(path); }

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    static int file = -1;
    char path[64];

    if (file < 0 && (file = memfd_create("fuzz", 0)) < 0)
        exit((perror("memfd_create"), 1));
    if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
        exit((perror("memfd"), 1));
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    FUZZ(path);
    return 0;
}
