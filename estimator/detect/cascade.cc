#include "estimator/detect/cascade.h"

#include <utility>

#include "engine/base/text.h"
#include "estimator/data/model_input.h"

namespace vigil {
namespace {

void CheckTakesACrop(const Value& input) {
  const Shape& shape = input.desc.shape;
  if (input.desc.dtype == DType::kFloat32 && shape.rank() == 4 && shape[1] == 3 &&
      shape[2] == shape[3]) {
    return;
  }
  throw Error(Fault::kModel, ErrorCode::kInvalidShape,
              Text("second stage: input '", input.name, "' is ", shape,
                   ": expected a square image [N, 3, S, S] of float32"));
}

// The plan of the first network's taps, then the second's.
TapPlan Joined(const TapPlan& first, const TapPlan& second) {
  TapPlan plan;
  plan.record_bytes = first.record_bytes + second.record_bytes;
  for (PlannedTap tap : first.taps) {
    tap.name = "detector/" + tap.name;
    plan.taps.push_back(std::move(tap));
  }
  for (PlannedTap tap : second.taps) {
    tap.offset_bytes += first.record_bytes;
    plan.taps.push_back(std::move(tap));
  }
  return plan;
}

}  // namespace

FaceCascade::FaceCascade(const Graph& detector, const Graph& target,
                         const std::shared_ptr<Backend>& backend, CascadeOptions options)
    : detector_(detector, backend, options.detector),
      target_((CheckTakesACrop(target.value(target.inputs()[0])),
               MakeNetworkTarget(target, backend, options.tap_encodings, options.threads))),
      margin_(options.margin),
      normalisation_(NormalisationOf(target)),
      output_(target_->output()),
      input_name_(detector.value(detector.inputs()[0]).name),
      crop_(target.value(target.inputs()[0]).desc) {
  const TapPlan first = PlanTaps(detector, options.detector.tap_encodings);
  detector_bytes_ = first.record_bytes;
  plan_ = Joined(first, target_->plan());
}

TargetAnswer FaceCascade::Run(ConstTensorView input, std::span<float> output,
                              std::span<std::byte> slot) {
  const Shape& shape = input.desc.shape;
  if (input.desc.dtype != DType::kUInt8 || shape.rank() != 4 || shape[0] != 1 || shape[3] != 3) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text("input '", input_name_, "' is ", shape, " of ", DTypeName(input.desc.dtype),
                     ": expected one picture [1, H, W, 3] of uint8"));
  }
  const auto bytes = input.as<std::uint8_t>();
  return Run(
      Image{static_cast<int>(shape[2]), static_cast<int>(shape[1]), {bytes.begin(), bytes.end()}},
      output, slot);
}

TargetAnswer FaceCascade::Run(const Image& image, std::span<float> output,
                              std::span<std::byte> slot) {
  const std::size_t first = slot.empty() ? 0 : detector_bytes_;
  faces_ = detector_.Detect(image, slot.first(first));
  if (faces_.empty()) {
    return {.answered = false, .recovered = detector_.recovered(), .failure = detector_.failure()};
  }
  const auto side = static_cast<int>(crop_.shape()[2]);
  ToTensor(CropAndResize(image, crop(), side), normalisation_, crop_.as<float>());
  TargetAnswer answer = target_->Run(std::as_const(crop_).view(), output, slot.subspan(first));
  answer.recovered = answer.recovered || detector_.recovered();
  if (!answer.failure) answer.failure = detector_.failure();
  return answer;
}

}  // namespace vigil
