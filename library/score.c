/* Scores: who answers. */
#include <stdlib.h>
#include <string.h>
#include "library/handle.h"
#include "scores/field.h"
#include "scores/open.h"

/* A score of this field, which is closed on failure. */
static fokker_score *new_score(fokker_model *m, score *field)
{
    fokker_score *s = field ? malloc(sizeof *s) : NULL;

    if (!s) {
        if (field)
            fail("out of memory");
        return field_close(field), NULL;
    }
    *s = (fokker_score){ .of = model_hold(m), .field = field, .holds = 1 };
    lock_open(&s->lock);
    return s;
}

fokker_score *fokker_score_of(fokker_model *m, const char *wrappers_text)
{
    fokker_score *s;
    guest g;

    if (!m)
        return missing("fokker_score_of", "model"), NULL;
    guest_enter(&g, 0);
    pthread_mutex_lock(&m->lock);
    s = new_score(m, field_open(m->is, wrappers_text));
    pthread_mutex_unlock(&m->lock);
    guest_leave(&g);
    return s;
}

/* The callback within its wrappers; from now on the model's process is what it is. */
static score *from_callback(model *m, const fokker_callback *is, const char *items)
{
    int *owned;
    score *field = callback_open(is, &owned);

    if (field && m->law && m->law->dim != field->dim) {
        fail("%s: has %d columns, and the data of %s have %d", field->name, field->dim, m->name, m->law->dim);
        return field_close(field), NULL;
    }
    m->assumed = 0;
    if ((field = field_wrap(field, m->process, "fokker_score_from", items)))
        *owned = 1;
    return field;
}

fokker_score *fokker_score_from(fokker_model *m, const fokker_callback *theirs, const char *wrappers_text)
{
    fokker_callback is;
    fokker_score *s;
    guest g;

    if (!m)
        return missing("fokker_score_from", "model"), NULL;
    if (struct_read("fokker_score_from", &is, sizeof is, theirs))
        return NULL;
    guest_enter(&g, 0);
    pthread_mutex_lock(&m->lock);
    s = new_score(m, from_callback(m->is, &is, wrappers_text));
    pthread_mutex_unlock(&m->lock);
    guest_leave(&g);
    return s;
}

fokker_score *score_hold(fokker_score *s) { return atomic_fetch_add(&s->holds, 1), s; }

void fokker_score_close(fokker_score *s)
{
    if (!s || atomic_fetch_sub(&s->holds, 1) > 1)
        return;
    field_close(s->field);
    fokker_model_close(s->of);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

int fokker_score_dim(const fokker_score *s) { return s ? s->field->dim : missing("fokker_score_dim", "score"); }

int fokker_score_labels(const fokker_score *s)
{
    return s ? subject_labels(&(subject){ s->of->is, s->field }) : missing("fokker_score_labels", "score");
}

/* n rows with a level each. */
static int ask(const score *field, enum predicts want, long n, const double *x, const double *t, const int *label,
               const process *p, double *out)
{
    level *at = malloc((n ? n : 1) * sizeof *at);
    batch b = { .groups = (int)n, .rows = 1, .at = at, .x = x, .label = label };
    int status;

    if (!at)
        return fail("fokker_score_eval: out of memory for %ld levels", n);
    levels_at(p, n, t, at);
    status = field_eval(field, &b, want, out);
    free(at);
    return status;
}

int fokker_score_eval(fokker_score *s, const char *predicts, long n, const double *x, const double *t, const int *label,
                      double *out)
{
    static const char where[] = "fokker_score_eval";
    int want, status;
    guest g;

    if (!s)
        return missing(where, "score");
    if (rows_check(where, 0, n))
        return FOKKER_FAILED;
    if ((want = predicts ? predicts_named(where, predicts) : (int)s->field->predicts) < 0)
        return FOKKER_FAILED;
    if (times_check(where, s->of->is->process, n, t))
        return FOKKER_FAILED;
    guest_enter(&g, 0);
    pthread_mutex_lock(&s->lock);
    status = n ? ask(s->field, (enum predicts)want, n, x, t, label, s->of->is->process, out) : 0;
    pthread_mutex_unlock(&s->lock);
    guest_leave(&g);
    return status;
}
