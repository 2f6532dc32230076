/* Where ONNX Runtime is, and its table of functions. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/beside.h"
#include "base/fail.h"
#include "scores/outside/ort.h"

/* It stays once it is loaded: its own globals do not survive being loaded twice without a leak. */
enum { HOW = RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE };

typedef void (*anything)(void);
typedef struct base { const anything *(*table)(uint32_t version); const char *(*version)(void); } base;

/* build/onnxruntime/ beside the program, or above it (build/tests/, build/asan/tests/). */
static void *beside(void)
{
    static const char *const places[] = { "/", "/../", "/../../" };
    void *library = NULL;

    for (int i = 0; i < 3 && *program_folder() && !library; i++) {
        char path[4200];
        int ours;

        snprintf(path, sizeof path, "%s%sonnxruntime", program_folder(), places[i]);
        ours = program_vouches(path);
        strcat(path, "/libonnxruntime.so");
        library = ours && program_vouches(path) ? dlopen(path, HOW) : NULL;
    }
    return library;
}

static void *find_library(void)
{
    static const char *const names[] = { "libonnxruntime.so.1", "libonnxruntime.so" };
    const char *asked = getenv("ORT");
    void *library = NULL;

    if (asked && *asked)
        return (library = dlopen(asked, HOW)) ? library
            : (fail("ORT=%s: cannot be loaded (%s); name a libonnxruntime.so", asked, dlerror()), NULL);
    library = beside();
    for (int i = 0; i < 2 && !library; i++)
        library = dlopen(names[i], HOW);
    if (!library)
        fail("kind = onnx needs ONNX Runtime, which is not here; `make onnxruntime` fetches it, or name it: "
             "ORT=/path/libonnxruntime.so");
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
    if (!(get = (const base *(*)(void))symbol(o->library, "OrtGetApiBase")) || !(b = get())
        || !(table = b->table(ORT_VERSION))) {
        ort_close(o);
        return fail("the ONNX Runtime that was found is older than 1.%d, or none; `make onnxruntime` fetches one, or "
                    "name it: ORT=/path/libonnxruntime.so",
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

/* Of `Load model from PATH failed:/its/own/source.cc:202 a::function(of, these) what is wrong` what is wrong. */
static const char *gist(const char *text)
{
    const char *load = strncmp(text, "Load model", 10) ? NULL : strstr(text, "failed:"),
        *at = load ? load + strlen("failed:") : text;
    int deep = 0;

    if (*at != '/')
        return at;
    for (const char *c = at; *c; c++) {
        deep += (*c == '(') - (*c == ')');
        if (*c == ')' && !deep && c[1] == ' ')
            return c + 2;
    }
    return at;
}

int ort_failed(const ort *o, const char *what, ort_status *status)
{
    const char *text;
    int size;

    if (!status)
        return 0;
    text = gist(o->message(status));
    size = (int)strcspn(text, "\n");
    size -= size && text[size - 1] == '.';
    fail("%s: ONNX Runtime says: %.*s", what, size, text);
    o->free_status(status);
    return -1;
}
