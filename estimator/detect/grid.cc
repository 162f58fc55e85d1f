// Vigil's own detector: one box a cell of one grid (estimator/models/face_detector.h).
#include <cmath>

#include "estimator/detect/box_decoders.h"
#include "estimator/models/face_detector.h"

namespace vigil {
namespace {

class Grid final : public BoxDecoder {
 public:
  explicit Grid(const DetectorInput& input) : input_(input) {}

  std::string name() const override { return "Vigil's grid"; }
  DetectorInput input() const override { return input_; }

  std::vector<Detection> Decode(std::span<const ConstTensorView> outputs,
                                float threshold) const override {
    const Shape& shape = outputs[0].desc.shape;
    const std::int64_t rows = shape[2], columns = shape[3], plane = rows * columns;
    const float stride = static_cast<float>(input_.width) / static_cast<float>(columns);
    const auto faces = outputs[0].as<float>();
    std::vector<Detection> found;
    for (std::int64_t cell = 0; cell < plane; ++cell) {
      const auto at = [&](int channel) {
        return faces[static_cast<std::size_t>(channel * plane + cell)];
      };
      const float score = 1.0f / (1.0f + std::exp(-at(kFaceLogit)));
      if (!(score >= threshold)) continue;
      const std::int64_t row = cell / columns, column = cell % columns;
      const float x = (static_cast<float>(column) + 0.5f + at(kFaceOffsetX)) * stride;
      const float y = (static_cast<float>(row) + 0.5f + at(kFaceOffsetY)) * stride;
      const float half_width = std::exp(at(kFaceLogWidth)) * stride / 2.0f;
      const float half_height = std::exp(at(kFaceLogHeight)) * stride / 2.0f;
      found.push_back({x - half_width, y - half_height, x + half_width, y + half_height, score});
    }
    return found;
  }

 private:
  DetectorInput input_;
};

}  // namespace

std::unique_ptr<BoxDecoder> TryGrid(const Graph& detector) {
  const DetectorInput input = SizeOfInput(detector);
  if (detector.outputs().size() != 1) return nullptr;
  const Shape& shape = detector.value(detector.outputs()[0]).desc.shape;
  if (shape.rank() != 4 || shape[1] != kFaceChannels) return nullptr;
  if (input.width * shape[2] != input.height * shape[3]) return nullptr;  // cells are squares
  return std::make_unique<Grid>(input);
}

}  // namespace vigil
