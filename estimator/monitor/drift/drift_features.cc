#include "estimator/monitor/drift/drift_features.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

// A share of 1 % varies by 0.1 from record to record.
constexpr double kShareDeviation = 0.1;
constexpr double kScoreDeviation = 0.05;  // of probabilities and scores within 0 to 1
constexpr double kLeastDeviation = 1e-3;  // of numbers in T's own unit

std::string StatisticName(std::int32_t i, std::int32_t count) {
  if (i == count - 2) return "input least";
  if (i == count - 1) return "input greatest";
  return Text(i % 2 == 0 ? "input mean " : "input deviation ", i / 2);
}

// T's output as probabilities: as it is where it is that already, else by softmax.
std::vector<double> Probabilities(std::span<const float> output) {
  std::vector<double> p(output.begin(), output.end());
  double sum = 0.0;
  bool within = true;
  for (const double value : p) {
    sum += value;
    within = within && value >= 0.0 && value <= 1.0;
  }
  if (within && std::abs(sum - 1.0) < 1e-3) return p;
  const double greatest = *std::ranges::max_element(p);
  sum = 0.0;
  for (double& value : p) sum += value = std::exp(value - greatest);
  for (double& value : p) value /= sum;
  return p;
}

void ReadClasses(std::span<const float> output, std::size_t shares, std::vector<double>& signals) {
  const std::vector<double> p = Probabilities(output);
  const auto best = static_cast<std::size_t>(std::ranges::max_element(p) - p.begin());
  double entropy = 0.0;
  for (const double value : p) {
    if (value > 0.0) entropy -= value * std::log(value);
  }
  signals.push_back(p[best]);
  signals.push_back(entropy / std::log(std::max<double>(2.0, static_cast<double>(p.size()))));
  for (std::size_t c = 0; c < shares; ++c) signals.push_back(c == best ? 1.0 : 0.0);
}

}  // namespace

DriftLayout LayoutOf(const Record& record, const Verdict& verdict, bool classes) {
  DriftLayout layout;
  layout.statistics =
      static_cast<std::int32_t>(std::min<std::size_t>(record.statistics.size(), 16));
  layout.outputs = static_cast<std::int32_t>(
      std::min<std::size_t>(record.output.size(), DriftLayout::kMaxOutputs));
  layout.classes = classes;
  layout.embedding = static_cast<std::int32_t>(
      std::min<std::size_t>(verdict.embedding.size(), DriftLayout::kMaxEmbedding));
  layout.outlier = verdict.readings.outlier.has_value();
  layout.flip_rate = verdict.readings.flip_rate.has_value();
  layout.beyond = verdict.readings.beyond.has_value();
  return layout;
}

std::vector<SignalInfo> SignalsOf(const DriftLayout& layout) {
  using enum SignalGroup;
  std::vector<SignalInfo> signals;
  const auto number = [&](std::string name, SignalGroup group) {
    signals.push_back({std::move(name), group, kLeastDeviation, false, false, true});
  };
  const auto score = [&](std::string name, SignalGroup group, bool only_up) {
    signals.push_back({std::move(name), group, kScoreDeviation, only_up, true, true});
  };
  const auto share = [&](std::string name, SignalGroup group, bool only_up) {
    signals.push_back({std::move(name), group, kShareDeviation, only_up, true, false});
  };
  for (std::int32_t i = 0; i < layout.statistics; ++i)
    number(StatisticName(i, layout.statistics), kInput);
  if (layout.classes && layout.outputs > 0) {
    score("confidence", kOutput, false);
    score("entropy", kOutput, false);
  }
  for (std::int32_t i = 0; i < layout.outputs; ++i) {
    if (layout.classes) {
      share(Text("share of class ", i), kOutput, false);
    } else {
      number(Text("output ", i), kOutput);
    }
  }
  score("p(correct)", kEstimator, false);
  for (int c = 0; c < kCauseCount; ++c)
    share(Text("p(", CauseName(static_cast<Cause>(c)), ")"), kCause, false);
  share("violations", kViolation, true);
  if (layout.outlier) {
    score("outlier score", kOutlier, false);
    share("high outlier scores", kOutlier, true);
  }
  if (layout.flip_rate) score("flip rate", kStability, true);
  if (layout.beyond) score("beyond competence", kOutlier, true);
  const bool latent = layout.embedding > 0;
  signals.push_back(
      {latent ? "latents" : "inputs together", latent ? kLatent : kInput, 0.0, true, false, false});
  return signals;
}

std::size_t VectorSize(const DriftLayout& layout) {
  return static_cast<std::size_t>(layout.embedding > 0 ? layout.embedding : layout.statistics);
}

bool ReadFeatures(const Record& record, const Verdict& verdict, const DriftLayout& layout,
                  DriftFeatures& features) {
  const std::span statistics =
      std::span(record.statistics).first(static_cast<std::size_t>(layout.statistics));
  const auto outputs = static_cast<std::size_t>(layout.outputs);
  std::vector<double>& signals = features.signals;
  signals.assign(statistics.begin(), statistics.end());
  if (layout.classes && outputs > 0) {
    ReadClasses(record.output, outputs, signals);
  } else {
    signals.insert(signals.end(), record.output.begin(),
                   record.output.begin() + static_cast<std::ptrdiff_t>(outputs));
  }
  signals.push_back(verdict.p_correct_calibrated);
  for (const float p : verdict.p_cause) signals.push_back(p);
  signals.push_back(record.violations != 0 ? 1.0 : 0.0);
  const Readings& readings = verdict.readings;
  if (layout.outlier) {
    signals.push_back(*readings.outlier);
    signals.push_back(*readings.outlier >= kHighOutlier ? 1.0 : 0.0);
  }
  if (layout.flip_rate) signals.push_back(*readings.flip_rate);
  if (layout.beyond) signals.push_back(*readings.beyond);
  if (layout.embedding > 0) {
    features.vector.assign(verdict.embedding.begin(), verdict.embedding.begin() + layout.embedding);
  } else {
    features.vector.assign(statistics.begin(), statistics.end());
  }
  const auto finite = [](double value) { return std::isfinite(value); };
  return std::ranges::all_of(signals, finite) && std::ranges::all_of(features.vector, finite);
}

}  // namespace vigil
