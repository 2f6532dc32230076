/* The [data] section of a data set: what its keys choose, and what is said where they are wrong. */
#include <string.h>
#include "tests/support/dataset_points.h"
#include "tests/suite.h"

static const stream st = { 7, USE_LAW };

static void the_keys_choose_and_scale(void)
{
    law *l;
    static const double all[] = { 1, 2, 4, 5, 7, 8 }, part[] = { 2 * 5 - 1, 2 * 6 - 1, 2 * 8 - 1, 2 * 9 - 1 };

    text_of("p.csv", "a,b,c\n1,2,3\n4,5,6\n7,8,9\n");
    text_of("l.txt", "0 2 0");
    l = good(law_of("file = p.csv\nwidth = .1\ncolumns = 0..1"));
    CU_ASSERT(l->dim == 2 && l->points == 3 && l->labels == 0 && !memcmp(l->point, all, sizeof all));
    law_close(l);
    l = good(law_of("file = p.csv\nwidth = .1\ncolumns = 1..2\nrows = 1..2\nscale = 2\nshift = -1\nlabels = l.txt"));
    CU_ASSERT(l->dim == 2 && l->points == 2 && l->labels == 3 && !memcmp(l->point, part, sizeof part));
    CU_ASSERT(l->scale == 2 && l->shift == -1);
    law_close(l);
    l = good(law_of("file = p.csv\nwidth = .1\nlabel_column = 0"));
    CU_ASSERT(l->dim == 2 && l->labels == 8 && l->point[0] == 2);
    law_close(l);
    l = good(law_of("file = p.csv\nwidth = .1\ncolumns = 1"));
    CU_ASSERT(l->dim == 1 && l->points == 3 && l->point[2] == 8);
    law_close(l);
}

static void what_is_wrong_with_a_data_set_is_said(void)
{
#define FINE "file = p.csv\nwidth = .1\n"
    static const struct { const char *lines, *place, *word; } t[] = {
        { "width = .1", "m.ini:1: ", "needs file" },
        { "file = none.csv\nwidth = .1", "m.ini:3: ", "none.csv: No such" },
        { "file = bad.csv\nwidth = .1", "bad.csv:2: ", "columns" },
        { "file = p.csv", "m.ini:1: ", "width" }, { "file = p.csv\nwidth = 0", "m.ini:4: ", "positive" },
        { "file = p.csv\nwidth = -1", "m.ini:4: ", "positive" },
        { "file = p.csv\nwidth = wide", "m.ini:4: ", "wide" }, { "file = p.csv\nwidth =", "m.ini:4: ", "number" },
        { FINE "wdith = 2", "m.ini:5: ", "width" },
        { FINE "columns = 0..3", "m.ini:5: ", "0..2" }, { FINE "columns = 2..1", "m.ini:5: ", "0..2" },
        { FINE "columns = -1", "m.ini:5: ", "0..2" },
        { FINE "rows = 1-2", "m.ini:5: ", "rows = 0..2" },
        { FINE "rows = 0..99999999999999999999", "m.ini:5: ", "0..2" },
        { FINE "rows = all", "m.ini:5: ", "rows = 0..2" },
        { FINE "scale = 0", "m.ini:5: ", "scale" }, { FINE "shift = x", "m.ini:5: ", "x" },
        { FINE "label_column = 3", "m.ini:5: ", "0..2" },
        { FINE "label_column = .5", "m.ini:5: ", "0..2" },
        { FINE "label_column = 1", "columns", "FIRST..LAST" },
        { FINE "label_column = 2\ncolumns = 0..2", "m.ini:6: ", "FIRST..LAST" },
        { FINE "label_column = 2\nlabels = l.txt", "m.ini:6: ", "one of the two" },
        { FINE "labels = l2.txt", "m.ini:5: ", "2 numbers" },
        { FINE "labels = half.txt", "m.ini:5: ", "0.5" },
        { FINE "label_column = -1\nrows = 0..1", "m.ini:5: ", "-6" },
        { FINE "weights = l.txt", "m.ini:5: ", "weight 0 of row 0" },
        { FINE "weights = l2.txt", "m.ini:5: ", "2 numbers" } };

    text_of("p.csv", "a,b,c\n1,2,3\n4,5,-6\n7,8,9\n");
    text_of("bad.csv", "1 2\n3\n");
    text_of("l.txt", "0 2 0");
    text_of("l2.txt", "0 2");
    text_of("half.txt", "0 .5 1");
    for (unsigned i = 0; i < sizeof t / sizeof *t; i++) {
        law *l = law_of(t[i].lines);

        CU_ASSERT(l == NULL);
        law_close(l);
        says(t[i].place, t[i].word, ";");
    }
}

static const level some_level = { .alpha = 1, .sigma = 0.3 };

static void a_label_that_is_not_there_is_refused(void)
{
    law *l = good(law_at("models/shipped/swiss-roll.ini"));
    double x[6] = { 0 }, x0[6];
    int label[3] = { -1, -1, 0 };

    CU_ASSERT(l->denoise(l, &(batch){ 1, 3, &some_level, x, label }, x0, NULL) == -1);
    says("label 0", "no labels", ";");
    law_close(l);
    l = good(law_of("file = p.csv\nwidth = .1\nlabels = l.txt"));
    for (int bad = -2; bad <= 3; bad += bad == -2 ? 3 : 2) {
        double y[9] = { 0 }, y0[9];

        label[2] = bad;
        CU_ASSERT(l->denoise(l, &(batch){ 1, 3, &some_level, y, label }, y0, NULL) == -1);
        says("label ", ";");
        CU_ASSERT(l->logpdf(l, &(batch){ 1, 3, &some_level, y, label }, y0) == -1);
        CU_ASSERT(l->sample(l, st, 0, 3, label, y) == -1);
    }
    law_close(l);
}

static const test_case tests[] = {
    { "the keys choose and scale", the_keys_choose_and_scale },
    { "what is wrong with a data set is said", what_is_wrong_with_a_data_set_is_said },
    { "a label that is not there is refused", a_label_that_is_not_there_is_refused },
    { "the folder is left clean", the_folder_is_left_clean },
    { 0, 0 },
};
const test_table table_dataset_file = { "dataset_file", tests };
