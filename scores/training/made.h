/* Networks to be trained, from a few numbers of a [net] section: their lists of layers, and first weights. */
#ifndef FOKKER_MADE_H
#define FOKKER_MADE_H
#include <stdint.h>
#include "base/files/tensors.h"
#include "scores/field.h"

/* A network for the model's law.  Into `file` (started from { .path = ... }) go the tensors, sorted, and the notes
 * embed, layers and dim.
 *     kind = mlp        concat linear A linear A ... linear
 *     kind = residual   linear ( norm linear add A linear ) ... norm linear
 *     kind = squash     squash A squash A ... linear
 *     kind = mixer      patch each spread ( norm mix ) ( norm mix ) spread ... norm each unpatch, for square images
 * labels = yes: the embedding has a table of a row a class, which are added to it; no label adds nothing.
 * Weights are normals of standard deviation 1/sqrt(columns), the last layer, biases and shifts zero, gains 1.
 * 0 or -1. */
int made_net(const model *, section *net, uint64_t seed, tensors *file);

/* The keys of [net] that made_net reads, for section_known. */
#define MADE_KEYS "width", "depth", "features", "activation", "labels", "patch", "mix_patches", "mix_columns"
#endif
