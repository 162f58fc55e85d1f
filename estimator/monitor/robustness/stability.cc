#include "estimator/monitor/robustness/stability.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/monitor/robustness/decision_margin.h"

namespace vigil {
namespace {

constexpr std::uint64_t kProbeStream = 1000;

bool IsWorst(const Disturbance& disturbance) { return disturbance.kind == DisturbanceKind::kWorst; }

void CheckOptions(const StabilityOptions& options) {
  const auto refuse = [](const std::string& message) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue, "stability: " + message);
  };
  if (options.disturbances.empty()) refuse("no disturbance, expected one or more");
  for (const Disturbance& disturbance : options.disturbances) {
    if (!(disturbance.size > 0.0 && disturbance.size <= 1.0) || disturbance.count < 1) {
      refuse(Text(DisturbanceName(disturbance.kind), " of size ", disturbance.size, ", ",
                  disturbance.count, " draws: expected a size in (0, 1] and one draw or more"));
    }
    if (IsWorst(disturbance) && (options.probe_pairs < 1 || !(options.probe_size > 0.0))) {
      refuse(Text("the worst direction from ", options.probe_pairs, " pairs of size ",
                  options.probe_size, ": expected one pair or more, of a positive size"));
    }
  }
}

// A stream of its own for each (seed, record, row), whatever else is drawn.
std::mt19937_64 BitsOf(std::uint64_t seed, std::int64_t id, std::uint64_t stream) {
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15u;
  std::uint64_t key = seed;
  for (const std::uint64_t part : {static_cast<std::uint64_t>(id), stream}) {
    key = (key ^ (part + kOdd)) * 0xbf58476d1ce4e5b9u;
    key ^= key >> 31;
  }
  return std::mt19937_64(key);
}

double Distance(std::span<const float> a, std::span<const float> b) {
  double squares = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = static_cast<double>(a[i]) - b[i];
    squares += difference * difference;
  }
  return std::sqrt(squares);
}

// Root of the mean of squared `change` over size, of the trials of random kinds; NaN: none.
template <typename Change>
double Slope(const Stability& stability, std::span<const Disturbance> disturbances,
             const Change& change) {
  double squares = 0.0, count = 0.0;
  for (const StabilityTrial& trial : stability.trials) {
    const Disturbance& of = disturbances[static_cast<std::size_t>(trial.disturbance)];
    if (IsWorst(of) || trial.size <= 0.0) continue;
    squares += std::pow(change(trial) / trial.size, 2.0);
    ++count;
  }
  return std::sqrt(squares / count);
}

// Of a share that each disturbance's trials have, the mean; 0 without trials.
template <typename Share>
double MeanOverDisturbances(const Stability& stability, const Share& share) {
  double sum = 0.0, disturbances = 0.0;
  const std::span<const StabilityTrial> trials = stability.trials;
  for (std::size_t first = 0, end = 0; first < trials.size(); first = end) {
    while (end < trials.size() && trials[end].disturbance == trials[first].disturbance) ++end;
    sum += share(trials.subspan(first, end - first));
    ++disturbances;
  }
  return disturbances > 0.0 ? sum / disturbances : 0.0;
}

}  // namespace

double CountedFlips(const Stability& stability) {
  return MeanOverDisturbances(stability, [&](std::span<const StabilityTrial> trials) {
    double flips = 0.0;
    for (const StabilityTrial& trial : trials)
      flips += trial.decision != stability.decision ? 1.0 : 0.0;
    return flips / static_cast<double>(trials.size());
  });
}

double FlipRate(const Stability& stability) {
  return MeanOverDisturbances(stability, [&](std::span<const StabilityTrial> trials) {
    double sum = 0.0, squares = 0.0;
    for (const StabilityTrial& trial : trials) {
      sum += trial.margin;
      squares += (trial.margin - stability.margin) * (trial.margin - stability.margin);
    }
    const auto count = static_cast<double>(trials.size());
    const double mean = sum / count, deviation = std::sqrt(squares / count);
    if (!(deviation > 0.0)) return mean < 0.0 ? 1.0 : 0.0;
    return 0.5 * std::erfc(mean / (deviation * std::numbers::sqrt2));
  });
}

double Sensitivity(const Stability& stability, std::span<const Disturbance> disturbances) {
  const double slope =
      Slope(stability, disturbances, [](const StabilityTrial& trial) { return trial.movement; });
  return std::isnan(slope) ? 0.0 : slope;
}

double FlipSize(const Stability& stability, std::span<const Disturbance> disturbances) {
  if (stability.margin <= 0.0) return 0.0;
  const double slope = Slope(stability, disturbances, [&](const StabilityTrial& trial) {
    return trial.margin - stability.margin;
  });
  if (!(slope > 0.0)) return kMostFlipSize;  // NaN too
  return std::min(kMostFlipSize, stability.margin / slope);
}

StabilityProbe::StabilityProbe(Tail tail, Task task, std::shared_ptr<Backend> backend,
                               CompileOptions compile, StabilityOptions options,
                               std::function<std::shared_ptr<Backend>()> fallback)
    : tap_(std::move(tail.tap)),
      task_(std::move(task)),
      options_(std::move(options)),
      session_(std::move(tail.graph), std::move(backend), std::move(compile), std::move(fallback)) {
  CheckOptions(options_);
  const Graph& graph = session_.graph();
  const TensorDesc output = graph.value(graph.outputs()[0]).desc;
  if (graph.outputs().size() != 1 || output.shape.rank() != 2 || output.shape[1] != task_.outputs ||
      output.dtype != DType::kFloat32) {
    throw Error(
        Fault::kModel, ErrorCode::kInvalidShape,
        Text("tail from '", tap_, "' gives ", graph.outputs().size(), " outputs, the first ",
             output.shape, ": task ", task_.name, " expects one of ", task_.outputs));
  }
  random_rows_ = 1;
  for (const Disturbance& disturbance : options_.disturbances)
    (IsWorst(disturbance) ? worst_rows_ : random_rows_) += disturbance.count;
  if (worst_rows_ > 0) {
    random_rows_ += 2 * options_.probe_pairs;
    directions_.resize(static_cast<std::size_t>(options_.probe_pairs));
  }
  rows_ = random_rows_ + worst_rows_;
  const TensorDesc input = graph.value(graph.inputs()[0]).desc;
  const auto batch = [](const TensorDesc& desc, std::int64_t rows) {
    return Tensor(TensorDesc{desc.dtype, desc.shape.With(0, rows)});
  };
  features_ = batch(input, 1);
  random_ = batch(input, random_rows_);
  random_outputs_ = batch(output, random_rows_);
  if (worst_rows_ > 0) {
    worst_ = batch(input, worst_rows_);
    worst_outputs_ = batch(output, worst_rows_);
  }
}

double StabilityProbe::MacsARecord() const {
  return static_cast<double>(session_.graph().Cost().macs) * static_cast<double>(rows_);
}

void StabilityProbe::Prepare() {
  session_.Prepare(random_rows_);
  if (worst_rows_ > 0) session_.Prepare(worst_rows_);
}

std::span<float> StabilityProbe::Row(Tensor& batch, std::int64_t row) const {
  const auto size = static_cast<std::size_t>(batch.shape().elements() / batch.shape()[0]);
  return batch.as<float>().subspan(static_cast<std::size_t>(row) * size, size);
}

void StabilityProbe::FillRandom(std::int64_t id, const FeatureScale& scale) {
  const std::span<const float> features = features_.as<float>();
  std::ranges::copy(features, Row(random_, 0).begin());
  std::int64_t row = 1;
  for (const Disturbance& disturbance : options_.disturbances) {
    for (int i = 0; i < disturbance.count && !IsWorst(disturbance); ++i, ++row) {
      std::mt19937_64 bits = BitsOf(options_.seed, id, static_cast<std::uint64_t>(row));
      Disturb(disturbance, scale, features, bits, Row(random_, row));
    }
  }
  for (std::size_t pair = 0; pair < directions_.size(); ++pair) {
    std::mt19937_64 bits = BitsOf(options_.seed, id, kProbeStream + pair);
    directions_[pair].resize(DirectionSize(scale));
    for (double& part : directions_[pair]) part = (bits() & 1) ? 1.0 : -1.0;
    for (const double side : {1.0, -1.0})
      Shift(side * options_.probe_size, directions_[pair], scale, features, Row(random_, row++));
  }
}

void StabilityProbe::FillWorst(const FeatureScale& scale, int decision) {
  std::vector<double> steepest(DirectionSize(scale), 0.0);
  std::int64_t row = random_rows_ - 2 * static_cast<std::int64_t>(directions_.size());
  for (const std::vector<double>& direction : directions_) {
    const double ahead = DecisionMargin(task_, Row(random_outputs_, row++), decision);
    const double behind = DecisionMargin(task_, Row(random_outputs_, row++), decision);
    for (std::size_t d = 0; d < steepest.size(); ++d)
      steepest[d] -= (ahead - behind) * direction[d];
  }
  double squares = 0.0;
  for (const double part : steepest) squares += part * part;
  const double length = std::sqrt(squares / static_cast<double>(steepest.size()));
  for (double& part : steepest) part = length > 0.0 ? part / length : 0.0;
  row = 0;
  for (const Disturbance& disturbance : options_.disturbances) {
    for (int i = 0; i < disturbance.count && IsWorst(disturbance); ++i)
      Shift(disturbance.size, steepest, scale, features_.as<float>(), Row(worst_, row++));
  }
}

void StabilityProbe::Run(Tensor& batch, Tensor& outputs) {
  const ConstTensorView input = batch.view();
  const TensorView output = outputs.view();
  RunReport report = session_.Run(std::span(&input, 1), std::span(&output, 1));
  if (report.failure) failure_ = std::move(report.failure);
  for (const float value : outputs.as<float>()) {
    if (std::isfinite(value)) continue;
    throw Error(
        Fault::kInput, ErrorCode::kInvalidValue,
        Text("the target's tail from '", tap_, "' gives ", value, ", expected finite numbers"));
  }
}

void StabilityProbe::Read(Tensor& outputs, const Tensor& batch, std::int64_t row, int disturbance,
                          double norm, Stability& stability) {
  const std::span<const float> output = Row(outputs, row);
  const std::size_t size = features_.as<float>().size();
  const auto changed = batch.as<float>().subspan(static_cast<std::size_t>(row) * size, size);
  stability.trials.push_back(
      {.disturbance = disturbance,
       .decision = task_.Decide(output),
       .margin = DecisionMargin(task_, output, stability.decision),
       .movement = Distance(output, Row(random_outputs_, 0)),
       .size = norm > 0.0 ? Distance(changed, features_.as<float>()) / norm : 0.0});
}

Stability StabilityProbe::Measure(std::int64_t id, ConstTensorView features,
                                  std::span<const float> output) {
  VIGIL_CHECK(features.desc == features_.desc());
  failure_.reset();
  std::ranges::copy(features.as<float>(), features_.as<float>().begin());
  const FeatureScale scale(features_.view());
  FillRandom(id, scale);
  Run(random_, random_outputs_);
  Stability stability{.decision = task_.Decide(output)};
  const std::span<const float> undisturbed = Row(random_outputs_, 0);
  stability.margin = DecisionMargin(task_, undisturbed, stability.decision);
  stability.encoding_movement = Distance(undisturbed, output);
  if (worst_rows_ > 0) {
    FillWorst(scale, stability.decision);
    Run(worst_, worst_outputs_);
  }
  std::int64_t random_row = 1, worst_row = 0;
  for (std::size_t d = 0; d < options_.disturbances.size(); ++d) {
    for (int i = 0; i < options_.disturbances[d].count; ++i) {
      const int index = static_cast<int>(d);
      if (IsWorst(options_.disturbances[d])) {
        Read(worst_outputs_, worst_, worst_row++, index, scale.norm(), stability);
      } else {
        Read(random_outputs_, random_, random_row++, index, scale.norm(), stability);
      }
    }
  }
  return stability;
}

}  // namespace vigil
