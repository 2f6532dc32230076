// A plug-in in C++: half the point as the data, in two columns.  Both public headers in one file.
#include <fokker.h>
#include <fokker_field.h>

static const char *open_half(const char *, fokker_about *about)
{
    about->dim = 2, about->predicts = FOKKER_DATA;
    return nullptr;
}

static const char *eval_half(void *, const fokker_batch *p, double *out)
{
    for (long i = 0; i < 2L * p->groups * p->rows; i++)
        out[i] = p->x[i] / 2;
    return nullptr;
}

FOKKER_EXPORT_FIELD = { FOKKER_PLUGIN_ABI, open_half, eval_half, nullptr, nullptr, nullptr, nullptr };
