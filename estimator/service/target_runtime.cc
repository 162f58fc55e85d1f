#include "estimator/service/target_runtime.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "estimator/service/activity_guard.h"
#include "estimator/service/input_statistics.h"

namespace vigil {
namespace {

TargetRuntimeOptions WithSchemaOf(const Graph& graph, TargetRuntimeOptions options) {
  if (!options.schema) options.schema = InputSchemaOf(graph);
  return options;
}

}  // namespace

TargetRuntime::TargetRuntime(const Graph& graph, std::shared_ptr<Backend> backend,
                             std::shared_ptr<Store> store, TargetRuntimeOptions options)
    : TargetRuntime(
          MakeNetworkTarget(graph, std::move(backend), options.tap_encodings, options.threads),
          std::move(store), WithSchemaOf(graph, options)) {}

TargetRuntime::TargetRuntime(std::unique_ptr<Target> target, std::shared_ptr<Store> store,
                             TargetRuntimeOptions options)
    : options_(std::move(options)),
      target_(std::move(target)),
      keeper_(std::move(store), target_->plan(), options_.keeper),
      watch_(keeper_.journal(), options_.schema) {}

Inference TargetRuntime::Infer(ConstTensorView input, std::span<float> output, const Tags& tags) {
  VIGIL_CHECK(static_cast<std::int64_t>(output.size()) == target_->output().elements());
  watch_.Begin();
  watch_.RequireFinite(input, target_->input_name());
  const ActivityGuard activity(options_.activity, options_.on_activity);
  // Before T, while the input is in the caches.
  watch_.Check(input);

  const RecordKeeper::Ticket ticket = keeper_.Begin();
  Inference inference;
  std::vector<float> statistics;
  try {
    if (ticket.kept()) statistics = InputStatistics(input);
    const TargetAnswer answer = target_->Run(input, output, keeper_.bytes(ticket));
    if (answer.recovered) {
      keeper_.journal().Count(answer.failure.value_or(Error(Fault::kGpu, ErrorCode::kDeviceLost,
                                                            "the device failed in a run")),
                              "target model");
    }
    inference.recovered = answer.recovered;
    inference.answered = answer.answered;
  } catch (const Error& error) {
    keeper_.Drop(ticket);
    const bool form = error.fault() == Fault::kInput && (error.code() == ErrorCode::kInvalidShape ||
                                                         error.code() == ErrorCode::kInvalidType);
    if (form) {
      watch_.Count(InputViolation::kWrongForm);
    } else {
      keeper_.journal().Count(error, "target model");
    }
    throw;
  } catch (...) {
    keeper_.Drop(ticket);
    throw;
  }
  inference.violations = watch_.violations();
  if (!inference.answered) {
    keeper_.Drop(ticket);
  } else if (ticket.kept()) {
    inference.kept = true;
    inference.ticket =
        keeper_.Commit(ticket, output, std::move(statistics), tags, watch_.violations());
  }
  return inference;
}

}  // namespace vigil
