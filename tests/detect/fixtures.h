// Networks that give the outputs of detectors, whatever they are shown.
#ifndef VIGIL_TESTS_DETECT_FIXTURES_H_
#define VIGIL_TESTS_DETECT_FIXTURES_H_

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "engine/graph/builder.h"
#include "estimator/models/face_detector.h"

namespace vigil::testing {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

// One of them, as an argument: tensors move, and lists of values copy.
inline NamedTensors Named(const std::string& name, Tensor tensor) {
  NamedTensors named;
  named.emplace_back(name, std::move(tensor));
  return named;
}

// A graph whose outputs are these tensors: each is added to zero times the sum over the image.
inline Graph AlwaysSays(const Shape& image, const NamedTensors& outputs) {
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, image});
  const ValueId zero = builder.Constant("zero", Tensor(Shape{1}, std::vector<float>{0.0f}));
  const ValueId nothing = builder.Add("nothing", BinaryAttrs{.kind = BinaryKind::kMul},
                                      {builder.Add("mean", GlobalPoolAttrs{}, {x}), zero});
  const ValueId one = builder.Add("flat", FlattenAttrs{}, {nothing});  // [1, 3]
  const ValueId weights =
      builder.Constant("weights", Tensor(Shape{3, 1}, std::vector<float>{1.0f, 1.0f, 1.0f}));
  const ValueId scalar = builder.Add("scalar", GemmAttrs{}, {one, weights});  // [1, 1]
  for (const auto& [name, tensor] : outputs) {
    const ValueId said = builder.Constant(name + "_said", tensor.Clone());
    const std::int64_t rank = tensor.shape().rank();
    ValueId seen = scalar;
    if (rank > 2) {
      std::vector<std::int64_t> ones(static_cast<std::size_t>(rank), 1);
      seen = builder.Add(name + "_seen", ReshapeAttrs{.shape = ones}, {scalar});
    }
    builder.Output(builder.Add(name, BinaryAttrs{.kind = BinaryKind::kAdd}, {said, seen}));
  }
  return std::move(builder).Build();
}

// A detector for 64x64 pixels that sees one face, 32 pixels wide about (40, 24), as sure as `logit`
// says.
inline Graph SeesOneFace(float logit) {
  Tensor faces(Shape{1, kFaceChannels, 4, 4}, std::vector<float>(kFaceChannels * 16, 0.0f));
  for (std::size_t cell = 0; cell < 16; ++cell) faces.as<float>()[cell] = -20.0f;
  const std::size_t cell = 1 * 4 + 2;
  faces.as<float>()[kFaceLogit * 16 + cell] = logit;
  faces.as<float>()[kFaceLogWidth * 16 + cell] = std::log(2.0f);
  faces.as<float>()[kFaceLogHeight * 16 + cell] = std::log(2.0f);
  return AlwaysSays({1, 3, 64, 64}, Named("faces", std::move(faces)));
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_DETECT_FIXTURES_H_
