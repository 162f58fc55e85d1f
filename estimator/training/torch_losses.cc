#include "estimator/training/torch_losses.h"

#include "engine/base/text.h"
#include "estimator/models/face_detector.h"
#include "estimator/training/torch_network.h"

namespace vigil::training {
namespace {

Shape ShapeOf(const at::Tensor& tensor) {
  return Shape(std::span<const std::int64_t>(tensor.sizes().data(), tensor.sizes().size()));
}

void CheckTargets(const at::Tensor& output, ConstTensorView targets, LossKind kind) {
  const bool classes = kind == LossKind::kCrossEntropy;
  const std::int64_t rank = kind == LossKind::kFaceGrid ? 4 : 2;
  const DType dtype = classes ? DType::kInt32 : DType::kFloat32;
  if (targets.desc.dtype != dtype) {
    throw Error(
        Fault::kTraining, ErrorCode::kInvalidType,
        Text("targets are ", DTypeName(targets.desc.dtype), ": expected ", DTypeName(dtype)));
  }
  const Shape wanted = classes ? Shape{output.size(0)} : ShapeOf(output);
  if (output.dim() != rank || !(targets.desc.shape == wanted)) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidShape,
                Text("targets are ", targets.desc.shape, " for an output of ", ShapeOf(output),
                     ": expected ", wanted));
  }
}

// Undefined where there are none.
at::Tensor Weights(const LossOptions& options, const at::Tensor& output) {
  if (options.class_weights.empty()) return {};
  if (static_cast<std::int64_t>(options.class_weights.size()) != output.size(1)) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidShape,
                Text(options.class_weights.size(), " class weights for an output of ",
                     ShapeOf(output), ": expected ", output.size(1)));
  }
  return at::tensor(options.class_weights).to(output.device());
}

at::Tensor CrossEntropy(const LossOptions& options, const at::Tensor& output,
                        ConstTensorView targets) {
  const auto classes = targets.as<std::int32_t>();
  for (std::size_t row = 0; row < classes.size(); ++row) {
    if (classes[row] >= 0 && classes[row] < output.size(1)) continue;
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("target of row ", row, " is class ", classes[row], ": expected 0 to ",
                     output.size(1) - 1));
  }
  return at::cross_entropy_loss(output, Borrow(targets).to(output.device(), at::kLong),
                                Weights(options, output), at::Reduction::Mean, -100,
                                options.label_smoothing);
}

at::Tensor GatedBinary(const LossOptions& options, const at::Tensor& output,
                       ConstTensorView targets) {
  const at::Tensor truth = Borrow(targets).to(output.device());
  const at::Tensor each = at::binary_cross_entropy_with_logits(
      output, truth, {}, Weights(options, output), at::Reduction::None);
  const at::Tensor correct = each.select(1, 0).mean();
  const std::int64_t causes = output.size(1) - 1;
  if (causes == 0) return correct;
  const at::Tensor wrong = 1.0f - truth.select(1, 0);
  const at::Tensor judged = (each.narrow(1, 1, causes) * wrong.unsqueeze(1)).sum();
  // A batch without a failure teaches nothing about causes; 0 / 1, not 0 / 0.
  return correct +
         options.cause_weight * judged / (wrong.sum().clamp_min(1.0) * static_cast<double>(causes));
}

at::Tensor FaceGrid(const LossOptions& options, const at::Tensor& output, ConstTensorView targets) {
  const at::Tensor truth = Borrow(targets).to(output.device());
  const at::Tensor has_face = truth.select(1, kFaceLogit);
  const at::Tensor sure = at::binary_cross_entropy_with_logits(
      output.select(1, kFaceLogit), has_face, {}, {}, at::Reduction::Sum);
  const std::int64_t numbers = kFaceChannels - 1;
  const at::Tensor box =
      at::smooth_l1_loss(output.narrow(1, 1, numbers), truth.narrow(1, 1, numbers),
                         at::Reduction::None, options.smooth_l1_beta);
  const at::Tensor place = (box * has_face.unsqueeze(1)).sum();
  return (sure + place) / has_face.sum().clamp_min(1.0);
}

// The exponential of an early step's wild variance would end the training; e^20 is wild enough.
at::Tensor StandardNormal(const at::Tensor& output) {
  if (output.dim() != 2 || output.size(1) % 2 != 0) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidShape,
                Text("moments of ", ShapeOf(output), ": expected [N, 2 * K]"));
  }
  const std::int64_t latent = output.size(1) / 2;
  const at::Tensor mean = output.narrow(1, 0, latent);
  const at::Tensor log_variance = output.narrow(1, latent, latent).clamp_max(20.0);
  const at::Tensor each = 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance);
  return each.sum(1).mean();
}

}  // namespace

at::Tensor Loss(const LossOptions& options, const at::Tensor& output, ConstTensorView targets) {
  if (options.kind == LossKind::kResidual) return output.square().mean();
  if (options.kind == LossKind::kStandardNormal) return StandardNormal(output);
  CheckTargets(output, targets, options.kind);
  switch (options.kind) {
    case LossKind::kCrossEntropy:
      return CrossEntropy(options, output, targets);
    case LossKind::kMeanSquared:
      return at::mse_loss(output, Borrow(targets).to(output.device()));
    case LossKind::kSmoothL1:
      return at::smooth_l1_loss(output, Borrow(targets).to(output.device()), at::Reduction::Mean,
                                options.smooth_l1_beta);
    case LossKind::kGatedBinary:
      return GatedBinary(options, output, targets);
    case LossKind::kFaceGrid:
      return FaceGrid(options, output, targets);
    case LossKind::kResidual:
    case LossKind::kStandardNormal:
      break;  // above
  }
  return {};
}

}  // namespace vigil::training
