/* make speed: a field in a child process against the same C code within the program. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/random.h"
#include "tests/support/fixture.h"
#include "tests/speed/speed.h"

enum { ROWS = 1024, DIM = 64, TURNS = 150 };

void pipe_speed(void)
{
    const char *const names[2] = { "net.so", "child net" }, *const prefixes[2] = { "plugin:", "pipe:" };
    double best[2] = { 1e9, 1e9 }, *x = need(3 * ROWS * DIM * sizeof *x);
    subject s[2] = { { 0 } };
    char name[5000], file[64];
    level at;

    normals((stream){ 1, USE_PRIOR }, 0, 0, 0, ROWS, DIM, x);
    for (int i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "tests/%s", names[i]);
        if (subject_open(&s[i], built(file, prefixes[i], name), NULL, NULL))
            fprintf(stderr, "speed: %s\n", last_error());
    }
    if (s[0].field && s[1].field) {
        levels(s[0].model->process, 1, (double[]){ 0.5 }, &at);
        for (int k = 0; k < TURNS; k++)
            for (int i = 0; i < 2; i++)
                BEST(best[i], 1,
                    if (field_eval(s[i].field, &(batch){ 1, ROWS, &at, x, NULL }, PREDICTS_NOISE,
                            x + (1 + i) * ROWS * DIM)) fprintf(stderr, "speed: %s\n", last_error()));
        if (memcmp(x + ROWS * DIM, x + 2 * ROWS * DIM, ROWS * DIM * sizeof *x))
            fprintf(stderr, "speed: the child and the plug-in answer differently\n");
        printf("%-66s %8.3g %-10s %s\n", "64-256-256-64 in float32, 1024 rows, within the program", best[0] * 1e3,
               "ms", "");
        printf("%-66s %8.3g %-10s %s\n", "the same in a child process", best[1] / best[0], "of that", "below 1.3");
    }
    subject_close(&s[0]), subject_close(&s[1]);
    free(x);
}
