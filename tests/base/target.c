/* Files that are written whole: what was there stays until all is there, links, modes, pipes and devices stay. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/fail.h"
#include "base/files/array.h"
#include "base/files/png.h"
#include "base/files/target.h"
#include "base/files/tensors.h"
#include "tests/suite.h"

static char folder[32];
static int home;

/* A folder of the test's own, which is where it works. */
static void enter(void)
{
    CU_ASSERT_FATAL((home = open(".", O_RDONLY)) >= 0);
    strcpy(folder, "/tmp/fokker-target-XXXXXX");
    CU_ASSERT_FATAL(mkdtemp(folder) && !chdir(folder));
}

static void leave(void)
{
    char command[64];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    CU_ASSERT(!fchdir(home) && !system(command));
    close(home);
}

static int write_text(const char *path, const char *text)
{
    target t;
    int status = target_open(&t, path);

    if (!status)
        fputs(text, t.file);
    return target_close(&t, status);
}

/* That a file holds this, and nothing else was left in the folder but `files` of them. */
static void holds(const char *path, const char *text, int files)
{
    char command[256], read[128] = "";
    FILE *f = fopen(path, "r");

    CU_ASSERT_FATAL(f != NULL);
    CU_ASSERT(fread(read, 1, sizeof read - 1, f) == strlen(text));
    CU_ASSERT_STRING_EQUAL(read, text);
    fclose(f);
    snprintf(command, sizeof command, "test $(ls -A . | wc -l) = %d", files);
    CU_ASSERT(system(command) == 0);
}

static mode_t mode_of(const char *path)
{
    struct stat st;

    return lstat(path, &st) ? 0 : st.st_mode;
}

/* ---- a disk that is full: no file grows beyond so many bytes ---- */

static struct rlimit before;

static void limit_files(long bytes)
{
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    must(setrlimit(RLIMIT_FSIZE, &(struct rlimit){ (rlim_t)bytes, before.rlim_max }));
}

static void unlimit_files(void)
{
    must(setrlimit(RLIMIT_FSIZE, &before));
    signal(SIGXFSZ, SIG_DFL);
}

static int big_text(const char *path)
{
    target t;
    int status = target_open(&t, path);

    for (int i = 0; i < 40000 && !status; i++)
        fputc('a' + i % 26, t.file);
    return target_close(&t, status);
}

static int big_array(const char *path)
{
    static const double v[50000];

    return array_write(path, 1, (long[]){ 50000 }, v);
}

static int big_picture(const char *path)
{
    static unsigned char grey[200 * 200];

    for (unsigned i = 0, v = 1; i < sizeof grey; i++, v = v * 1664525 + 1013904223)
        grey[i] = (unsigned char)(v >> 24);         /* noise: nothing to compress */
    return picture_write(path, &(picture){ 200, 200, grey });
}

static int big_tensors(const char *path)
{
    tensors all = { .path = strdup(path) };
    int status = tensors_add(&all, "weight", 1, (long[]){ 10000 }) ? tensors_write(path, &all) : -1;

    tensors_free(&all);
    return status;
}

static int (*const writers[])(const char *) = { big_text, big_array, big_picture, big_tensors };
enum { WRITERS = sizeof writers / sizeof *writers };

static void a_full_disk_leaves_what_was_there_and_nothing_beside_it(void)
{
    enter();
    must(write_text("keep", "old\n"));
    for (int i = 0; i < WRITERS; i++) {
        int status;

        limit_files(10000);
        status = writers[i]("keep");
        unlimit_files();
        CU_ASSERT_EQUAL(status, -1);
        says("keep: cannot be written", "File too large");
        CU_ASSERT(write_failed());
        holds("keep", "old\n", 1);
        limit_files(10000);
        status = writers[i]("new");
        unlimit_files();
        CU_ASSERT_EQUAL(status, -1);
        holds("keep", "old\n", 1);
        must(writers[i]("keep"));
        must(write_text("keep", "old\n"));
    }
    leave();
}

static void a_device_is_written_straight_and_stays(void)
{
    mode_t was = mode_of("/dev/full");

    for (int i = 0; i < WRITERS; i++) {
        CU_ASSERT_EQUAL(writers[i]("/dev/full"), -1);
        says("/dev/full", "No space left");
        CU_ASSERT(write_failed());
        must(writers[i]("/dev/null"));
    }
    CU_ASSERT(S_ISCHR(was) && mode_of("/dev/full") == was);
    CU_ASSERT(S_ISCHR(mode_of("/dev/null")));
}

static void a_pipe_is_written_straight_and_stays(void)
{
    char read_back[16] = "";
    int fd;

    enter();
    must(mkfifo("pipe", 0600));
    CU_ASSERT_FATAL((fd = open("pipe", O_RDONLY | O_NONBLOCK)) >= 0);
    must(target_try("pipe"));
    CU_ASSERT(read(fd, read_back, sizeof read_back) == 0);
    must(write_text("pipe", "through\n"));
    CU_ASSERT(read(fd, read_back, sizeof read_back) == 8);
    CU_ASSERT_STRING_EQUAL(read_back, "through\n");
    CU_ASSERT(S_ISFIFO(mode_of("pipe")));
    close(fd);
    leave();
}

static void a_pipe_that_is_only_tried_is_not_opened(void)
{
    enter();
    must(mkfifo("pipe", 0600));
    alarm(10);                                      /* opening it would wait for a reader for ever */
    must(target_try("pipe"));
    alarm(0);
    leave();
}

static void what_is_open_already_is_written_where_it_stands(void)
{
    char path[64];
    int fd;

    enter();
    CU_ASSERT_FATAL((fd = open("log", O_RDWR | O_CREAT, 0600)) >= 0);
    CU_ASSERT(write(fd, "before\n", 7) == 7);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    must(target_try(path));
    must(write_text(path, "one\n"));
    must(write_text(path, "two\n"));
    holds("log", "before\none\ntwo\n", 1);
    close(fd);
    CU_ASSERT_EQUAL(write_text(path, "three\n"), -1);
    CU_ASSERT_FATAL((fd = open("log", O_RDONLY)) >= 0);
    CU_ASSERT_EQUAL(write_text(path, "three\n"), -1);
    says(path, "Bad file descriptor");
    close(fd);
    leave();
}

static void links_are_followed_though_they_lead_to_nothing_yet(void)
{
    enter();
    must(mkdir("there", 0700));
    must(symlink("there/second", "first"));
    must(symlink("file", "there/second"));
    for (int i = 0; i < 2; i++) {
        must(write_text("first", i ? "again\n" : "once\n"));
        CU_ASSERT(S_ISLNK(mode_of("first")) && S_ISLNK(mode_of("there/second")) && S_ISREG(mode_of("there/file")));
        holds("there/file", i ? "again\n" : "once\n", 2);
    }
    must(symlink("round", "round"));
    CU_ASSERT_EQUAL(write_text("round", "x"), -1);
    says("round", "symbolic links");
    CU_ASSERT(!write_failed());
    leave();
}

static void the_mode_is_kept_whatever_the_mask(void)
{
    mode_t mask;

    enter();
    mask = umask(077);
    must(write_text("a", "1"));
    CU_ASSERT_EQUAL(mode_of("a") & 07777, 0600);
    must(chmod("a", 0666));
    must(write_text("a", "2"));
    CU_ASSERT_EQUAL(mode_of("a") & 07777, 0666);
    umask(mask);
    leave();
}

static void trying_leaves_everything_as_it_is(void)
{
    char name[260];

    enter();
    must(write_text("a", "old\n"));
    must(target_try("a"));
    must(target_try("b"));
    holds("a", "old\n", 1);
    CU_ASSERT_EQUAL(target_try("nowhere/a"), -1);
    says("nowhere/a", "make its folder first");
    CU_ASSERT_EQUAL(target_try("."), -1);
    says("name a file");
    CU_ASSERT_EQUAL(target_try("a/"), -1);
    memset(name, 'n', 255), name[255] = 0;
    must(write_text(name, "long\n"));
    name[255] = 'n', name[256] = 0;
    CU_ASSERT_EQUAL(target_try(name), -1);
    leave();
}

static void one_place_by_two_names_is_seen(void)
{
    enter();
    must(mkdir("d", 0700));
    must(write_text("a", "1"));
    must(symlink("a", "link"));
    must(symlink("../new", "d/new"));
    CU_ASSERT(target_same("a", "a") && target_same("a", "./a") && target_same("d/../a", "link"));
    CU_ASSERT(target_same("new", "d/../new") && target_same("new", "d/new"));
    CU_ASSERT(!target_same("a", "new") && !target_same("a", "d/a") && !target_same("no/a", "no/a"));
    CU_ASSERT(!target_same("/dev/null", "/dev/null") && target_same("/dev/stdout", "/dev/fd/1"));
    leave();
}

static const test_case tests[] = {
    { "a full disk leaves what was there, and nothing beside it",
      a_full_disk_leaves_what_was_there_and_nothing_beside_it },
    { "a device is written straight and stays", a_device_is_written_straight_and_stays },
    { "a pipe is written straight and stays", a_pipe_is_written_straight_and_stays },
    { "a pipe that is only tried is not opened", a_pipe_that_is_only_tried_is_not_opened },
    { "what is open already is written where it stands", what_is_open_already_is_written_where_it_stands },
    { "links are followed, though they lead to nothing yet", links_are_followed_though_they_lead_to_nothing_yet },
    { "the mode is kept whatever the mask", the_mode_is_kept_whatever_the_mask },
    { "trying leaves everything as it is", trying_leaves_everything_as_it_is },
    { "one place by two names is seen", one_place_by_two_names_is_seen },
    { NULL, NULL },
};
const test_table table_target = { "target", tests };
