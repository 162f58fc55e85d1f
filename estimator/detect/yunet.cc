// YuNet: one box a cell on three strides, no priors.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/base/text.h"
#include "estimator/detect/box_decoders.h"

namespace vigil {
namespace {

constexpr std::array<std::int64_t, 3> kStrides{8, 16, 32};

// Places of one stride's outputs, and how many cells make a row.
struct Scale {
  float stride;
  std::int64_t columns;
  std::size_t cls, obj, box;
};

class YuNet final : public BoxDecoder {
 public:
  YuNet(const DetectorInput& input, std::vector<Scale> scales)
      : input_(input), scales_(std::move(scales)) {}

  std::string name() const override { return "YuNet"; }
  DetectorInput input() const override { return input_; }

  std::vector<Detection> Decode(std::span<const ConstTensorView> outputs,
                                float threshold) const override {
    std::vector<Detection> found;
    for (const Scale& scale : scales_) {
      const auto cls = outputs[scale.cls].as<float>(), obj = outputs[scale.obj].as<float>();
      const auto box = outputs[scale.box].as<float>();
      for (std::size_t i = 0; i < cls.size(); ++i) {
        const float score =
            std::sqrt(std::clamp(cls[i], 0.0f, 1.0f) * std::clamp(obj[i], 0.0f, 1.0f));
        if (!(score >= threshold)) continue;
        found.push_back(BoxOf(scale, static_cast<std::int64_t>(i), box.subspan(4 * i, 4)));
        found.back().score = score;
      }
    }
    return found;
  }

 private:
  static Detection BoxOf(const Scale& scale, std::int64_t cell, std::span<const float> box) {
    const std::int64_t row = cell / scale.columns, column = cell % scale.columns;
    const float x = (static_cast<float>(column) + box[0]) * scale.stride;
    const float y = (static_cast<float>(row) + box[1]) * scale.stride;
    const float half_width = std::exp(box[2]) * scale.stride / 2.0f;
    const float half_height = std::exp(box[3]) * scale.stride / 2.0f;
    return {x - half_width, y - half_height, x + half_width, y + half_height};
  }

  DetectorInput input_;
  std::vector<Scale> scales_;
};

}  // namespace

std::unique_ptr<BoxDecoder> TryYuNet(const Graph& detector) {
  DetectorInput input = SizeOfInput(detector);
  input.normalisation = OfBytes(0.0f, 1.0f);
  input.bgr = true;
  std::vector<Scale> scales;
  for (const std::int64_t stride : kStrides) {
    const auto cls = FindOutput(detector, Text("cls_", stride));
    const auto obj = FindOutput(detector, Text("obj_", stride));
    const auto box = FindOutput(detector, Text("bbox_", stride));
    if (!cls || !obj || !box || input.width % stride != 0 || input.height % stride != 0)
      return nullptr;
    const std::int64_t columns = input.width / stride, cells = columns * (input.height / stride);
    const auto shape = [&](std::size_t output) {
      return detector.value(detector.outputs()[output]).desc.shape;
    };
    if (shape(*cls) != Shape{1, cells, 1} || shape(*obj) != Shape{1, cells, 1} ||
        shape(*box) != Shape{1, cells, 4}) {
      return nullptr;
    }
    scales.push_back({static_cast<float>(stride), columns, *cls, *obj, *box});
  }
  return std::make_unique<YuNet>(input, std::move(scales));
}

}  // namespace vigil
