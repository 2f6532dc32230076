/* Weights as other programs save them: whatever their type and order, the network is the same. */
#include <stdio.h>
#include <string.h>
#include "scores/score.h"
#include "tests/support/fixture.h"
#include "tests/support/nets.h"
#include "tests/support/packed.h"
#include "tests/suite.h"

/* How a state dict may lie in a .npz: type, byte order, order of indices; `odd`: a dtype that is not
 * read for the last bias. */
typedef struct npz_form { const char *type; int big, fortran; const char *odd; } npz_form;

/* linear:0 is 4 x 3, linear:2 is 2 x 4; all numbers are eighths. */
static void write_npz(const char *path, const npz_form *form)
{
    static const struct { const char *name; int rows, cols; } parts[] = {
        { "0.weight.npy", 4, 3 }, { "0.bias.npy", 1, 4 }, { "2.weight.npy", 2, 4 }, { "2.bias.npy", 1, 2 } };
    char data[4][512], file[8192];
    zip_member member[5];
    FILE *f;

    for (int i = 0; i < 4; i++) {
        int rows = parts[i].rows, cols = parts[i].cols, vector = rows == 1;
        char header[128], numbers[128], axes[32], *to = numbers;

        for (int k = 0; k < rows * cols; k++) {
            int at = form->fortran ? k % rows * cols + k / rows : k;

            to += number_of(to, form->type, form->big, ((at * 7 + i * 3) % 19 - 9) / 8.);
        }
        snprintf(axes, sizeof axes, vector ? "(%d,)" : "(%d, %d)", vector ? cols : rows, cols);
        snprintf(header, sizeof header, "{'descr': '%c%s', 'fortran_order': %s, 'shape': %s}",
                 form->odd && i == 3 ? '|' : form->big ? '>' : '<', form->odd && i == 3 ? form->odd : form->type,
                 form->fortran ? "True" : "False", axes);
        member[i] = (zip_member){ parts[i].name, data[i], npy_of(data[i], 1, header, numbers, to - numbers) };
    }
    member[4] = (zip_member){ "step.npy", "no array", 8 };
    f = fopen(path, "wb");
    CU_ASSERT_FATAL(f != NULL);
    fwrite(file, 1, zip_of(file, ZIP_DEFLATED, 5, member), f);
    fclose(f);
}

static void a_state_dict_of_any_type_and_order_is_the_same_network(void)
{
    static const npz_form forms[] = { { "f4", 0, 0 }, { "f4", 0, 1 }, { "f4", 1, 0 }, { "f2", 0, 0 }, { "f2", 1, 1 },
                                      { "f8", 1, 1 } };
    static const shape none[] = { { 0 } };
    double y[6][4], x[4] = { 0.3, -2, 5, 0.1 };
    subject of;
    made m;

    if (must(made_open(&m, "", NULL, none)))
        return;
    must(made_text(&m, "[score]\nkind = mlp\nfile = net.safetensors\ndim = 2\npredicts = noise\n"
                       "layers = concat linear:0 silu linear:2\n"));
    for (int k = 0; k < 6; k++) {
        level l[2];

        write_npz(m.weights, &forms[k]);
        if (must(subject_open(&of, m.ini, NULL, NULL)))
            continue;
        levels(of.model->process, 2, (double[]){ 0.9, 0.2 }, l);
        must(of.field->eval(of.field->self, &(batch){ 2, 1, l, x, NULL }, y[k]));
        CU_ASSERT(!memcmp(y[k], y[0], sizeof *y));
        subject_close(&of);
    }
    CU_ASSERT(y[0][0] != y[0][2]);
    write_npz(m.weights, &(npz_form){ "f4", 0, 0, "O" });           /* a bias that cannot be read is not left out */
    CU_ASSERT(subject_open(&of, m.ini, NULL, NULL) < 0);
    says("2.bias: holds Python objects");
    made_close(&m);
}

static const test_case tests[] = {
    { "a state dict of any type and order is the same network",
      a_state_dict_of_any_type_and_order_is_the_same_network },
    { 0, 0 },
};
const test_table table_state_dict = { "state_dict", tests };
