// How a model wants its images, from its metadata.
#ifndef VIGIL_ESTIMATOR_DATA_MODEL_INPUT_H_
#define VIGIL_ESTIMATOR_DATA_MODEL_INPUT_H_

#include "engine/graph/graph.h"
#include "estimator/data/dataset.h"

namespace vigil {

// From "vigil.input.mean" and "vigil.input.stddev", three comma-separated numbers each; the
// defaults of Normalisation where a key is absent. Throws Error (Model, kMalformed) that names the
// key for anything else, or a deviation that is not positive.
Normalisation NormalisationOf(const Graph& model);

// The inverse: the graph with both keys set.
Graph WithNormalisation(const Graph& model, const Normalisation& normalisation);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_MODEL_INPUT_H_
