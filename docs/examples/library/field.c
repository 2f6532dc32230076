/* A function of this program as the field: the noise prediction of data that are N(0.5, 0.4^2) in both columns, the
 * levels that Heun's method visits, and the samples. */
#include <fokker.h>
#include <math.h>
#include <stdio.h>

enum { N = 100, DIM = 2, ROOM = 64 };

/* What the field needs to know: alpha at each sigma/alpha, from lambda = log(alpha/sigma) on a process that preserves
 * the variance, alpha^2 + sigma^2 = 1. */
static const char *noise(void *self, long n, const double *x, const double *lambda, const int *label, double *out)
{
    const double *law = (const double *)self;       /* mean and standard deviation */

    (void)label;
    for (long i = 0; i < n; i++) {
        double alpha = 1 / sqrt(1 + exp(-2 * lambda[i])), sigma = 1 / sqrt(1 + exp(2 * lambda[i]));
        double slope = sigma / (alpha * alpha * law[1] * law[1] + sigma * sigma);

        for (int d = 0; d < DIM; d++)
            out[DIM * i + d] = slope * (x[DIM * i + d] - alpha * law[0]);
    }
    return NULL;
}

int main(void)
{
    double law[2] = { 0.5, 0.4 }, x[N * DIM], t[ROOM], sigma[ROOM];
    fokker_model *model = fokker_model_open(NULL, "vp-linear", 0);
    fokker_callback field = FOKKER_CALLBACK;
    fokker_request ask = FOKKER_REQUEST;
    fokker_score *score;
    fokker_sampler *sampler;
    long levels;
    int status;

    field.self = law, field.name = "a bell", field.predicts = "noise", field.time = "lambda", field.dim = DIM;
    field.eval = noise;
    ask.solver = "heun", ask.steps = 10;
    score = fokker_score_from(model, &field, NULL);
    sampler = fokker_sampler_open(score, &ask);
    levels = fokker_levels(sampler, ROOM, t, NULL, sigma);
    for (long i = 0; i < levels; i++)
        fprintf(stderr, "level %ld: t = %.6g, sigma = %.6g\n", i, t[i], sigma[i]);
    status = levels < 0 || fokker_start(sampler, 0, N, NULL, x) || fokker_run(sampler, 0, N, x, NULL, NULL);
    if (status)
        fprintf(stderr, "%s\n", fokker_error());
    for (int i = 0; i < N && !status; i++)
        printf("%.17g %.17g\n", x[DIM * i], x[DIM * i + 1]);

    fokker_sampler_close(sampler);
    fokker_score_close(score);
    fokker_model_close(model);
    return status;
}
