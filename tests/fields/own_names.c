/* A program whose own functions have the names that the library uses inside, and are never called by it. */
#include <fokker.h>
#include <stdio.h>
#include <stdlib.h>

#define OWN(name) int name(void) { abort(); }
int fail(void), eval(void), number(void), stage(void), turn(void), solve(void), advance(void), levels(void);
OWN(fail) OWN(eval) OWN(number) OWN(stage) OWN(turn) OWN(solve) OWN(advance) OWN(levels)

int main(void)
{
    double x[2];
    fokker_model *model = fokker_model_open("gmm8ring", NULL, 0);
    fokker_score *score = fokker_score_of(model, NULL);
    fokker_request ask = FOKKER_REQUEST;
    fokker_sampler *sampler;
    int status;

    ask.solver = "heun", ask.steps = 5;
    sampler = fokker_sampler_open(score, &ask);
    status = fokker_start(sampler, 0, 1, NULL, x) || fokker_run(sampler, 0, 1, x, NULL, NULL);
    if (status)
        fprintf(stderr, "%s\n", fokker_error());
    else
        printf("%.17g %.17g\n", x[0], x[1]);
    ask.solver = "no-such-method";
    status |= fokker_sampler_open(score, &ask) != NULL;             /* the library's own fail() */
    fokker_sampler_close(sampler);
    fokker_score_close(score);
    fokker_model_close(model);
    return status;
}
