#include "estimator/monitor/advice/advice.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::array<std::string_view, kAdviceKindCount> kNames = {
    "fix-pipeline",          "retrain-target", "retrain-estimator",
    "recalibrate-estimator", "wait",           "nothing"};
constexpr std::array<std::string_view, kAdviceKindCount> kTexts = {
    "Fix the pipeline", "Retrain T", "Retrain PE", "Recalibrate PE", "Wait", "Nothing to do"};

constexpr double kDayMicros = 86'400e6;

using Input = AdviceInput;
using Options = AdviceOptions;

bool IsRecent(const DriftEvent& event, const Input& input, const Options& options) {
  return event.ongoing() || static_cast<double>(input.now_micros - *event.ended_micros) <=
                                options.recent_days * kDayMicros;
}

// Events that the condition holds for, as evidence.
template <typename Condition>
std::vector<AdviceEvidence> Events(const Input& input, const Condition& condition) {
  std::vector<AdviceEvidence> evidence;
  for (const DriftEvent& event : input.events) {
    if (!condition(event)) continue;
    std::string what = Text(Headline(event), event.ongoing() ? ", goes on" : ", is over");
    if (event.signals.empty()) {
      evidence.push_back({std::move(what), std::nullopt, std::nullopt});
    } else {
      evidence.push_back({Text(what, "; ", event.signals[0].signal, ", deviations"),
                          event.signals[0].effect, std::nullopt});
    }
  }
  return evidence;
}

std::optional<Advice> FixPipeline(const Input& input, const Options& options) {
  Advice advice{AdviceKind::kFixPipeline};
  advice.evidence = Events(input, [&](const DriftEvent& event) {
    return event.kind == DriftKind::kPipeline && IsRecent(event, input, options);
  });
  if (!advice.evidence.empty()) {
    advice.reason =
        "What comes before T broke: mend it before anything is learned from these inputs.";
  }
  const double inferences = std::max(1.0, input.estimate.inferences);
  const double share = static_cast<double>(input.input_incidents) / inferences;
  if (share > options.most_incidents) {
    if (advice.reason.empty())
      advice.reason = "Inputs break what T was made for: mend what comes before it.";
    advice.evidence.push_back({"input incidents an inference", share, options.most_incidents});
  }
  return advice.evidence.empty() ? std::nullopt : std::optional(advice);
}

std::optional<Advice> RetrainTarget(const Input& input, const Options& options) {
  Advice advice{AdviceKind::kRetrainTarget};
  // A fault of the pipeline is mended there; outliers and attacks may come again when they are
  // over.
  advice.evidence = Events(input, [&](const DriftEvent& event) {
    if (event.kind == DriftKind::kAdversarial) return IsRecent(event, input, options);
    if (event.kind == DriftKind::kSubgroup) return event.ongoing();
    return event.kind != DriftKind::kPipeline && event.hurts && event.ongoing();
  });
  if (!advice.evidence.empty())
    advice.reason = "T does worse in a world that it did not learn from: train it on such inputs.";
  const Interval& accuracy = input.estimate.accuracy;
  if (input.estimate.available && options.least_accuracy &&
      accuracy.high < *options.least_accuracy) {
    if (advice.reason.empty()) advice.reason = "T's accuracy lies below what it is asked for.";
    advice.evidence.push_back({"accuracy, upper bound", accuracy.high, options.least_accuracy});
  }
  for (const FailingSlice& slice : input.slices) {
    if (advice.reason.empty()) advice.reason = "T fails on a part of its inputs: train it on more.";
    advice.evidence.push_back(
        {Text("accuracy on ", slice.name, ", upper bound"), slice.accuracy.high,
         input.estimate.available ? std::optional(accuracy.value) : std::nullopt});
  }
  if (input.outlier_share && *input.outlier_share > options.most_outliers) {
    if (advice.reason.empty())
      advice.reason = "Many inputs are unlike all that T learned from: train it on such inputs.";
    advice.evidence.push_back(
        {"share of high outlier scores", input.outlier_share, options.most_outliers});
  }
  return advice.evidence.empty() ? std::nullopt : std::optional(advice);
}

std::optional<Advice> RetrainEstimator(const Input& input, const Options& options) {
  if (!input.calibrated || input.estimator_auroc >= options.least_auroc) return std::nullopt;
  return Advice{AdviceKind::kRetrainEstimator,
                "PE tells right from wrong too badly for its estimates to be of use.",
                {{"AUROC of PE on calibration", input.estimator_auroc, options.least_auroc}}};
}

std::optional<Advice> RecalibrateEstimator(const Input& input, const Options&) {
  Advice advice{AdviceKind::kRecalibrateEstimator};
  if (!input.calibrated)
    advice.evidence.push_back({"PE has no calibration", std::nullopt, std::nullopt});
  if (input.estimate.records > 0 && input.estimate.outside_calibrated_conditions)
    advice.evidence.push_back({"outside calibrated conditions", std::nullopt, std::nullopt});
  const auto lasting = Events(input, [](const DriftEvent& event) {
    return event.ongoing() && event.lasting && event.kind != DriftKind::kPipeline;
  });
  advice.evidence.insert(advice.evidence.end(), lasting.begin(), lasting.end());
  if (advice.evidence.empty()) return std::nullopt;
  advice.reason =
      "What PE says was calibrated under other conditions: label a few records of these, "
      "then vigil recalibrate.";
  return advice;
}

// The interval narrows with the root of how much was judged.
std::optional<Advice> Wait(const Input& input, const Options& options) {
  const Estimate& estimate = input.estimate;
  if (!estimate.available) {
    if (!input.calibrated || estimate.blocks >= 2) return std::nullopt;  // more would not help
    return Advice{AdviceKind::kWait,
                  "Too little was judged for an estimate.",
                  {{"blocks of records", static_cast<double>(estimate.blocks), 2.0}},
                  std::max<std::int64_t>(30, estimate.records)};
  }
  const double width = estimate.accuracy.high - estimate.accuracy.low;
  if (width <= options.widest && input.watching) return std::nullopt;
  Advice advice{AdviceKind::kWait, "The estimate is not sharp enough yet."};
  if (width > options.widest) {
    const double ratio = width / options.widest;
    advice.more_records = static_cast<std::int64_t>(
        std::ceil(static_cast<double>(estimate.records) * (ratio * ratio - 1.0)));
    advice.evidence.push_back({"width of the interval", width, options.widest});
  } else {
    advice.reason = "The baseline that drift is told from is still being taken.";
  }
  if (!input.watching)
    advice.evidence.push_back({"drift baseline incomplete", std::nullopt, std::nullopt});
  return advice;
}

using Rule = std::optional<Advice> (*)(const Input&, const Options&);
constexpr std::array<Rule, 5> kRules = {FixPipeline, RetrainTarget, RetrainEstimator,
                                        RecalibrateEstimator, Wait};

nlohmann::json OrNull(const std::optional<double>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

}  // namespace

std::string_view AdviceKindName(AdviceKind kind) { return kNames[static_cast<std::size_t>(kind)]; }

std::string_view AdviceKindText(AdviceKind kind) { return kTexts[static_cast<std::size_t>(kind)]; }

std::vector<Advice> Advise(const AdviceInput& input, const AdviceOptions& options) {
  std::vector<Advice> advice;
  for (const Rule rule : kRules) {
    if (auto given = rule(input, options)) advice.push_back(std::move(*given));
  }
  if (advice.empty())
    advice.push_back({AdviceKind::kNothing, "Nothing changed, and the estimate is sharp enough."});
  return advice;
}

nlohmann::json ToJson(const std::vector<Advice>& advice) {
  nlohmann::json list = nlohmann::json::array();
  for (const Advice& given : advice) {
    nlohmann::json evidence = nlohmann::json::array();
    for (const AdviceEvidence& item : given.evidence)
      evidence.push_back(
          {{"what", item.what}, {"value", OrNull(item.value)}, {"limit", OrNull(item.limit)}});
    list.push_back({{"advice", AdviceKindName(given.kind)},
                    {"reason", given.reason},
                    {"more_records", given.more_records},
                    {"evidence", std::move(evidence)}});
  }
  return list;
}

}  // namespace vigil
