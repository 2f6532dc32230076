/* fokker: finds the command, sets up threads and signals, and turns what came back into an exit code. */
#include <cblas.h>
#include <gsl/gsl_errno.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include "bench/options.h"
#include "bench/ranks.h"
#include "bench/streams.h"
#include "bench/version.h"
#include "bench/watch.h"
#include "base/fail.h"

static int threads(const request *r)
{
    long n;

    if (option_whole(r, "threads", 1, 4096, omp_get_max_threads(), &n))
        return -1;
    omp_set_num_threads((int)n);
    return 0;
}

static int run_command(int argc, char **argv)
{
    request r;
    char *help[] = { argv[0], "help", NULL };

    watch_signals();
    if (argc < 2 || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        argv = help, argc = 2;
    if (ranks_mine() > 0 && strcmp(argv[1], "bench") && strcmp(argv[1], "sample"))
        return OK;                                  /* nothing to share: rank 0 does it */
    if (!strcmp(argv[1], "--version"))
        return printf("fokker %s (%s)\n", version_text(), version_commit()), OK;
    if (options_parse(argc, argv, &r) || threads(&r))
        return complain(USAGE);
    if (option_text(&r, "help")) {
        r.words = 1, r.word[0] = r.command->name;
        return ranks_mine() > 0 ? OK : cmd_help(&r);
    }
    return r.command->run(&r);
}

/* Of OpenBLAS with threads of its own; other builds lack it. */
extern void blas_thread_shutdown_(void) __attribute__((weak));

/* Ours share out blocks of rows, never a product; its own, which spin from the moment it is loaded, are ended (setting
 * their number starts them anew). */
static void blas_serial(void)
{
    openblas_set_num_threads(1);
    if (blas_thread_shutdown_)
        blas_thread_shutdown_();
}

int main(int argc, char **argv)
{
    streams_begin();
    gsl_set_error_handler_off();
    blas_serial();
    if (ranks_begin(&argc, &argv))
        return complain(FAILED_RUN);
    return streams_end(ranks_end(run_command(argc, argv)));
}
