// What T's inputs look like, from the images that it was trained on.
#ifndef VIGIL_ESTIMATOR_EVALUATION_INPUT_LEARNING_H_
#define VIGIL_ESTIMATOR_EVALUATION_INPUT_LEARNING_H_

#include <cstdint>

#include "engine/graph/graph.h"
#include "estimator/data/dataset.h"
#include "estimator/monitor/validity/schema_learner.h"

namespace vigil {

// The form of T's input, from its metadata: the range of pixels, the order RGB, and the mistakes of
// normalisation that are one: bytes 0 to 255, 0 to 1, -1 to 1, ImageNet's, twice. Throws Error
// (Model, kUnsupported) where the input is no float32 [N, 3, H, W], and as NormalisationOf.
InputForm FormOf(const Graph& target);

// From at most `images` of the set, spread over it: each its box, resized to T's input. Throws as
// FormOf, SchemaLearner::Learn, and what the set throws.
InputSchema LearnInputSchema(const Graph& target, const Dataset& data, std::int64_t images);

inline constexpr std::int64_t kImagesOfSchema = 2000;

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_INPUT_LEARNING_H_
