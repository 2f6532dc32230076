/* What a call borrows of the process. */
#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <ini.h>
#include <omp.h>
#include <pthread.h>
#include "library/guest.h"

/* How many are in, and what the first of them found. */
static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER;
static int guests, blas_threads;
static gsl_error_handler_t *handler;
static struct inih_options {
    int multiline, bom, inline_comments, stack, longest, growing, initial, stop, no_value;
    char *starts, *prefixes;
} options;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static locale_t plain;

static void make_locale(void) { plain = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

static struct inih_options inih_get(void)
{
    return (struct inih_options){ ini_allow_multiline, ini_allow_bom, ini_allow_inline_comments, ini_use_stack,
                                  ini_max_line, ini_allow_realloc, ini_initial_alloc, ini_stop_on_first_error,
                                  ini_allow_no_value, ini_start_comment_prefixes, ini_inline_comment_prefixes };
}

static void inih_set(const struct inih_options *o)
{
    ini_allow_multiline = o->multiline, ini_allow_bom = o->bom, ini_allow_inline_comments = o->inline_comments;
    ini_use_stack = o->stack, ini_max_line = o->longest, ini_allow_realloc = o->growing;
    ini_initial_alloc = o->initial, ini_stop_on_first_error = o->stop, ini_allow_no_value = o->no_value;
    ini_start_comment_prefixes = o->starts, ini_inline_comment_prefixes = o->prefixes;
}

static void first_enters(void)
{
    options = inih_get();
    handler = gsl_set_error_handler_off();
    blas_threads = openblas_get_num_threads();
    if (blas_threads != 1)
        openblas_set_num_threads(1);
}

static void last_leaves(void)
{
    inih_set(&options);
    gsl_set_error_handler(handler);
    if (blas_threads != 1)
        openblas_set_num_threads(blas_threads);
}

void guest_enter(guest *g, int threads)
{
    pthread_once(&once, make_locale);
    g->locale = plain ? uselocale(plain) : (locale_t)0;
    g->threads = omp_get_max_threads();             /* before OpenBLAS, some builds of which set OpenMP's */
    pthread_mutex_lock(&door);
    if (!guests++)
        first_enters();
    pthread_mutex_unlock(&door);
    omp_set_num_threads(threads > 0 ? threads : g->threads);
}

void guest_leave(const guest *g)
{
    pthread_mutex_lock(&door);
    if (!--guests)
        last_leaves();
    pthread_mutex_unlock(&door);
    omp_set_num_threads(g->threads);
    if (g->locale)
        uselocale(g->locale);
}
