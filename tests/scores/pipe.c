/* Fields as child processes: the protocol, what goes wrong with a child, and that none is left behind. */
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include "tests/support/fixture.h"
#include "tests/suite.h"

enum { N = 300, DIM = 3 };

/* `pipe:` with the test child in a mode. */
static const char *child_of(const char *mode, char *buf)
{
    char file[200];

    snprintf(file, sizeof file, "child %s", mode);
    return built(file, "pipe:", buf);
}

static void a_child_answers_as_the_same_field_within_the_program(void)
{
    static const struct { const char *mode; double tolerance; } ways[] = { { "bell", 1e-9 }, { "bell32", 2e-4 } };
    char name[5000];

    for (int k = 0; k < 2; k++) {
        double *x, *near_by, *far;
        rig in, out;

        if (rig_open(&in, built("bell.so,3 0.5 0.4", "plugin:", name), NULL, "dpmpp-2m", NULL, 10, 0))
            return;
        if (!rig_open(&out, child_of(ways[k].mode, name), NULL, "dpmpp-2m", NULL, 10, 0)) {
            x = rig_start(&in, N), near_by = rig_run(&in, N, x, NULL, NULL), far = rig_run(&out, N, x, NULL, NULL);
            for (int i = 0; i < N * DIM; i++)
                near(far[i], near_by[i], ways[k].tolerance);
            CU_ASSERT_STRING_EQUAL(out.of.model->process->name, "vp-linear");
            free(x), free(near_by), free(far), rig_close(&out);
        }
        rig_close(&in);
    }
}

static void it_gets_the_whole_batch_or_so_many_rows_and_the_labels(void)
{
    char name[5000];
    int label[20];
    double x[40] = { 0 }, out[40];
    level at;
    subject s;

    if (must(subject_open(&s, child_of("labels", name), NULL, NULL)))   /* which wants 7 rows a call */
        return;
    levels(s.model->process, 1, (double[]){ 0.5 }, &at);
    for (int i = 0; i < 20; i++)
        label[i] = i - 1;
    must(field_eval(s.field, &(batch){ 1, 20, &at, x, label }, PREDICTS_DATA, out));
    for (int i = 0; i < 40; i++)
        CU_ASSERT_EQUAL(out[i], i / 2 - 1);
    must(field_eval(s.field, &(batch){ 1, 20, &at, x, NULL }, PREDICTS_DATA, out));
    CU_ASSERT_EQUAL(out[39], -1);
    CU_ASSERT(s.field->serial);
    subject_close(&s);
}

static void what_is_wrong_with_its_hello_is_one_sentence(void)
{
    static const struct { const char *mode, *word; } wrong[] = {
        { "greets", "began with \"Loading weights...\"" }, { "newer", "version 2" }, { "nodim", "needs dim" },
        { "typo", "did you mean predicts" },
        { "kind", "score noise data" }, { "eager", "wrote \"ready\"" },
        { "quits", "exit code 7 before its hello; its last words: \"no weights here\"" } };
    char name[5000];
    subject s;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT(subject_open(&s, child_of(wrong[i].mode, name), NULL, NULL) != 0);
        says(wrong[i].word);
    }
    CU_ASSERT(subject_open(&s, "pipe:/no/such/program", NULL, NULL) != 0);
    says("not found");
}

/* A run of 5 calls fails with these words, and the next one, which starts the child anew, ends well. */
static void survived(const char *name, const char *const *words)
{
    double *x, *y;
    int status = 0;
    rig r;

    if (rig_open(&r, name, "vp-linear", "euler", NULL, 5, 0))
        return;
    x = rig_start(&r, N);
    y = rig_run(&r, N, x, &status, NULL);
    CU_ASSERT_EQUAL(status, FAILED);
    check_says(words, __FILE__, __LINE__);
    CU_ASSERT(isnan(y[0]));
    free(y);
    r.how.plan.steps = 2, r.how.plan.grid += 3;     /* two calls are too few for it to fail again */
    free(rig_run(&r, N, x, NULL, NULL));
    r.how.plan.grid -= 3;
    free(x), rig_close(&r);
}

static void one_that_fails_in_a_run_is_started_anew_for_the_next(void)
{
    static const struct { const char *mode, *words[3]; } wrong[] = {
        { "dies 3", { "exit code 3", "TypeError: too tired" } }, { "killed 3", { "before its answer was whole" } },
        { "wrong 3", { "answers for 301 rows", "300" } },
        { "babbles 3", { "epoch 1:", "stdout belongs to the protocol" } } };
    char name[5000];

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        survived(child_of(wrong[i].mode, name), wrong[i].words);
}

static void one_that_takes_too_long_is_told_by_the_time(void)
{
    static const struct { const char *mode, *words[3]; } wrong[] = {
        { "hangs 3", { "no answer in 0.5 s", "timeout" } }, { "short 3", { "7200 of the 7208 bytes", "0.5 s" } } };
    char path[5000];

    for (int i = 0; i < 2; i++) {
        FILE *f = fopen(built("slow.ini", "", path), "w");

        fprintf(f, "[score]\nkind = pipe\ncommand = ./child %s\ntimeout = 0.5\n", wrong[i].mode);
        fclose(f);
        survived(path, wrong[i].words);
    }
}

static void what_it_says_on_stderr_never_fills_up(void)
{
    char name[5000];
    subject s;

    if (!must(subject_open(&s, child_of("chatty", name), NULL, NULL)))
        subject_close(&s);
}

/* The pid that a child's command wrote, once it has. */
static pid_t written(const char *path)
{
    long pid = 0;
    FILE *f = fopen(path, "r");

    if (f && fscanf(f, "%ld", &pid) != 1)
        pid = 0;
    if (f)
        fclose(f);
    return (pid_t)pid;
}

/* Neither gone nor a zombie that init has yet to reap. */
static int alive(pid_t pid)
{
    char path[64], state = 'Z';
    FILE *f;

    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    if ((f = fopen(path, "r"))) {
        if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
            state = 'Z';
        fclose(f);
    }
    return state != 'Z';
}

static void none_is_left_behind_nor_what_it_started(void)
{
    char path[5000], list[5000], name[12000];
    subject s;

    remove(built("pids", "", list));
    snprintf(name, sizeof name, "pipe:sleep 1000 & echo $! >%s; exec %s", list, built("child bell", "", path));
    if (must(subject_open(&s, name, NULL, NULL)))
        return;
    CU_ASSERT(written(list) > 0 && alive(written(list)));
    subject_close(&s);
    for (int i = 0; i < 100 && alive(written(list)); i++)
        nanosleep(&(struct timespec){ 0, 10000000 }, NULL);
    CU_ASSERT(!alive(written(list)));
}

/* A library's user has not switched SIGPIPE off. */
static void one_that_died_raises_no_signal_here(void)
{
    struct sigaction before, fatal = { .sa_handler = SIG_DFL };
    static const char *const words[] = { "exit code 3", NULL };
    char name[5000];

    sigaction(SIGPIPE, &fatal, &before);
    survived(child_of("dies 3", name), words);
    sigaction(SIGPIPE, &before, NULL);
}

static const test_case tests[] = {
    { "a child answers as the same field within the program", a_child_answers_as_the_same_field_within_the_program },
    { "it gets the whole batch or so many rows, and the labels",
      it_gets_the_whole_batch_or_so_many_rows_and_the_labels },
    { "what is wrong with its hello is one sentence", what_is_wrong_with_its_hello_is_one_sentence },
    { "one that fails in a run is started anew for the next", one_that_fails_in_a_run_is_started_anew_for_the_next },
    { "one that takes too long is told by the time", one_that_takes_too_long_is_told_by_the_time },
    { "what it says on stderr never fills up", what_it_says_on_stderr_never_fills_up },
    { "none is left behind, nor what it started", none_is_left_behind_nor_what_it_started },
    { "one that died raises no signal here", one_that_died_raises_no_signal_here },
    { 0, 0 },
};
const test_table table_pipe = { "pipe", tests };
