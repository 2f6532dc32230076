/* Structs that grow, locks, and what several functions refuse. */
#include <limits.h>
#include <math.h>
#include <string.h>
#include "library/handle.h"

static int sized(const char *where, size_t size, size_t least)
{
    return size >= least && size < 1 << 16 ? 0
        : fail("%s: a struct of %zu bytes; begin with its initialiser, as in `fokker_request ask = FOKKER_REQUEST`",
               where, size);
}

int struct_check(const char *where, const void *theirs)
{
    size_t size;

    memcpy(&size, theirs, sizeof size);
    return sized(where, size, sizeof size);
}

int struct_read(const char *where, void *ours, size_t our_size, const void *theirs)
{
    const unsigned char *bytes = theirs;
    size_t size;

    memcpy(&size, theirs, sizeof size);
    if (sized(where, size, sizeof size))
        return -1;
    for (size_t i = our_size; i < size; i++)
        if (bytes[i])
            return fail("%s: the program asks for something that this version of the library, %s, does not know; "
                        "install a later one", where, FOKKER_VERSION);
    memset(ours, 0, our_size);
    memcpy(ours, theirs, size < our_size ? size : our_size);
    return 0;
}

int struct_write(const char *where, void *theirs, const void *ours, size_t our_size)
{
    size_t size;

    memcpy(&size, theirs, sizeof size);
    if (sized(where, size, sizeof size))
        return -1;
    our_size = our_size < size ? our_size : size;
    memcpy((char *)theirs + sizeof size, (const char *)ours + sizeof size, our_size - sizeof size);
    return 0;
}

void lock_open(pthread_mutex_t *lock)
{
    pthread_mutexattr_t how;

    pthread_mutexattr_init(&how);
    pthread_mutexattr_settype(&how, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(lock, &how);
    pthread_mutexattr_destroy(&how);
}

int rows_check(const char *where, long first, long n)
{
    if (n < 0 || n > INT_MAX)
        return fail("%s: %ld rows; give 0 to %d in one call, and the rest in others", where, n, INT_MAX);
    return first >= 0 && first < (1L << 48) - n ? 0
        : fail("%s: first = %ld; samples are numbered from 0 to 2^48", where, first);
}

int missing(const char *where, const char *what)
{
    return fail("%s: there is no %s, it is NULL%s%.800s", where, what, *last_error() ? "; the failure before: " : "",
                last_error());
}

int times_check(const char *where, const process *p, long n, const double *t)
{
    for (long i = 0; i < n; i++)
        if (t[i] < p->t_low || t[i] > p->t_high)
            return fail("%s: t = %g; %s is defined from %g to %g", where, t[i], p->name, p->t_low, p->t_high);
    return 0;
}

void levels_at(const process *p, long n, const double *t, level *out)
{
    for (long i = 0; i < n; i++)
        if (isnan(t[i]))
            out[i] = level_clean(p);
        else
            levels(p, 1, &t[i], &out[i]);
}
