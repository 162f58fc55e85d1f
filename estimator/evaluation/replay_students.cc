#include "estimator/evaluation/replay_students.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/base/error.h"
#include "estimator/monitor/baselines/baselines_output.h"
#include "estimator/monitor/cholesky.h"

namespace vigil {
namespace {

constexpr std::size_t kViewUnits = 256, kOutputUnits = 64;  // of the drawn hidden layers

// T's output and the handful of numbers that say how sure T is.
std::vector<double> OutputOf(const Task& task, std::span<const float> output) {
  std::vector<double> all(output.begin(), output.end());
  if (task.kind == Task::Kind::kDirectness) {
    all.push_back(DistanceToDirectness(output, task.rule));
    for (const float angle : output) all.push_back(std::abs(angle));
  } else {
    all.insert(all.end(), {MaximumSoftmax(output), SoftmaxMargin(output), NegativeEntropy(output),
                           NegativeEnergy(output)});
  }
  return all;
}

Rows ViewsOf(std::span<const ReplayRecord> records) {
  Rows rows;
  for (const ReplayRecord& record : records)
    rows.Add(std::vector<double>(record.view.begin(), record.view.end()));
  return rows;
}

Rows OutputsOf(const Task& task, std::span<const ReplayRecord> records) {
  Rows rows;
  for (const ReplayRecord& record : records) rows.Add(OutputOf(task, record.output));
  return rows;
}

double Dot(std::span<const double> weights, std::span<const double> row) {
  return std::inner_product(weights.begin(), weights.end(), row.begin(), 0.0);
}

}  // namespace

StudentInputs::StudentInputs(const Task& task, std::span<const ReplayRecord> known,
                             std::uint64_t seed)
    : task_(task),
      view_(ViewsOf(known)),
      output_(OutputsOf(task, known)),
      view_units_(known.front().view.size(), kViewUnits, seed),
      output_units_(OutputOf(task, known.front().output).size(), kOutputUnits, seed + 1) {
  tail_columns_ = 1 + known.front().view.size() + kViewUnits;
  columns_ = tail_columns_ + OutputOf(task, known.front().output).size() + kOutputUnits;
}

std::vector<double> StudentInputs::Of(const ReplayRecord& record) const {
  std::vector<double> row = {1.0};
  row.reserve(columns_);
  const std::vector<double> view = view_units_.Expand(View(record));
  const std::vector<double> output =
      output_units_.Expand(output_.Apply(OutputOf(task_, record.output)));
  row.insert(row.end(), view.begin(), view.end());
  row.insert(row.end(), output.begin(), output.end());
  return row;
}

int Student::Label(std::span<const double> row) const {
  std::vector<double> scores;
  for (const std::vector<double>& weights : label) scores.push_back(Dot(weights, row));
  return static_cast<int>(std::ranges::max_element(scores) - scores.begin());
}

double Student::Right(std::span<const double> row) const { return Dot(right, row); }

StudentSums::StudentSums(std::size_t columns, std::size_t tail_columns, std::size_t labels)
    : columns_(columns),
      tail_columns_(tail_columns),
      targets_(labels + 1),
      gram_(columns * columns),
      moments_(targets_ * columns) {
  VIGIL_CHECK(labels >= 2 && tail_columns <= columns);
}

void StudentSums::Add(std::span<const double> row, int label, bool right) {
  const auto target = static_cast<std::size_t>(label);
  VIGIL_CHECK(row.size() == columns_ && target + 1 < targets_);
  for (std::size_t i = 0; i < columns_; ++i) moments_[target * columns_ + i] += row[i];
  if (right) {
    for (std::size_t i = 0; i < columns_; ++i) moments_[(targets_ - 1) * columns_ + i] += row[i];
  }
  records_ += 1.0;
  rows_.insert(rows_.end(), row.begin(), row.end());
  if (rows_.size() == kBlock * columns_) Flush();
}

void StudentSums::Flush() {
  for (std::size_t i = 0; i < columns_; ++i) {
    double* sums = gram_.data() + i * columns_;
    for (std::size_t first = 0; first < rows_.size(); first += columns_) {
      const double* row = rows_.data() + first;
      const double factor = row[i];
      for (std::size_t j = 0; j <= i; ++j) sums[j] += factor * row[j];
    }
  }
  rows_.clear();
}

void StudentSums::Join(const StudentSums& other, double times) {
  VIGIL_CHECK(other.columns_ == columns_ && other.targets_ == targets_);
  StudentSums added = other;
  added.Flush();
  for (std::size_t i = 0; i < gram_.size(); ++i) gram_[i] += times * added.gram_[i];
  for (std::size_t i = 0; i < moments_.size(); ++i) moments_[i] += times * added.moments_[i];
  records_ += times * added.records_;
}

std::vector<std::vector<double>> StudentSums::SolveFor(std::size_t size, std::size_t first,
                                                       std::size_t last, double penalty) const {
  std::vector<double> gram(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    std::copy_n(gram_.data() + i * columns_, i + 1, gram.data() + i * size);
    // The bias has next to none: enough for a pivot where hidden units add up to it.
    gram[i * size + i] += (i == 0 ? 1e-9 : penalty) * records_;
  }
  const Cholesky factors(std::move(gram), size);
  std::vector<std::vector<double>> weights;
  for (std::size_t target = first; target < last; ++target) {
    const double* moment = moments_.data() + target * columns_;
    weights.push_back(factors.Solve(std::vector<double>(moment, moment + size)));
  }
  return weights;
}

Student StudentSums::Solve(double penalty) const {
  VIGIL_CHECK(records_ > 0.0 && penalty > 0.0);
  StudentSums whole = *this;
  whole.Flush();
  return {.label = whole.SolveFor(tail_columns_, 0, targets_ - 1, penalty),
          .right = whole.SolveFor(columns_, targets_ - 1, targets_, penalty).front()};
}

}  // namespace vigil
