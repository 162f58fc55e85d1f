#include "estimator/taps/target_runner.h"

#include <array>
#include <chrono>

namespace vigil {
namespace {

CompileOptions TargetOptions(const Graph& target, Encoding encoding, std::int64_t batch) {
  CompileOptions options;
  options.batch = batch;
  // Nobody waits for a single run here, and a software device compiles its shaders within the
  // first.
  options.deadline = std::chrono::minutes(2);
  options.tap_encodings.assign(target.taps().size(), encoding);
  return options;
}

}  // namespace

TargetRunner::TargetRunner(const Graph& target, std::shared_ptr<Backend> backend, Encoding encoding,
                           std::int64_t batch)
    : batch_(batch),
      session_(target, std::move(backend), TargetOptions(target, encoding, batch)),
      plan_(PlanTaps(target, std::array{encoding}, ImageTaps::kAllowed)) {
  session_.Prepare(batch);
}

TargetRunner::Kept TargetRunner::Run(const Tensor& images) {
  const std::lock_guard lock(mutex_);
  const Graph& graph = session_.graph();
  const Shape output = graph.value(graph.outputs()[0]).desc.shape.With(0, batch_);
  Kept kept{std::vector<std::byte>(plan_.SlotBytes(batch_)),
            Tensor(TensorDesc{DType::kFloat32, output})};
  session_.Run(std::array{images.view()}, std::array{kept.output.view()}, kept.slot);
  return kept;
}

std::vector<Tensor> TargetRunner::Decode(std::span<const std::byte> slot) const {
  std::vector<Tensor> taps;
  for (const PlannedTap& tap : plan_.taps) {
    Tensor decoded(TensorDesc{DType::kFloat32, tap.shape.With(0, batch_)});
    const std::size_t batch = static_cast<std::size_t>(batch_);
    vigil::Decode(slot.subspan(batch * tap.offset_bytes, batch * tap.bytes), tap.encoding,
                  decoded.view());
    taps.push_back(std::move(decoded));
  }
  return taps;
}

}  // namespace vigil
