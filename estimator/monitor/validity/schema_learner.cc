#include "estimator/monitor/validity/schema_learner.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/tensor/encoding.h"
#include "estimator/monitor/validity/mistake_evidence.h"

namespace vigil {
namespace {

// Of a feature's unit: what two data sets of the same kind differ by.
constexpr double kRidge = 0.02;
// Beneath the least of all ordinary inputs, in the same logarithm.
constexpr double kTransposedMargin = 0.1;

InputSchema HeadOf(const InputForm& form) {
  InputSchema schema;
  schema.input = form.input;
  schema.shape = form.shape;
  schema.channel_order = form.channel_order;
  schema.limits = form.limits;
  return schema;
}

Tensor Rescaled(const Tensor& input, const Rescaling& rescaling) {
  Tensor result(input.desc());
  const std::int64_t channels = ChannelsOf(input.shape());
  const std::int64_t plane = input.shape().elements() / channels;
  for (std::int64_t i = 0; i < input.shape().elements(); ++i) {
    const auto c = static_cast<std::size_t>(
        std::min<std::int64_t>(i / plane, static_cast<std::int64_t>(kSampledChannels) - 1));
    const auto at = static_cast<std::size_t>(i);
    result.as<float>()[at] = static_cast<float>(
        static_cast<double>(input.as<float>()[at]) * rescaling.scale[c] + rescaling.offset[c]);
  }
  return result;
}

ChannelLimits All(std::span<const ChannelLimits> limits) {
  return {std::ranges::min(limits, {}, &ChannelLimits::low).low,
          std::ranges::max(limits, {}, &ChannelLimits::high).high};
}

ChannelLimits Rescaled(std::span<const ChannelLimits> limits, const Rescaling& rescaling) {
  std::vector<ChannelLimits> rescaled;
  for (std::size_t c = 0; c < limits.size(); ++c) {
    const auto of = [&](float value) {
      return static_cast<float>(value * rescaling.scale[c] + rescaling.offset[c]);
    };
    rescaled.push_back({of(limits[c].low), of(limits[c].high)});
  }
  return All(rescaled);
}

Tensor Swapped(const Tensor& input) {
  Tensor result(input.desc());
  const std::size_t plane = input.as<float>().size() / 3;
  for (std::size_t c = 0; c < 3; ++c) {
    std::ranges::copy(input.as<float>().subspan((2 - c) * plane, plane),
                      result.as<float>().begin() + static_cast<std::ptrdiff_t>(c * plane));
  }
  return result;
}

// The values of [1, H, W, C] where those of [1, C, H, W] are wanted.
Tensor Interleaved(const Tensor& input) {
  Tensor result(input.desc());
  const auto channels = static_cast<std::size_t>(ChannelsOf(input.shape()));
  const std::size_t plane = input.as<float>().size() / channels;
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < plane; ++i)
      result.as<float>()[i * channels + c] = input.as<float>()[c * plane + i];
  }
  return result;
}

// How many inputs it takes until the mistake is told, each time anew; the median, 0 where it never
// is, or where one ordinary input after the other comes to the same.
int InputsToRecognise(const InputSchema& schema, std::size_t mistake, const LearnedInputs& mistaken,
                      const LearnedInputs& ordinary) {
  const std::size_t columns = schema.ordinary.mean().size();
  const KnownMistake& known = schema.mistakes[mistake];
  const ChannelLimits limits = All(schema.limits);
  const double slack = InputSchema::kRangeTolerance * schema.Span();
  MistakeEvidence evidence(schema);
  // What InputCheck tells from one input.
  const auto at_once = [&](std::span<const double> features, ChannelLimits range) {
    if (known.violation == InputViolation::kTransposed)
      return features.back() < schema.transposed_below;
    if (range.low >= limits.low - slack && range.high <= limits.high + slack) return false;
    const int best = evidence.BestOf(features);
    return best >= 0 &&
           schema.mistakes[static_cast<std::size_t>(best)].violation == known.violation;
  };
  const auto add = [&](const LearnedInputs& learned, std::size_t i) {
    const auto features = std::span(learned.rows).subspan(i * columns, columns);
    evidence.Add(features, learned.ranges[i]);
    return evidence.Told(mistake) || at_once(features, learned.ranges[i]);
  };
  for (std::size_t i = 0; i < ordinary.ranges.size(); ++i) {
    if (add(ordinary, i)) return 0;
  }
  evidence.Forget();
  std::vector<int> counts;
  int count = 0;
  for (std::size_t i = 0; i < mistaken.ranges.size(); ++i) {
    ++count;
    if (!add(mistaken, i)) continue;
    counts.push_back(std::exchange(count, 0));
    evidence.Forget();
  }
  if (counts.empty()) return 0;
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::ranges::nth_element(counts, middle);
  return *middle;
}

}  // namespace

SchemaLearner::SchemaLearner(InputForm form) : form_(std::move(form)), span_(HeadOf(form_).Span()) {
  const auto channels = static_cast<std::size_t>(
      std::min<std::int64_t>(ChannelsOf(form_.shape), static_cast<std::int64_t>(kSampledChannels)));
  if (form_.limits.size() != channels) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidShape,
                Text(form_.limits.size(), " limits for an input of ", form_.shape, ": expected ",
                     channels));
  }
}

LearnedInputs& SchemaLearner::Of(const std::string& name, InputViolation violation,
                                 ChannelLimits limits) {
  const auto found = std::ranges::find(mistakes_, name, &LearnedInputs::name);
  if (found != mistakes_.end()) return *found;
  return mistakes_.emplace_back(LearnedInputs{name, violation, limits, {}, {}});
}

void SchemaLearner::Note(const Tensor& input, LearnedInputs& learned) const {
  const InputSample sample = *SampleInput(input.view(), form_.limits);
  const InputFeatures features(sample, span_);
  learned.rows.insert(learned.rows.end(), features.values().begin(), features.values().end());
  learned.ranges.push_back(sample.Range());
}

void SchemaLearner::Add(const Tensor& input) {
  VIGIL_CHECK(input.desc().dtype == DType::kFloat32 && input.shape() == form_.shape);
  const InputSample sample = *SampleInput(input.view(), form_.limits);
  std::int64_t at_ends = 0;
  for (const SampledChannel& channel : std::span(sample.channels).first(sample.channel_count))
    at_ends += channel.at_ends;
  const double all =
      static_cast<double>(sample.values_a_channel) * static_cast<double>(sample.channel_count);
  most_at_ends_ = std::max(most_at_ends_, static_cast<double>(at_ends) / all);
  Note(input, ordinary_);
  for (const Rescaling& rescaling : form_.rescalings) {
    Note(Rescaled(input, rescaling),
         Of(rescaling.name, InputViolation::kNormalisation, Rescaled(form_.limits, rescaling)));
  }
  const ChannelLimits limits = All(form_.limits);
  if (form_.shape.rank() == 4 && ChannelsOf(form_.shape) == 3)
    Note(Swapped(input),
         Of("channels in the reverse order", InputViolation::kChannelsSwapped, limits));
  if (form_.shape.rank() == 4 && ChannelsOf(form_.shape) > 1)
    Note(Interleaved(input), Of("interleaved channels", InputViolation::kTransposed, limits));
  ++images_;
}

InputSchema SchemaLearner::Learn(const std::string& learned_on) const {
  InputSchema schema = HeadOf(form_);
  const std::size_t columns = 2 * schema.limits.size() + 1;
  schema.ordinary = FeatureDensity(ordinary_.rows, columns, kRidge);
  schema.learned_on = learned_on;
  schema.images = images_;
  // Halfway from the most that was seen to all of it.
  schema.saturated_above = most_at_ends_ < 0.96 ? (1.0 + most_at_ends_) / 2.0 : 1.0;
  double least = 0.0;
  for (std::size_t at = columns - 1; at < ordinary_.rows.size(); at += columns)
    least = std::min(least, ordinary_.rows[at]);
  schema.transposed_below = least - kTransposedMargin;
  for (const LearnedInputs& mistake : mistakes_) {
    schema.mistakes.push_back({mistake.name, mistake.violation,
                               FeatureDensity(mistake.rows, columns, kRidge), mistake.limits,
                               /*inputs_to_recognise=*/1});
  }
  // With all mistakes known, since they rival each other.
  std::vector<int> needed;
  for (std::size_t m = 0; m < mistakes_.size(); ++m)
    needed.push_back(InputsToRecognise(schema, m, mistakes_[m], ordinary_));
  for (std::size_t m = 0; m < mistakes_.size(); ++m)
    schema.mistakes[m].inputs_to_recognise = needed[m];
  return schema;
}

}  // namespace vigil
