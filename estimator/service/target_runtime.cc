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
      keeper_(std::move(store), target_->plan(), options_.keeper) {
  if (options_.schema) check_ = std::make_unique<InputCheck>(*options_.schema);
  for (const InputViolation violation : AllInputViolations()) {
    kinds_.push_back(keeper_.journal().KindOf(Fault::kInput, CodeOf(violation),
                                              Text("input: ", NameOf(violation)),
                                              SentenceOf(violation)));
  }
}

// A look at the clock and two atomic writes each, and a message for the first of its kind that the
// store does not have.
void TargetRuntime::CountViolations(std::uint32_t violations) {
  violations_ = violations;
  const auto all = AllInputViolations();
  for (std::size_t i = 0; violations != 0 && i < all.size(); ++i) {
    if ((violations & Bit(all[i])) == 0) continue;
    if (keeper_.journal().CountKnown(kinds_[i]) && check_)
      keeper_.journal().TrySay(kinds_[i], check_->Message(all[i]));
  }
}

void TargetRuntime::RequireFinite(ConstTensorView input) {
  if (input.desc.dtype != DType::kFloat32) return;
  try {
    CheckFinite(input, target_->input_name());
  } catch (const Error&) {
    CountViolations(Bit(InputViolation::kNotFinite));
    throw;
  }
}

Inference TargetRuntime::Infer(ConstTensorView input, std::span<float> output, const Tags& tags) {
  VIGIL_CHECK(static_cast<std::int64_t>(output.size()) == target_->output().elements());
  violations_ = 0;
  RequireFinite(input);
  const ActivityGuard activity(options_.activity, options_.on_activity);
  // Before T, while the input is in the caches.
  if (check_) {
    const std::uint32_t found = check_->Check(input);
    // T refuses a wrong form itself, and says what is wrong with it.
    CountViolations(found & ~Bit(InputViolation::kWrongForm));
  }

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
      CountViolations(Bit(InputViolation::kWrongForm));
    } else {
      keeper_.journal().Count(error, "target model");
    }
    throw;
  } catch (...) {
    keeper_.Drop(ticket);
    throw;
  }
  inference.violations = violations_;
  if (!inference.answered) {
    keeper_.Drop(ticket);
  } else if (ticket.kept()) {
    inference.kept = true;
    inference.ticket = keeper_.Commit(ticket, output, std::move(statistics), tags, violations_);
  }
  return inference;
}

}  // namespace vigil
