#include "estimator/verdict/gate.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

float Sigmoid(float logit) { return 1.0f / (1.0f + std::exp(-logit)); }

// How far p is above its classifier's threshold, in log odds: comparable between a common cause,
// whose threshold is high, and a rare one. Both are kept off 0 and 1, where log odds end.
float AboveThreshold(float p, float threshold) {
  const auto log_odds = [](float x) {
    const float inside = std::clamp(x, 1e-6f, 1.0f - 1e-6f);
    return std::log(inside / (1.0f - inside));
  };
  return log_odds(p) - log_odds(threshold);
}

struct Labelled {
  float p = 0.0f;
  bool positive = false;
};

// Parts `below` from `above` in floats too: half-way, or `above` where nothing lies between.
float Between(float below, float above) {
  const float middle = 0.5f * (below + above);
  return middle > below ? middle : above;
}

// The threshold of highest balanced accuracy; between two scores it lies half-way.
float BestThreshold(std::vector<Labelled> samples) {
  const auto positives = std::ranges::count_if(samples, &Labelled::positive);
  const auto negatives = static_cast<std::ptrdiff_t>(samples.size()) - positives;
  if (positives == 0 || negatives == 0) return 0.5f;
  std::ranges::sort(samples, {}, &Labelled::p);
  // Everything at or above samples[i].p passes.
  double best = -1.0;
  float threshold = 0.5f;
  std::ptrdiff_t positives_below = 0, negatives_below = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i == 0 || samples[i].p != samples[i - 1].p) {
      const double balanced =
          0.5 * (1.0 - static_cast<double>(positives_below) / static_cast<double>(positives) +
                 static_cast<double>(negatives_below) / static_cast<double>(negatives));
      if (balanced > best) {
        best = balanced;
        threshold = i == 0 ? samples[0].p : Between(samples[i - 1].p, samples[i].p);
      }
    }
    ++(samples[i].positive ? positives_below : negatives_below);
  }
  return threshold;
}

float ReadThreshold(const nlohmann::json& document, const std::string& name) {
  const auto found = document.find(name);
  if (found == document.end() || !found->is_number() || !(found->get<double>() >= 0.0) ||
      !(found->get<double>() <= 1.0)) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text("vigil.thresholds: '", name, "' is ",
                     found == document.end() ? "missing" : found->dump(),
                     ", expected a number from 0 to 1"));
  }
  return found->get<float>();
}

}  // namespace

Probabilities FromLogits(std::span<const float> logits, std::span<const Cause> causes) {
  if (logits.size() != 1 + causes.size()) {
    throw Error(Fault::kModel, ErrorCode::kInvalidShape,
                Text("estimator gave ", logits.size(), " logits a record, expected ",
                     1 + causes.size(), ": correct and ", causes.size(), " causes"));
  }
  for (std::size_t i = 0; i < logits.size(); ++i) {
    if (!std::isfinite(logits[i])) {
      throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                  Text("estimator's logit of '", i == 0 ? "correct" : CauseName(causes[i - 1]),
                       "' is ", logits[i], ", expected a finite number"));
    }
  }
  Probabilities p;
  p.correct = Sigmoid(logits[0]);
  for (std::size_t i = 0; i < causes.size(); ++i) {
    p.cause[static_cast<std::size_t>(causes[i])] = Sigmoid(logits[1 + i]);
  }
  return p;
}

bool JudgeCorrect(const Gate& gate, float p_correct) { return p_correct >= gate.p_correct; }

CauseSet JudgeCauses(const Gate& gate, std::span<const float, kCauseCount> p_cause) {
  constexpr auto kOtherIndex = static_cast<std::size_t>(Cause::kOther);
  CauseSet causes;
  float surest_known = 0.0f;
  for (std::size_t i = 0; i < kOtherIndex; ++i) {
    if (p_cause[i] > 0.0f && p_cause[i] >= gate.p_cause[i]) {
      causes.Add(static_cast<Cause>(i));
      surest_known = std::max(surest_known, AboveThreshold(p_cause[i], gate.p_cause[i]));
    }
  }
  const float other = p_cause[kOtherIndex], other_threshold = gate.p_cause[kOtherIndex];
  const bool other_wins =
      other >= other_threshold && AboveThreshold(other, other_threshold) > surest_known;
  if (causes.empty() || other_wins) return CauseSet().Add(Cause::kOther);
  return causes;
}

Gate ChooseGate(std::span<const ValidationSample> samples, std::span<const Cause> causes) {
  std::vector<Labelled> labelled;
  for (const ValidationSample& sample : samples) {
    labelled.push_back({sample.p.correct, sample.correct});
  }
  Gate gate;
  gate.p_correct = BestThreshold(std::move(labelled));
  for (const Cause cause : causes) {
    const auto index = static_cast<std::size_t>(cause);
    std::vector<Labelled> failures;
    for (const ValidationSample& sample : samples) {
      if (!sample.correct) failures.push_back({sample.p.cause[index], sample.causes.Has(cause)});
    }
    gate.p_cause[index] = BestThreshold(std::move(failures));
  }
  return gate;
}

std::string GateToJson(const Gate& gate, std::span<const Cause> causes) {
  nlohmann::json document;
  document["correct"] = gate.p_correct;
  for (const Cause cause : causes) {
    document[std::string(CauseName(cause))] = gate.p_cause[static_cast<std::size_t>(cause)];
  }
  return document.dump();
}

Gate GateFromJson(std::string_view json, std::span<const Cause> causes) {
  const nlohmann::json document = nlohmann::json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                "vigil.thresholds: not a JSON object, expected {\"correct\": 0.5, ...}");
  }
  Gate gate;
  gate.p_correct = ReadThreshold(document, "correct");
  for (const Cause cause : causes) {
    gate.p_cause[static_cast<std::size_t>(cause)] =
        ReadThreshold(document, std::string(CauseName(cause)));
  }
  return gate;
}

}  // namespace vigil
