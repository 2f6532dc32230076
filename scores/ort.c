/* Where ONNX Runtime is, and its table of functions. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "models/fail.h"
#include "scores/ort.h"

/* It stays once it is loaded: its own globals do not survive being loaded twice without a leak. */
enum { HOW = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE };

typedef void (*anything)(void);
typedef struct base { const anything *(*table)(uint32_t version); const char *(*version)(void); } base;

/* build/onnxruntime/ beside the program, or above it (build/tests/, build/asan/tests/). */
static void *beside(void)
{
    static const char *const places[] = { "", "../", "../../" };
    char self[4096], path[4200], *slash;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    void *library = NULL;

    self[n > 0 ? n : 0] = 0;
    if ((slash = strrchr(self, '/')))
        *slash = 0;
    for (int i = 0; i < 3 && !library; i++) {
        snprintf(path, sizeof path, "%s/%sonnxruntime/libonnxruntime.so", self, places[i]);
        library = access(path, R_OK) ? NULL : dlopen(path, HOW);
    }
    return library;
}

static void *find_library(void)
{
    static const char *const names[] = { "libonnxruntime.so.1", "libonnxruntime.so" };
    const char *asked = getenv("ORT");
    void *library = NULL;

    if (asked && *asked)
        return (library = dlopen(asked, HOW)) ? library : (fail("ORT=%s: cannot be loaded (%s); name a libonnxruntime.so", asked, dlerror()), NULL);
    library = beside();
    for (int i = 0; i < 2 && !library; i++)
        library = dlopen(names[i], HOW);
    if (!library)
        fail("kind = onnx needs ONNX Runtime, which is not here; `make onnxruntime` fetches it, or name it: ORT=/path/libonnxruntime.so");
    return library;
}

/* A symbol of an object is data to dlsym, here it is a function. */
static anything symbol(void *library, const char *name)
{
    anything f;
    void *p = dlsym(library, name);

    memcpy(&f, &p, sizeof f);
    return f;
}

int ort_open(ort *o)
{
    const base *(*get)(void);
    const base *b;
    const anything *table;

    *o = (ort){ .library = find_library() };
    if (!o->library)
        return -1;
    if (!(get = (const base *(*)(void))symbol(o->library, "OrtGetApiBase")) || !(b = get()) || !(table = b->table(ORT_VERSION))) {
        ort_close(o);
        return fail("the ONNX Runtime that was found is older than 1.%d, or none; `make onnxruntime` fetches one, or name it: ORT=/path/libonnxruntime.so",
                    ORT_VERSION);
    }
    o->message = (const char *(*)(const ort_status *))table[2];
#define FUNCTION(place, name, arguments) o->name = (ort_status *(*) arguments)table[place];
    ORT_FUNCTIONS
#undef FUNCTION
#define RELEASE(place, name, type) o->free_##name = (void (*)(type *))table[place];
    ORT_RELEASES
#undef RELEASE
    return 0;
}

void ort_close(ort *o)
{
    if (o->library)
        dlclose(o->library);
    o->library = NULL;
}

int ort_failed(const ort *o, const char *what, ort_status *status)
{
    const char *text;

    if (!status)
        return 0;
    text = o->message(status);
    fail("%s: ONNX Runtime says: %.*s", what, (int)strcspn(text, "\n"), text);
    o->free_status(status);
    return -1;
}
