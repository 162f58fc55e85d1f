#include "estimator/service/target_runtime.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "engine/base/text.h"
#include "estimator/service/activity_guard.h"
#include "estimator/service/input_statistics.h"

namespace vigil {
namespace {

void CheckFinite(ConstTensorView input, std::string_view name) {
  const auto values = input.as<float>();
  // On the bits, and without leaving early, so that it vectorises: this stands on T's path.
  constexpr std::uint32_t kExponent = 0x7f800000u;  // all ones: infinite or NaN
  std::uint32_t odd = 0;
  for (const float v : values)
    odd |= (std::bit_cast<std::uint32_t>(v) & kExponent) == kExponent ? 1u : 0u;
  if (odd == 0) return;
  const auto bad = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
  throw Error(Fault::kInput, ErrorCode::kInvalidValue,
              Text("input '", name, "' holds ", *bad, " at element ", bad - values.begin(), " of ",
                   values.size(), ": expected finite numbers"));
}

}  // namespace

TargetRuntime::TargetRuntime(const Graph& graph, std::shared_ptr<Backend> backend,
                             std::shared_ptr<Store> store, TargetRuntimeOptions options)
    : TargetRuntime(
          MakeNetworkTarget(graph, std::move(backend), options.tap_encodings, options.threads),
          std::move(store), options) {}

TargetRuntime::TargetRuntime(std::unique_ptr<Target> target, std::shared_ptr<Store> store,
                             TargetRuntimeOptions options)
    : options_(std::move(options)),
      target_(std::move(target)),
      keeper_(std::move(store), target_->plan(), options_.keeper) {}

Inference TargetRuntime::Infer(ConstTensorView input, std::span<float> output, const Tags& tags) {
  VIGIL_CHECK(static_cast<std::int64_t>(output.size()) == target_->output().elements());
  if (input.desc.dtype == DType::kFloat32) CheckFinite(input, target_->input_name());
  const ActivityGuard activity(options_.activity, options_.on_activity);

  const RecordKeeper::Ticket ticket = keeper_.Begin();
  Inference inference;
  std::vector<float> statistics;
  try {
    // Before T, while the input is in the caches.
    if (ticket.kept()) statistics = InputStatistics(input);
    const TargetAnswer answer = target_->Run(input, output, keeper_.bytes(ticket));
    inference.recovered = answer.recovered;
    inference.answered = answer.answered;
  } catch (...) {
    keeper_.Drop(ticket);
    throw;
  }
  if (!inference.answered) {
    keeper_.Drop(ticket);
  } else if (ticket.kept()) {
    inference.kept = true;
    inference.ticket = keeper_.Commit(ticket, output, std::move(statistics), tags);
  }
  return inference;
}

}  // namespace vigil
