// Features of a T that runs elsewhere (TFLite, ncnn, a vendor's NPU), made to look like our own.
#ifndef VIGIL_ESTIMATOR_TAPS_FEATURE_MAP_H_
#define VIGIL_ESTIMATOR_TAPS_FEATURE_MAP_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/tensor/tensor.h"

namespace vigil {

enum class Layout { kNchw, kNhwc };

// One sample of one value, as another runtime holds it.
struct FeatureMap {
  DType dtype = DType::kFloat32;  // float32, float16, int8, uint8 or int32
  Shape shape;                    // in the order of `layout`, dimension 0 is 1
  Layout layout = Layout::kNchw;  // of rank 4; other ranks have but one order
  // Of integers: value = scale * (stored - zero_point). Not looked at for floats.
  float scale = 1.0f;
  std::int32_t zero_point = 0;
  std::span<const std::byte> data;  // exactly the elements, without padding
};

// The map's shape as NCHW. Throws Error (Input, kInvalidShape) naming `name`: dimension 0 is not 1.
Shape NchwShape(const FeatureMap& map, std::string_view name);

// Writes float32 NCHW. Throws Error (Input) naming `name`: kInvalidShape where `out` has another
// shape than NchwShape, kInvalidType for another element type, kInvalidValue for data of another
// size, a scale that is not finite and positive, or a value that is not finite.
void ConvertFeature(const FeatureMap& map, std::string_view name, TensorView out);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_FEATURE_MAP_H_
