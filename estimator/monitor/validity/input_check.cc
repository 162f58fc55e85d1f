#include "estimator/monitor/validity/input_check.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/text.h"

namespace vigil {
namespace {

// Of the range: less than a step of eight bits.
constexpr double kConstantSpread = 1.0 / 512.0;

// Of one channel's values: at an end beside a channel that is wholly there.
constexpr double kLight = 0.1;

}  // namespace

InputCheck::InputCheck(InputSchema schema) : schema_(std::move(schema)) {
  if (!schema_.ordinary.empty()) evidence_.emplace(schema_);
}

std::uint32_t InputCheck::OfValues(const InputSample& sample) const {
  std::uint32_t found = 0;
  std::size_t constant = 0, constant_within = 0;  // not at an end of the range
  std::int64_t at_ends = 0, at_ends_of_others = 0;
  for (std::size_t c = 0; c < sample.channel_count && c < schema_.limits.size(); ++c) {
    const SampledChannel& channel = sample.channels[c];
    const ChannelLimits limit = schema_.limits[c];
    const double span = static_cast<double>(limit.high) - static_cast<double>(limit.low);
    const double slack = InputSchema::kRangeTolerance * span;
    // NaN is in no order, but in the sum.
    const bool inside = std::isfinite(channel.sum) && channel.low >= limit.low - slack &&
                        channel.high <= limit.high + slack;
    if (!inside) found |= Bit(InputViolation::kOutOfRange);
    at_ends += channel.at_ends;
    if (channel.high - channel.low < kConstantSpread * span) {
      ++constant;
      constant_within += channel.at_ends == 0 ? 1 : 0;
    } else {
      at_ends_of_others += channel.at_ends;
    }
  }
  if (constant == sample.channel_count) return found | Bit(InputViolation::kConstant);
  const auto values = static_cast<double>(sample.values_a_channel);
  if (constant > 0) {
    // Strong light takes a channel to its end, and others on their way there.
    const bool light =
        constant_within == 0 && static_cast<double>(at_ends_of_others) > kLight * values;
    found |= Bit(light ? InputViolation::kSaturated : InputViolation::kMissingFeature);
  }
  const double all = values * static_cast<double>(sample.channel_count);
  if (found == 0 && static_cast<double>(at_ends) > schema_.saturated_above * all)
    found |= Bit(InputViolation::kSaturated);
  return found;
}

std::uint32_t InputCheck::OfMistakes(const InputSample& sample, std::uint32_t found) {
  const InputFeatures features(sample, schema_.Span());
  if (features.values().back() < schema_.transposed_below)
    found |= Bit(InputViolation::kTransposed);
  best_ = -1;
  if ((found & Bit(InputViolation::kOutOfRange)) != 0) {
    best_ = evidence_->BestOf(features.values());
    if (best_ >= 0) found |= Bit(schema_.mistakes[static_cast<std::size_t>(best_)].violation);
  }
  evidence_->Add(features.values(), sample.Range());
  for (std::size_t m = 0; m < schema_.mistakes.size(); ++m) {
    if (evidence_->Told(m)) found |= Bit(schema_.mistakes[m].violation);
  }
  return found;
}

bool InputCheck::Repeated(std::uint64_t fingerprint) {
  const auto known = std::span(fingerprints_).first(std::min(remembered_, fingerprints_.size()));
  const bool repeated = std::ranges::count(known, fingerprint) >= kRepeats;
  fingerprints_[remembered_++ % fingerprints_.size()] = fingerprint;
  return repeated;
}

std::uint32_t InputCheck::Check(ConstTensorView input) {
  const Shape& shape = input.desc.shape;
  if (input.desc.dtype != schema_.dtype || shape.rank() != schema_.shape.rank() ||
      shape.With(0, 1) != schema_.shape.With(0, 1)) {
    return Bit(InputViolation::kWrongForm);
  }
  const std::optional<InputSample> sample = SampleInput(input, schema_.limits);
  if (!sample) return 0;
  std::uint32_t found = OfValues(*sample);
  // What has no structure says nothing of channels and their order.
  constexpr std::uint32_t kFlat = Bit(InputViolation::kConstant) |
                                  Bit(InputViolation::kMissingFeature) |
                                  Bit(InputViolation::kSaturated);
  if (evidence_ && (found & kFlat) == 0) found = OfMistakes(*sample, found);
  if (Repeated(sample->Fingerprint())) found |= Bit(InputViolation::kRepeated);
  return found;
}

std::string InputCheck::Message(InputViolation violation) const {
  std::string names;
  for (std::size_t m = 0; m < schema_.mistakes.size(); ++m) {
    const bool told = evidence_ && (evidence_->Told(m) || static_cast<int>(m) == best_);
    if (!told || schema_.mistakes[m].violation != violation) continue;
    names += Text(names.empty() ? "" : " or ", schema_.mistakes[m].name);
  }
  return names.empty() ? std::string(SentenceOf(violation))
                       : Text(SentenceOf(violation), " Most like: ", names, ".");
}

}  // namespace vigil
