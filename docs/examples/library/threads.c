/* Two samplers of one score at once, each in a thread of its own: first the samples of the one, then of the other. */
#include <fokker.h>
#include <pthread.h>
#include <stdio.h>

enum { N = 500, DIM = 2 };

/* status and reason: fokker_error() is a thread's own, so that it is read in that thread. */
typedef struct job {
    const char *solver;
    fokker_score *score;
    double x[N * DIM];
    int status;
    char reason[1024];
} job;

static void *work(void *self)
{
    job *j = (job *)self;
    fokker_request ask = FOKKER_REQUEST;
    fokker_sampler *sampler;

    ask.solver = j->solver, ask.steps = 20, ask.threads = 1;
    sampler = fokker_sampler_open(j->score, &ask);
    j->status = fokker_start(sampler, 0, N, NULL, j->x) || fokker_run(sampler, 0, N, j->x, NULL, NULL);
    if (j->status)
        snprintf(j->reason, sizeof j->reason, "%s", fokker_error());
    fokker_sampler_close(sampler);
    return NULL;
}

int main(void)
{
    static job jobs[2];
    pthread_t thread[2];
    fokker_model *model = fokker_model_open("gmm8ring", NULL, 0);
    fokker_score *score = fokker_score_of(model, NULL);
    int bad = 0;

    jobs[0].solver = "ancestral", jobs[1].solver = "dpmpp-2m";
    for (int i = 0; i < 2; i++) {
        jobs[i].score = score;
        if (pthread_create(&thread[i], NULL, work, &jobs[i]))
            return 1;
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(thread[i], NULL);
        bad |= jobs[i].status;
        if (jobs[i].status)
            fprintf(stderr, "%s\n", jobs[i].reason);
        for (int k = 0; k < N && !jobs[i].status; k++)
            printf("%.17g %.17g\n", jobs[i].x[DIM * k], jobs[i].x[DIM * k + 1]);
    }
    fokker_score_close(score);
    fokker_model_close(model);
    return bad;
}
