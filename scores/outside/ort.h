/*
 * ONNX Runtime as it is used here: a shared library found at run time, no header needed.
 * Its table of functions only ever grows at its end, so a place in it means the same in every version from ORT_VERSION
 * on; the places are those of its C API, counted from 0.
 */
#ifndef FOKKER_ORT_H
#define FOKKER_ORT_H
#include <stddef.h>
#include <stdint.h>

enum { ORT_VERSION = 11 };                          /* of the API, ONNX Runtime 1.11 */
enum ort_type { ORT_FLOAT = 1, ORT_INT32 = 6, ORT_INT64 = 7, ORT_FLOAT16 = 10, ORT_DOUBLE = 11 };

typedef struct ort_status ort_status;               /* NULL: all well */
typedef struct ort_env ort_env;
typedef struct ort_options ort_options;
typedef struct ort_session ort_session;
typedef struct ort_value ort_value;
typedef struct ort_memory ort_memory;
typedef struct ort_type_info ort_type_info;
typedef struct ort_shape ort_shape;
typedef struct ort_allocator {
    uint32_t version;
    void *(*alloc)(struct ort_allocator *, size_t);
    void (*free)(struct ort_allocator *, void *);
} ort_allocator;

/* FUNCTION(place, name, arguments): those that return a status. */
#define ORT_FUNCTIONS \
    FUNCTION(3, create_env, (int severity, const char *id, ort_env **)) \
    FUNCTION(7, create_session, (const ort_env *, const char *path, const ort_options *, ort_session **)) \
    FUNCTION(8, create_session_from, (const ort_env *, const void *model, size_t size, const ort_options *, \
                                      ort_session **)) \
    FUNCTION(9, run, (ort_session *, const void *options, const char *const *names, const ort_value *const *in, \
                      size_t inputs, \
                      const char *const *out_names, size_t outputs, ort_value **out)) \
    FUNCTION(10, create_options, (ort_options **)) \
    FUNCTION(24, set_intra_threads, (ort_options *, int)) \
    FUNCTION(25, set_inter_threads, (ort_options *, int)) \
    FUNCTION(30, input_count, (const ort_session *, size_t *)) \
    FUNCTION(31, output_count, (const ort_session *, size_t *)) \
    FUNCTION(33, input_type, (const ort_session *, size_t, ort_type_info **)) \
    FUNCTION(34, output_type, (const ort_session *, size_t, ort_type_info **)) \
    FUNCTION(36, input_name, (const ort_session *, size_t, ort_allocator *, char **)) \
    FUNCTION(37, output_name, (const ort_session *, size_t, ort_allocator *, char **)) \
    FUNCTION(49, tensor_over, (const ort_memory *, void *data, size_t bytes, const int64_t *shape, size_t dims, \
                               enum ort_type, ort_value **)) \
    FUNCTION(51, tensor_data, (ort_value *, void **)) \
    FUNCTION(55, type_as_shape, (const ort_type_info *, const ort_shape **)) \
    FUNCTION(60, shape_type, (const ort_shape *, enum ort_type *)) \
    FUNCTION(61, shape_dims, (const ort_shape *, size_t *)) \
    FUNCTION(62, shape_axes, (const ort_shape *, int64_t *, size_t)) \
    FUNCTION(64, shape_size, (const ort_shape *, size_t *)) \
    FUNCTION(65, value_shape, (const ort_value *, ort_shape **)) \
    FUNCTION(69, cpu_memory, (int allocator, int kind, ort_memory **)) \
    FUNCTION(78, default_allocator, (ort_allocator **)) \
    FUNCTION(130, add_config, (ort_options *, const char *key, const char *value))

/* RELEASE(place, name, type): those that free; NULL is fine. */
#define ORT_RELEASES \
    RELEASE(92, env, ort_env) RELEASE(93, status, ort_status) RELEASE(94, memory, ort_memory) RELEASE(95, session, \
            ort_session) \
    RELEASE(96, value, ort_value) RELEASE(98, type, ort_type_info) RELEASE(99, shape, ort_shape) RELEASE(100, \
            options, ort_options)

typedef struct ort {
    void *library;
    const char *(*message)(const ort_status *);
#define FUNCTION(place, name, arguments) ort_status *(*name) arguments;
    ORT_FUNCTIONS
#undef FUNCTION
#define RELEASE(place, name, type) void (*free_##name)(type *);
    ORT_RELEASES
#undef RELEASE
} ort;

/* From $ORT, from build/ beside the program (`make onnxruntime`), or from where the system finds libraries.
 * 0, or -1 with what to do. */
int  ort_open(ort *);
void ort_close(ort *);

/* 0, or -1 with what the runtime said of `what`; the status is freed. */
int ort_failed(const ort *, const char *what, ort_status *);
#endif
