/* Networks to be trained, from a few numbers of a [net] section: their lists of layers, and first weights. */
#ifndef FOKKER_MADE_H
#define FOKKER_MADE_H
#include <stdint.h>
#include "models/tensors.h"
#include "scores/field.h"

/* Into `file` (started from { .path = ... }) go the tensors, sorted, and the notes embed, layers and dim.
 *     kind = mlp        concat linear A linear A ... linear
 *     kind = residual   linear ( norm linear add A linear ) ... norm linear
 * Weights are normals of standard deviation 1/sqrt(columns), the last layer, biases and shifts zero, gains 1.  0 or -1. */
int made_net(const model *, section *net, int dim, uint64_t seed, tensors *file);

/* The keys of [net] that made_net reads, for section_all_used. */
#define MADE_KEYS "width", "depth", "features", "activation"
#endif
