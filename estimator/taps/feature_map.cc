#include "estimator/taps/feature_map.h"

#include <cmath>
#include <cstring>

#include "engine/base/half.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

Error Refused(ErrorCode code, std::string_view name, const std::string& what) {
  return Error(Fault::kInput, code, Text("feature '", name, "' ", what));
}

void CheckData(const FeatureMap& map, std::string_view name) {
  const bool is_float = map.dtype == DType::kFloat32 || map.dtype == DType::kFloat16;
  const bool is_integer =
      map.dtype == DType::kInt8 || map.dtype == DType::kUInt8 || map.dtype == DType::kInt32;
  if (!is_float && !is_integer) {
    throw Refused(
        ErrorCode::kInvalidType, name,
        Text("is ", DTypeName(map.dtype), ": expected float32, float16, int8, uint8 or int32"));
  }
  const auto expected = static_cast<std::size_t>(map.shape.elements()) * DTypeBytes(map.dtype);
  if (map.data.size() != expected) {
    throw Refused(ErrorCode::kInvalidValue, name,
                  Text("has ", map.data.size(), " bytes: expected ", expected, " for ", map.shape,
                       " of ", DTypeName(map.dtype)));
  }
  if (is_integer && !(std::isfinite(map.scale) && map.scale > 0.0f)) {
    throw Refused(ErrorCode::kInvalidValue, name,
                  Text("has scale ", map.scale, ": expected a finite, positive one"));
  }
}

// Element i of the map in its own order, as a real number.
class Reader {
 public:
  explicit Reader(const FeatureMap& map) : map_(map) {}

  float operator()(std::int64_t i) const {
    switch (map_.dtype) {
      case DType::kFloat16:
        return HalfToFloat(At<std::uint16_t>(i));
      case DType::kInt8:
        return Real(At<std::int8_t>(i));
      case DType::kUInt8:
        return Real(At<std::uint8_t>(i));
      case DType::kInt32:
        return Real(At<std::int32_t>(i));
      default:
        return At<float>(i);
    }
  }

 private:
  // Data of other runtimes need not be aligned.
  template <typename T>
  T At(std::int64_t i) const {
    T value;
    std::memcpy(&value, map_.data.data() + static_cast<std::size_t>(i) * sizeof(T), sizeof(T));
    return value;
  }
  float Real(std::int64_t stored) const {
    return map_.scale * static_cast<float>(stored - map_.zero_point);
  }

  const FeatureMap& map_;
};

}  // namespace

Shape NchwShape(const FeatureMap& map, std::string_view name) {
  const Shape& shape = map.shape;
  if (shape.rank() < 1 || shape[0] != 1) {
    throw Refused(ErrorCode::kInvalidShape, name,
                  Text("is ", shape, ": expected one sample, dimension 0 of 1"));
  }
  if (map.layout == Layout::kNchw || shape.rank() != 4) return shape;
  return Shape{1, shape[3], shape[1], shape[2]};
}

void ConvertFeature(const FeatureMap& map, std::string_view name, TensorView out) {
  const Shape shape = NchwShape(map, name);
  if (!(shape == out.desc.shape)) {
    throw Refused(ErrorCode::kInvalidShape, name,
                  Text("is ", shape, " as NCHW: expected ", out.desc.shape));
  }
  CheckData(map, name);
  const Reader read(map);
  const std::span<float> to = out.as<float>();
  const bool interleaved = map.layout == Layout::kNhwc && shape.rank() == 4;
  const std::int64_t channels = interleaved ? shape[1] : 1;
  const std::int64_t plane = static_cast<std::int64_t>(to.size()) / channels;
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t p = 0; p < plane; ++p) {
      const float value = read(p * channels + c);
      if (!std::isfinite(value)) {
        throw Refused(ErrorCode::kInvalidValue, name,
                      Text("holds ", value, " at element ", p * channels + c, " of ", to.size(),
                           ": expected finite numbers"));
      }
      to[static_cast<std::size_t>(c * plane + p)] = value;
    }
  }
}

}  // namespace vigil
