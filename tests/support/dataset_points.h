/* Data sets that the tests write into a folder of their own. */
#ifndef FOKKER_DATASET_POINTS_H
#define FOKKER_DATASET_POINTS_H
#include "models/laws/law.h"
#include "tests/support/packed.h"

law *law_at(const char *path);              /* of a model file; NULL on failure */
law *law_of(const char *lines);             /* of a [data] section with these lines, m.ini in the folder */
law *good(law *);                           /* the same law; the end of the test if it is NULL */

/* K points of dim columns with weights 1 + k % 5/2 and labels (7 k + k/3) % labels. */
law *some_points(int K, int dim, int labels, double width);

#endif
