#include "estimator/evaluation/replay_generator.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "engine/base/error.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

constexpr int kTries = 100;             // of an output that fits its cell
constexpr double kSlopePenalty = 1e-3;  // of the residuals' regression, in variances

Graph DecoderOf(const Graph& monitor) {
  const std::array<std::string, 1> outputs = {"reconstruction"};
  return TailFrom(RemoveDead(monitor.WithOutputs(outputs)), "latent");
}

std::vector<float> JointOf(const ReplayRecord& record) {
  std::vector<float> joint = record.latent;
  joint.insert(joint.end(), record.output.begin(), record.output.end());
  return joint;
}

CellGaussians FitJoint(std::span<const ReplayRecord> known) {
  std::vector<std::vector<float>> joint;
  joint.reserve(known.size());
  std::vector<CellSample> samples;
  for (const ReplayRecord& record : known)
    samples.push_back({record.cell, joint.emplace_back(JointOf(record))});
  return CellGaussians(samples, CellSpread::kFull);
}

// By least squares within the cells, all together. The joint distribution's variances keep it
// from being singular.
std::vector<double> FitSlopes(const CellGaussians& joint, std::span<const ReplayRecord> known) {
  const std::size_t size = joint.dimensions(), residuals = known.front().residual.size();
  std::vector<double> gram(size * size), moments(residuals * size), away(size);
  for (const ReplayRecord& record : known) {
    const std::vector<float> values = JointOf(record);
    const std::vector<double>& mean = joint.Mean(record.cell);
    for (std::size_t i = 0; i < size; ++i) {
      away[i] = values[i] - mean[i];
      gram[i * size + i] += kSlopePenalty * joint.Variance(record.cell, i);
    }
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j <= i; ++j) gram[i * size + j] += away[i] * away[j];
    }
    for (std::size_t r = 0; r < residuals; ++r) {
      for (std::size_t i = 0; i < size; ++i) moments[r * size + i] += record.residual[r] * away[i];
    }
  }
  const Cholesky factors(std::move(gram), size);
  std::vector<double> slopes;
  for (std::size_t r = 0; r < residuals; ++r) {
    const auto moment = moments.begin() + static_cast<std::ptrdiff_t>(r * size);
    const std::vector<double> row =
        factors.Solve({moment, moment + static_cast<std::ptrdiff_t>(size)});
    slopes.insert(slopes.end(), row.begin(), row.end());
  }
  return slopes;
}

// What a residual is expected to be beyond its cell's mean.
std::vector<float> Explained(const CellGaussians& joint, std::span<const double> slopes,
                             const ReplayRecord& record) {
  const std::size_t size = joint.dimensions();
  const std::vector<float> values = JointOf(record);
  const std::vector<double>& mean = joint.Mean(record.cell);
  std::vector<float> explained;
  for (std::size_t first = 0; first < slopes.size(); first += size) {
    double sum = 0.0;
    for (std::size_t i = 0; i < size; ++i) sum += slopes[first + i] * (values[i] - mean[i]);
    explained.push_back(static_cast<float>(sum));
  }
  return explained;
}

// The residual less what is explained of it.
std::vector<float> LeftOf(const CellGaussians& joint, std::span<const double> slopes,
                          const ReplayRecord& record) {
  std::vector<float> left = Explained(joint, slopes, record);
  for (std::size_t i = 0; i < left.size(); ++i) left[i] = record.residual[i] - left[i];
  return left;
}

CellGaussians FitResiduals(const CellGaussians& joint, std::span<const double> slopes,
                           std::span<const ReplayRecord> known) {
  std::vector<std::vector<float>> left;
  left.reserve(known.size());
  std::vector<CellSample> samples;
  for (const ReplayRecord& record : known)
    samples.push_back({record.cell, left.emplace_back(LeftOf(joint, slopes, record))});
  return CellGaussians(samples, CellSpread::kDiagonal);
}

}  // namespace

ReplayDecoder::ReplayDecoder(const Graph& monitor, const std::shared_ptr<Backend>& backend)
    : session_(DecoderOf(monitor), backend, {.batch = kBatch, .deadline = std::chrono::minutes(2)}),
      parameters_(session_.graph().Parameters()) {}

void ReplayDecoder::Decode(std::span<ReplayRecord> records) {
  const Graph& graph = session_.graph();
  Tensor latents(
      TensorDesc{DType::kFloat32, graph.value(graph.inputs()[0]).desc.shape.With(0, kBatch)});
  Tensor views(
      TensorDesc{DType::kFloat32, graph.value(graph.outputs()[0]).desc.shape.With(0, kBatch)});
  const auto rows = static_cast<std::size_t>(kBatch);
  const std::size_t width = latents.as<float>().size() / rows;
  const std::size_t size = views.as<float>().size() / rows;
  for (std::size_t first = 0; first < records.size(); first += rows) {
    const std::span<ReplayRecord> batch =
        records.subspan(first, std::min(rows, records.size() - first));
    for (std::size_t row = 0; row < batch.size(); ++row) {
      VIGIL_CHECK(batch[row].latent.size() == width);
      std::ranges::copy(batch[row].latent, latents.as<float>().subspan(row * width).begin());
    }
    session_.Run(std::array{ConstTensorView(latents.view())}, std::array{views.view()});
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const auto view = views.as<float>().subspan(row * size, size);
      batch[row].view.assign(view.begin(), view.end());
    }
  }
}

std::string_view ReplayResidualName(ReplayResidual residual) {
  switch (residual) {
    case ReplayResidual::kNone:
      return "decoded";
    case ReplayResidual::kNoise:
      return "with noise";
    case ReplayResidual::kCells:
      return "with the cells' residuals";
  }
  return "";
}

ReplayGenerator::ReplayGenerator(const Task& task, std::span<const ReplayRecord> known)
    : task_(task),
      joint_(FitJoint(known)),
      slopes_(FitSlopes(joint_, known)),
      residuals_(FitResiduals(joint_, slopes_, known)) {
  std::vector<double> squares(known.front().residual.size());
  for (const ReplayRecord& record : known) {
    for (std::size_t i = 0; i < squares.size(); ++i) {
      const double value = record.residual[i];
      squares[i] += value * value / static_cast<double>(known.size());
    }
  }
  for (const double square : squares) deviation_.push_back(static_cast<float>(std::sqrt(square)));
}

std::vector<ReplayRecord> ReplayGenerator::Draw(std::int64_t count, std::uint64_t seed) const {
  std::vector<std::pair<std::int64_t, ReplayCell>> up_to;  // known records of this cell or before
  std::int64_t known = 0;
  for (const auto& [cell, records] : joint_.counts()) up_to.emplace_back(known += records, cell);
  const auto outputs = static_cast<std::size_t>(task_.outputs);
  std::vector<ReplayRecord> drawn(static_cast<std::size_t>(count));
  for (std::size_t n = 0; n < drawn.size(); ++n) {
    Random random{seed, n};
    const auto place = static_cast<std::int64_t>(random.Uniform() * static_cast<double>(known));
    ReplayRecord& record = drawn[n];
    record.cell = std::ranges::upper_bound(up_to, place, {}, [](const auto& each) {
                    return each.first;
                  })->second;
    for (int i = 0; i < kTries; ++i) {
      const std::vector<double> joint = joint_.Draw(record.cell, random);
      const auto split = joint.end() - static_cast<std::ptrdiff_t>(outputs);
      record.latent.assign(joint.begin(), split);
      record.output.assign(split, joint.end());
      if ((task_.Decide(record.output) == record.cell.label) == record.cell.correct) break;
    }
    record.cell.correct = task_.Decide(record.output) == record.cell.label;
  }
  return drawn;
}

void ReplayGenerator::AddResidual(ReplayResidual residual, std::span<ReplayRecord> records,
                                  std::uint64_t seed) const {
  if (residual == ReplayResidual::kNone) return;
  for (std::size_t n = 0; n < records.size(); ++n) {
    Random random{seed, n};
    std::vector<float>& view = records[n].view;
    VIGIL_CHECK(view.size() == deviation_.size());
    if (residual == ReplayResidual::kNoise) {
      for (std::size_t i = 0; i < view.size(); ++i)
        view[i] += deviation_[i] * static_cast<float>(random.Normal());
    } else {
      const std::vector<double> drawn = residuals_.Draw(records[n].cell, random);
      const std::vector<float> explained = Explained(joint_, slopes_, records[n]);
      for (std::size_t i = 0; i < view.size(); ++i)
        view[i] += explained[i] + static_cast<float>(drawn[i]);
    }
  }
}

double ReplayGenerator::LogDensity(const ReplayRecord& record) const {
  if (!joint_.Has(record.cell)) return -std::numeric_limits<double>::infinity();
  return joint_.LogDensity(record.cell, JointOf(record)) +
         residuals_.LogDensity(record.cell, LeftOf(joint_, slopes_, record));
}

std::int64_t ReplayGenerator::Parameters(ReplayResidual residual) const {
  switch (residual) {
    case ReplayResidual::kNone:
      return joint_.Parameters();
    case ReplayResidual::kNoise:
      return joint_.Parameters() + static_cast<std::int64_t>(deviation_.size());
    case ReplayResidual::kCells:
      return joint_.Parameters() + residuals_.Parameters() +
             static_cast<std::int64_t>(slopes_.size());
  }
  return 0;
}

}  // namespace vigil
