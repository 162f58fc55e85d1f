// T of the CIFAR-10 task: the "17 layers baseline" (SOURCES.md P3).
#ifndef VIGIL_ESTIMATOR_MODELS_CIFAR17_H_
#define VIGIL_ESTIMATOR_MODELS_CIFAR17_H_

#include <cstdint>
#include <string_view>

#include "engine/graph/graph.h"

namespace vigil {

// The tap of P6: the first layer with its Relu, 1x32x32x32.
inline constexpr std::string_view kCifar17FirstLayer = "conv2d";

// Input "image" [1, 3, 32, 32]; output "dense_1" [1, 10], logits (training and Task::Decide take
// them as they are). The seventeen layers are called as Keras calls them: conv2d,
// batch_normalization, conv2d_1, batch_normalization_1, max_pooling2d, dropout, conv2d_2, ...,
// flatten, dense, batch_normalization_4, dropout_2, dense_1. A layer with an activation inside has
// the value before it as NAME/BiasAdd. Dropout 0.2, 0.3, 0.4.
Graph BuildCifar17(std::uint64_t seed);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_CIFAR17_H_
