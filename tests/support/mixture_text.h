/* Mixtures that the tests make up, and points where they live. */
#ifndef FOKKER_MIXTURE_TEXT_H
#define FOKKER_MIXTURE_TEXT_H
#include "models/laws/law.h"

/* A law from the keys of a [data] section; NULL where it is refused.  good: the test fails there. */
law *mixture_of(const char *text);
law *mixture_good(const char *text);

/* A mixture of K modes in dim columns whose numbers come from a stream, and more keys: kind is 's' (std), 'v' (var),
 * 'c' (cov); 'd': cov that is diagonal, 'e': var that is the same in all columns. */
law *mixture_made(int K, int dim, char kind, const char *more);

/* Every form and size that goes another way through the sums. */
enum { MIXTURES = 13 };
extern const struct mixture_case { int K, dim; char kind; } mixture_case[MIXTURES];
#define EACH_MIXTURE(c) for (const struct mixture_case *c = mixture_case; c < mixture_case + MIXTURES; c++)

extern const level some_levels[4];
#define EACH_LEVEL(at) for (const level *at = some_levels; at < some_levels + 4; at++)

level level_of(double alpha, double sigma);

/* n points spread over where x_t lives. */
void points_at(const law *, level at, int n, long row, double *x);

/* That all that is asked of two laws of one dimension agrees. */
void laws_agree(const law *a, const law *b, double tolerance);

#endif
