/* A plug-in that misbehaves as its argument says: what the program must answer with a sentence.
 * It has one column and scratch of its own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "include/fokker_field.h"

#ifndef ABI
#define ABI FOKKER_PLUGIN_ABI
#endif

typedef struct odd { const char *how; double *scratch; int rows; } odd;

static odd *new_odd(const char *how, int rows)
{
    odd *o = malloc(sizeof *o);

    if (o)
        *o = (odd){ how, malloc((rows + 1) * sizeof *o->scratch), rows };
    return o;
}

/* A word that outlives the call. */
static const char *known(const char *args)
{
    static const char *const words[] = { "dim0", "kind9", "refuses", "fails", "silent", "nan", "serial", "process" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], args))
            return words[i];
    return "";
}

static int is(const odd *o, const char *how) { return !strcmp(o->how, how); }

static const char *open(const char *args, fokker_about *about)
{
    odd *o = about->self = new_odd(known(args), 0);

    if (!o || is(o, "refuses"))
        return "does not like you; bring flowers";
    about->dim = is(o, "dim0") ? 0 : 1;
    about->predicts = is(o, "kind9") ? (enum fokker_predicts)9 : FOKKER_DATA;
    about->serial = is(o, "serial");
    about->process = is(o, "process") ? "vp-liner" : NULL;
    return NULL;
}

/* Half the point; what comes through scratch that is too small would be NaN. */
static const char *eval(void *self, const fokker_batch *p, double *out)
{
    odd *o = self;
    int n = p->groups * p->rows;

    if (is(o, "fails"))
        return "is out of service; come back tomorrow";
    if (is(o, "silent"))
        return "";
    for (int i = 0; i < n; i++)
        out[i] = is(o, "nan") ? NAN : p->x[i] / 2;
    for (int i = 0; i < n && n <= o->rows; i++)
        o->scratch[i] = out[i];
    for (int i = 0; i < n && !is(o, "serial"); i++)
        out[i] = n <= o->rows ? o->scratch[i] : NAN;
    return NULL;
}

static void *twin(void *self, int rows) { return new_odd(((odd *)self)->how, rows); }

static void close(void *self)
{
    odd *o = self;

    free(o->scratch);
    free(o);
}

FOKKER_EXPORT_FIELD = { ABI, open, eval, NULL, NULL, twin, close };
