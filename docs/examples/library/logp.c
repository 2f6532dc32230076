/* log p of points, each with its interval: columns x y logp lo hi. */
#include <fokker.h>
#include <stdio.h>

enum { N = 20, DIM = 2 };

int main(void)
{
    double x[N * DIM], logp[N], lo[N], hi[N];
    fokker_model *model = fokker_model_open("gmm8ring", NULL, 0);
    fokker_score *score = fokker_score_of(model, NULL);
    fokker_question ask = FOKKER_QUESTION;
    fokker_answer to = FOKKER_ANSWER;
    fokker_facts facts = FOKKER_FACTS;
    int status;

    to.logp = logp, to.lo = lo, to.hi = hi;
    status = fokker_model_facts(model, &facts) || fokker_law_sample(model, facts.t_min, 1, 0, N, NULL, x)
        || fokker_logp(score, &ask, 0, N, x, NULL, &to);
    if (status)
        fprintf(stderr, "%s\n", fokker_error());
    for (int i = 0; i < N && !status; i++)
        printf("%.17g %.17g %.17g %.17g %.17g\n", x[DIM * i], x[DIM * i + 1], logp[i], lo[i], hi[i]);

    fokker_score_close(score);
    fokker_model_close(model);
    return status;
}
