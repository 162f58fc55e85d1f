// MobileNetV2 (Sandler et al. 2018), T of the directness task (SOURCES.md P1).
#ifndef VIGIL_ESTIMATOR_MODELS_MOBILENET_V2_H_
#define VIGIL_ESTIMATOR_MODELS_MOBILENET_V2_H_

#include <cstdint>
#include <string_view>

#include "engine/graph/graph.h"

namespace vigil {

// Taps of the paper by the names of their values (SOURCES.md P5); shapes at width 1, side 224.
inline constexpr std::string_view kMobileNetTap17 = "block_1_project_BN";       // 56x56x24
inline constexpr std::string_view kMobileNetTap57 = "block_6_expand_relu";      // 28x28x192
inline constexpr std::string_view kMobileNetTap119 = "block_13_expand_relu";    // 14x14x576
inline constexpr std::string_view kMobileNetTapTable2 = "block_1_expand_relu";  // 112x112x96

struct MobileNetV2Options {
  double width = 1.0;
  std::int64_t outputs = 3;  // linear: pitch, yaw, roll in units of kPoseUnit degrees
  std::int64_t side = 224;   // of the square input
  std::uint64_t seed = 1;
};

// Input "image" [1, 3, side, side]; output "predictions" [1, outputs]. Values and constants are
// called as Keras calls the layers (Conv1_relu, expanded_conv_project_BN, block_1_expand_relu, ...,
// out_relu, global_average_pooling2d); Keras' pad layers are the pads of the convolutions that
// follow them. Throws Error (Model, kInvalidValue) for a side under 32, a width outside (0, 4] or
// no outputs.
Graph BuildMobileNetV2(const MobileNetV2Options& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_MOBILENET_V2_H_
