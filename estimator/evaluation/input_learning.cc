#include "estimator/evaluation/input_learning.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/model_input.h"

namespace vigil {
namespace {

// In place of (pixel - mean) / stddev.
Rescaling Instead(std::string name, const Normalisation& right, const Normalisation& wrong) {
  Rescaling rescaling{.name = std::move(name)};
  for (std::size_t c = 0; c < 3; ++c) {
    // pixel = value * right.stddev + right.mean
    rescaling.scale[c] =
        static_cast<double>(right.stddev[c]) / static_cast<double>(wrong.stddev[c]);
    rescaling.offset[c] =
        (static_cast<double>(right.mean[c]) - static_cast<double>(wrong.mean[c])) /
        static_cast<double>(wrong.stddev[c]);
  }
  return rescaling;
}

// As good as the right one: within a step of eight bits.
bool Changes(const Rescaling& rescaling) {
  for (std::size_t c = 0; c < 3; ++c) {
    if (std::abs(rescaling.scale[c] - 1.0) > 0.01 || std::abs(rescaling.offset[c]) > 0.01)
      return true;
  }
  return false;
}

}  // namespace

InputForm FormOf(const Graph& target) {
  const Value& input = target.value(target.inputs().at(0));
  const Shape& shape = input.desc.shape;
  if (input.desc.dtype != DType::kFloat32 || shape.rank() != 4 || shape[1] != 3) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("input '", input.name, "' is ", DTypeName(input.desc.dtype), " ", shape,
                     ": expected float32 [N,3,H,W], whose schema can be learned from images"));
  }
  const Normalisation right = NormalisationOf(target);
  InputForm form{.input = input.name, .shape = shape.With(0, 1), .channel_order = "RGB"};
  for (std::size_t c = 0; c < 3; ++c) {
    form.limits.push_back(
        {(0.0f - right.mean[c]) / right.stddev[c], (1.0f - right.mean[c]) / right.stddev[c]});
  }
  Rescaling twice{.name = "normalised twice"};
  for (std::size_t c = 0; c < 3; ++c) {
    twice.scale[c] = 1.0 / static_cast<double>(right.stddev[c]);
    twice.offset[c] = -static_cast<double>(right.mean[c]) * twice.scale[c];
  }
  constexpr float kByte = 1.0f / 255.0f;
  const std::array candidates{
      Instead("bytes 0 to 255", right, {{0.0f, 0.0f, 0.0f}, {kByte, kByte, kByte}}),
      Instead("0 to 1, not normalised", right, {{0.0f, 0.0f, 0.0f}, {1.0f, 1.0f, 1.0f}}),
      Instead("-1 to 1", right, {{0.5f, 0.5f, 0.5f}, {0.5f, 0.5f, 0.5f}}),
      Instead("ImageNet's mean and deviation", right,
              {{0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}}),
      std::move(twice)};
  std::ranges::copy_if(candidates, std::back_inserter(form.rescalings), Changes);
  return form;
}

InputSchema LearnInputSchema(const Graph& target, const Dataset& data, std::int64_t images) {
  SchemaLearner learner(FormOf(target));
  const Normalisation normalisation = NormalisationOf(target);
  const Shape shape = target.value(target.inputs().at(0)).desc.shape.With(0, 1);
  const auto height = static_cast<int>(shape[2]), width = static_cast<int>(shape[3]);
  Tensor input(TensorDesc{DType::kFloat32, shape});
  const std::int64_t count = std::min(images, data.size());
  for (std::int64_t i = 0; i < count; ++i) {
    const Sample sample = data.Get(i * data.size() / count);
    const float half = sample.box.size / 2.0f;
    const Region region{sample.box.center_x - half, sample.box.center_y - half, sample.box.size,
                        sample.box.size};
    ToTensor(CropAndResize(sample.image, region, width, height), normalisation, input.as<float>());
    learner.Add(input);
  }
  return learner.Learn(data.name());
}

}  // namespace vigil
