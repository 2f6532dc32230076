/* Samples of a shipped model under a budget of calls, and what they cost. */
#include <fokker.h>
#include <stdio.h>
#include <stdlib.h>

enum { N = 1000 };

int main(void)
{
    fokker_model *model = fokker_model_open("gmm8ring", NULL, 0);
    fokker_score *score = fokker_score_of(model, NULL);
    fokker_request ask = FOKKER_REQUEST;
    fokker_cost cost = FOKKER_COST;
    fokker_sampler *sampler;
    double *x;
    int dim, status;

    ask.solver = "dpmpp-2m", ask.nfe = 20, ask.seed = 7;
    if (!(sampler = fokker_sampler_open(score, &ask))) {
        fprintf(stderr, "%s\n", fokker_error());
        return 2;
    }
    dim = fokker_score_dim(score);
    if (!(x = (double *)malloc(sizeof *x * N * dim)))
        return 1;
    status = fokker_start(sampler, 0, N, NULL, x);
    if (!status)
        status = fokker_run(sampler, 0, N, x, NULL, &cost);
    if (status)
        fprintf(stderr, "%s\n", fokker_error());
    for (int i = 0; i < N; i++)
        printf("%.17g %.17g\n", x[dim * i], x[dim * i + 1]);
    fprintf(stderr, "%ld calls a sample, %ld evaluations, %.3g s\n", cost.calls, cost.evaluations, cost.seconds);

    free(x);
    fokker_sampler_close(sampler);
    fokker_score_close(score);
    fokker_model_close(model);
    return status != 0;
}
