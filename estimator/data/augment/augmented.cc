#include "estimator/data/augment/augmented.h"

#include <algorithm>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/augment/lighting.h"
#include "estimator/data/augment/localization.h"
#include "estimator/data/augment/motion_blur.h"
#include "estimator/data/random.h"

namespace vigil {
namespace {

// Streams of one sample: which operations, and the parameters of each. A stream an operation keeps
// one operation's numbers the same whatever else is applied.
constexpr std::uint64_t kChoiceStream = 1000;

[[noreturn]] void Refuse(const std::string& what) {
  throw Error(Fault::kApi, ErrorCode::kMisuse, "augmentation: " + what);
}

bool IsFraction(double value) { return value >= 0.0 && value <= 1.0; }

// REQUIRES: a positive weight.
int DrawWeighted(const std::array<double, kCauseCount>& weight, Random& random) {
  double left = random.Uniform() * std::accumulate(weight.begin(), weight.end(), 0.0);
  int drawn = 0;
  for (int i = 0; i < kCauseCount; ++i) {
    if (weight[static_cast<std::size_t>(i)] <= 0.0) continue;
    drawn = i;
    left -= weight[static_cast<std::size_t>(i)];
    if (left < 0.0) break;
  }
  return drawn;
}

}  // namespace

AugmentMix MixFromName(std::string_view name) {
  if (name == "clean") return AugmentMix::Clean();
  if (name == "1-cause") return AugmentMix::OneCause();
  if (name == "2-cause") return AugmentMix::TwoCause();
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("variant '", name, "': expected clean, 1-cause or 2-cause"));
}

AugmentedDataset::AugmentedDataset(std::shared_ptr<const Dataset> base, AugmentOptions options)
    : base_(std::move(base)), options_(std::move(options)) {
  const AugmentMix& mix = options_.mix;
  if (options_.side <= 0)
    Refuse(Text("a crop of side ", options_.side, ", expected a positive one"));
  if (!IsFraction(mix.untouched)) Refuse(Text("untouched ", mix.untouched, ", expected 0 to 1"));
  if (!IsFraction(mix.two_operations))
    Refuse(Text("two operations ", mix.two_operations, ", expected 0 to 1"));
  for (const Cause cause : options_.task.causes) {
    const auto at = static_cast<std::size_t>(cause);
    if (cause == Cause::kOther) continue;
    if (!(mix.weight[at] >= 0.0))
      Refuse(Text("weight ", mix.weight[at], " of ", CauseName(cause), ", expected 0 or more"));
    weight_[at] = mix.weight[at];
    operations_ += mix.weight[at] > 0.0 ? 1 : 0;
  }
  const int wanted = mix.untouched >= 1.0 ? 0 : mix.two_operations > 0.0 ? 2 : 1;
  if (operations_ < wanted) {
    Refuse(Text("a mix of ", operations_, " operations of task ", options_.task.name, ", expected ",
                wanted, " or more"));
  }
  if (weight_[static_cast<std::size_t>(Cause::kOcclusion)] > 0.0)
    occlusion_ = std::make_shared<Occlusion>();
}

std::string AugmentedDataset::name() const {
  const AugmentMix& mix = options_.mix;
  if (mix.untouched >= 1.0) return base_->name() + ", clean";
  const std::string variant = mix.two_operations >= 1.0   ? "2-cause"
                              : mix.two_operations <= 0.0 ? "1-cause"
                                                          : "1- and 2-cause";
  return Text(base_->name(), ", ", variant, ", ", options_.severity.name, " severity, seed ",
              options_.seed);
}

CauseSet AugmentedDataset::CausesOf(std::int64_t index) const {
  Random random({options_.seed, options_.epoch, static_cast<std::uint64_t>(index), kChoiceStream});
  CauseSet causes;
  if (random.Chance(options_.mix.untouched)) return causes;
  const bool second = random.Chance(options_.mix.two_operations);
  std::array<double, kCauseCount> weight = weight_;
  const int drawn = DrawWeighted(weight, random);
  causes.Add(static_cast<Cause>(drawn));
  if (second) {
    weight[static_cast<std::size_t>(drawn)] = 0.0;
    causes.Add(static_cast<Cause>(DrawWeighted(weight, random)));
  }
  return causes;
}

Sample AugmentedDataset::Get(std::int64_t index) const {
  const AugmentSeverity& severity = options_.severity;
  const auto stream = [&](Cause cause) {
    return Random({options_.seed, options_.epoch, static_cast<std::uint64_t>(index),
                   static_cast<std::uint64_t>(cause)});
  };
  Sample sample = base_->Get(index);
  const CauseSet applied = CausesOf(index);
  if (applied.Has(Cause::kOcclusion)) {
    Random random = stream(Cause::kOcclusion);
    const Box& face = sample.face.size > 0.0f ? sample.face : sample.box;
    occlusion_->Apply(sample.image, face, sample.truth, severity, random);
  }
  if (applied.Has(Cause::kLocalization)) {
    Random random = stream(Cause::kLocalization);
    sample.box = DisplaceBox(sample.box, severity, random);
  }
  sample.image = CropAndResize(sample.image, sample.box, options_.side);
  if (applied.Has(Cause::kLighting)) {
    Random random = stream(Cause::kLighting);
    ChangeLighting(sample.image, severity, random);
  }
  if (applied.Has(Cause::kBlur)) {
    Random random = stream(Cause::kBlur);
    sample.image = BlurByMotion(sample.image, severity, random);
  }
  const float side = static_cast<float>(options_.side);
  sample.box = {side / 2.0f, side / 2.0f, side};
  sample.face = {};
  sample.applied.Add(applied);
  return sample;
}

std::shared_ptr<const AugmentedDataset> AugmentedDataset::WithEpoch(std::uint64_t epoch) const {
  auto other = std::make_shared<AugmentedDataset>(*this);
  other->options_.epoch = epoch;
  return other;
}

}  // namespace vigil
