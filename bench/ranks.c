/* Ranks by MPI; the only file that knows it. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "bench/ranks.h"

#ifdef FOKKER_MPI
#include <mpi.h>

static int count = 1, mine, speaker;

/* Whether a launcher started us: MPI_Init alone would start one of its own. */
static int launched(void) { return getenv("OMPI_COMM_WORLD_SIZE") || getenv("PMI_SIZE") || getenv("PMIX_RANK"); }

int ranks_begin(int *argc, char ***argv)
{
    int provided;

    if (!launched())
        return 0;
    if (MPI_Init_thread(argc, argv, MPI_THREAD_FUNNELED, &provided))
        return fail("MPI could not be started");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_size(MPI_COMM_WORLD, &count);
    MPI_Comm_rank(MPI_COMM_WORLD, &mine);
    return 0;
}

int ranks_end(int code)
{
    if (launched())
        MPI_Finalize();
    return code;
}

void ranks_abort(int code)
{
    if (count == 1)
        return;
    fprintf(stderr, "fokker: rank %d of %d failed; the job ends, and what was finished is kept\n", mine, count);
    fflush(NULL);
    MPI_Abort(MPI_COMM_WORLD, code);
}

int ranks_count(void) { return count; }
int ranks_mine(void) { return mine; }
int ranks_wait(void) { return count > 1 && MPI_Barrier(MPI_COMM_WORLD) ? fail("MPI: a rank is gone") : 0; }

int ranks_any(int flag)
{
    int any = flag;

    if (count > 1)
        MPI_Allreduce(&flag, &any, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    return any;
}

int ranks_agree(int bad)
{
    int first = bad ? mine : count;

    if (count > 1)
        MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    if (first == count)
        return 0;
    speaker = first;
    return -1;
}

int ranks_speaks(void) { return mine == speaker; }

/* The bytes of each, where all others have 0.  A sum would lose the sign of a zero and the bits of a NaN. */
static int merge(void *at, size_t bytes)
{
    for (char *from = at; bytes; ) {
        int some = bytes > INT_MAX ? INT_MAX : (int)bytes;

        if (MPI_Allreduce(MPI_IN_PLACE, from, some, MPI_BYTE, MPI_BOR, MPI_COMM_WORLD))
            return fail("MPI: the states of the other ranks were not received; is one of them gone?");
        from += some, bytes -= some;
    }
    return 0;
}

static int share(const peers *p, double *x, size_t N, const void *own, size_t size,
                 void (*join)(void *into, const void *one), void *into)
{
    char *all = malloc(size * p->parts);
    int bad = !all ? fail("out of memory") : MPI_Allgather(own, (int)size, MPI_BYTE, all, (int)size, MPI_BYTE,
                                                           MPI_COMM_WORLD) ? fail("MPI: a rank is gone") : 0;

    for (int i = 0; i < p->parts && !bad; i++)
        join(into, all + i * size);
    free(all);
    return bad || merge(x, N * sizeof *x) ? -1 : 0;
}

static int most(const peers *p, double *v, size_t n)
{
    return MPI_Allreduce(MPI_IN_PLACE, v, (int)n, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD) ? fail("MPI: a rank is gone")
        : 0;
}

/* What a rank says of its part of a call. */
typedef struct part_done { usage used; int bad; } part_done;

/* A field whose points are shared out: groups, or the rows of one group.  all: one a rank, owned. */
typedef struct rank_spread { score s; const score *of; score *own; part_done *all; } rank_spread;

/* Whether every rank has answered its part; what all of them used is one call's. */
static int all_done(const rank_spread *s, const part_done *own, usage *used)
{
    usage sum = { 0 };
    int bad = 0;

    if (MPI_Allgather(own, sizeof *own, MPI_BYTE, s->all, sizeof *own, MPI_BYTE, MPI_COMM_WORLD))
        return fail("MPI: a rank is gone");
    for (int i = 0; i < count; i++)
        usage_beside(&sum, &s->all[i].used), bad |= s->all[i].bad;
    if (used)
        usage_then(used, &sum);
    return !bad ? 0 : own->bad ? -1 : fail("a field call failed in another rank; its message says why");
}

static int shared_eval(void *self, const batch *p, double *out)
{
    const rank_spread *s = self;
    const score *of = s->own ? s->own : s->of;
    int split = p->groups > 1 ? p->groups : p->rows, from = (int)((long)split * mine / count),
        to = (int)((long)split * (mine + 1) / count);
    size_t size = (size_t)(p->groups > 1 ? p->rows : 1) * of->dim, N = (size_t)p->groups * p->rows * of->dim;
    part_done own = { .bad = 0 };
    batch part = { .groups = p->groups > 1 ? to - from : 1, .rows = p->groups > 1 ? p->rows : to - from,
                   .used = &own.used, .at = p->groups > 1 ? p->at + from : p->at,
                   .x = p->x + from * size, .label = p->label ? p->label + from * size / of->dim : NULL };

    memset(out, 0, N * sizeof *out);
    if (to > from)
        own.bad = ask_eval(of, &part, out + from * size) != 0;
    return all_done(s, &own, p->used) ? -1 : merge(out, N * sizeof *out);
}

static score *spread_open(const score *of, int rows)
{
    rank_spread *s = malloc(sizeof *s);

    if (!s)
        return fail("out of memory"), NULL;
    *s = (rank_spread){ .s = { .abi = of->abi, .name = of->name, .dim = of->dim, .predicts = of->predicts, .serial = 1,
                          .wraps = 1, .eval = shared_eval, .self = s }, .of = of,
                        .all = malloc(count * sizeof *s->all) };
    if (!s->all)
        return free(s), fail("out of memory"), NULL;
    if (of->thread_copy && !(s->own = of->thread_copy(of->self, rows)))
        return free(s->all), free(s), NULL;
    return &s->s;
}

void ranks_release(score *shared)
{
    rank_spread *s = shared ? shared->self : NULL;

    if (s)
        field_close(s->own), free(s->all);
    free(s);
}

int ranks_share(plan *p, int n, score **shared)
{
    static const peers all = { .share = share, .most = most };
    static peers now;
    static int warned;
    int block = solve_block(p, n), blocks = (n + block - 1) / block;

    *shared = NULL;
    if (count == 1)
        return 0;
    if (blocks < count && p->how->sol->serial_reference) {
        double slots = method_role(p->how, ROLE_WINDOW, 1);

        if (!(*shared = spread_open(p->field, (int)(n * (slots < p->steps ? slots : p->steps)))))
            return -1;
        p->field = *shared;
        return 0;
    }
    now = all, now.part = mine, now.parts = count;
    p->peers = &now;
    if (blocks < count && mine == 0 && !warned++)
        fprintf(stderr, "fokker: warning: %d ranks, and %d sample%s in %d block%s: %d of them wait; take more samples, "
                        "a method that is parallel in time, or fewer ranks\n",
                count, n, n > 1 ? "s" : "", blocks, blocks > 1 ? "s" : "", count - blocks);
    return 0;
}
#else

int ranks_begin(int *argc, char ***argv) { return 0; }
int ranks_end(int code) { return code; }
void ranks_abort(int code) {}
int ranks_count(void) { return 1; }
int ranks_mine(void) { return 0; }
int ranks_wait(void) { return 0; }
int ranks_any(int flag) { return flag; }
int ranks_agree(int bad) { return bad ? -1 : 0; }
int ranks_speaks(void) { return 1; }
int ranks_share(plan *p, int n, score **shared) { *shared = NULL; return 0; }
void ranks_release(score *shared) {}
#endif
