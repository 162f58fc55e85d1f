// UltraFace: single-shot detection over priors of fixed sizes.
#include <algorithm>
#include <array>
#include <cmath>

#include "estimator/detect/box_decoders.h"

namespace vigil {
namespace {

// The authors' priors: sizes in pixels of the input for each map, and what an offset of 1 means.
struct PriorMap {
  std::int64_t stride;
  std::array<float, 3> sizes;  // 0: none
};
constexpr PriorMap kMaps[] = {
    {8, {10, 16, 24}}, {16, {32, 48, 0}}, {32, {64, 96, 0}}, {64, {128, 192, 256}}};
constexpr float kCentreVariance = 0.1f, kSizeVariance = 0.2f;

struct Prior {
  float center_x, center_y, size;
};

void AddPriors(const DetectorInput& input, const PriorMap& map, std::vector<Prior>& priors) {
  const std::int64_t columns = (input.width + map.stride - 1) / map.stride;
  const std::int64_t rows = (input.height + map.stride - 1) / map.stride;
  // A map covers the input however many cells it has: cells are not exactly a stride wide.
  const auto centre = [](std::int64_t cell, std::int64_t cells, std::int64_t pixels) {
    return (static_cast<float>(cell) + 0.5f) / static_cast<float>(cells) *
           static_cast<float>(pixels);
  };
  for (std::int64_t y = 0; y < rows; ++y) {
    for (std::int64_t x = 0; x < columns; ++x) {
      for (const float size : map.sizes) {
        if (size == 0.0f) continue;
        priors.push_back({centre(x, columns, input.width), centre(y, rows, input.height), size});
      }
    }
  }
}

std::vector<Prior> PriorsFor(const DetectorInput& input) {
  std::vector<Prior> priors;
  for (const PriorMap& map : kMaps) AddPriors(input, map, priors);
  return priors;
}

class UltraFace final : public BoxDecoder {
 public:
  UltraFace(const DetectorInput& input, std::size_t scores, std::size_t boxes, bool decoded,
            std::vector<Prior> priors)
      : input_(input),
        scores_(scores),
        boxes_(boxes),
        decoded_(decoded),
        priors_(std::move(priors)) {}

  std::string name() const override { return "UltraFace"; }
  DetectorInput input() const override { return input_; }

  std::vector<Detection> Decode(std::span<const ConstTensorView> outputs,
                                float threshold) const override {
    const auto scores = outputs[scores_].as<float>(), boxes = outputs[boxes_].as<float>();
    std::vector<Detection> found;
    for (std::size_t i = 0; i < priors_.size(); ++i) {
      const float score = scores[2 * i + 1];
      if (!(score >= threshold)) continue;
      found.push_back(BoxOf(priors_[i], boxes.subspan(4 * i, 4)));
      found.back().score = score;
    }
    return found;
  }

 private:
  Detection BoxOf(const Prior& prior, std::span<const float> box) const {
    if (decoded_) {
      const auto width = static_cast<float>(input_.width);
      const auto height = static_cast<float>(input_.height);
      return {box[0] * width, box[1] * height, box[2] * width, box[3] * height};
    }
    const float x = prior.center_x + box[0] * kCentreVariance * prior.size;
    const float y = prior.center_y + box[1] * kCentreVariance * prior.size;
    const float half_width = prior.size * std::exp(box[2] * kSizeVariance) / 2.0f;
    const float half_height = prior.size * std::exp(box[3] * kSizeVariance) / 2.0f;
    return {x - half_width, y - half_height, x + half_width, y + half_height};
  }

  DetectorInput input_;
  std::size_t scores_, boxes_;
  bool decoded_;
  std::vector<Prior> priors_;
};

bool DecodesItsBoxes(const Graph& detector) {
  return std::ranges::any_of(detector.nodes(), [](const Node& node) {
    const auto* unary = std::get_if<UnaryAttrs>(&node.attrs);
    return unary && unary->kind == UnaryKind::kExp;
  });
}

}  // namespace

std::unique_ptr<BoxDecoder> TryUltraFace(const Graph& detector) {
  const auto scores = FindOutput(detector, "scores"), boxes = FindOutput(detector, "boxes");
  if (!scores || !boxes) return nullptr;
  DetectorInput input = SizeOfInput(detector);
  input.normalisation = OfBytes(127.0f, 128.0f);
  std::vector<Prior> priors = PriorsFor(input);
  const auto count = static_cast<std::int64_t>(priors.size());
  const Shape& score_shape = detector.value(detector.outputs()[*scores]).desc.shape;
  const Shape& box_shape = detector.value(detector.outputs()[*boxes]).desc.shape;
  if (score_shape != Shape{1, count, 2} || box_shape != Shape{1, count, 4}) return nullptr;
  return std::make_unique<UltraFace>(input, *scores, *boxes, DecodesItsBoxes(detector),
                                     std::move(priors));
}

}  // namespace vigil
