// Small models in closed form that learn from records, real or replayed: what replay is worth.
#ifndef VIGIL_ESTIMATOR_EVALUATION_REPLAY_STUDENTS_H_
#define VIGIL_ESTIMATOR_EVALUATION_REPLAY_STUDENTS_H_

#include <cstdint>
#include <span>
#include <vector>

#include "estimator/evaluation/replay_generator.h"
#include "estimator/monitor/regression.h"

namespace vigil {

// A record as a student reads it: 1, the view and a drawn hidden layer over it, which is all that
// stands in for T's tail; then T's output, how sure it is, and a drawn layer over these, which PE
// reads too. Scaled by mean and deviation of the records it was made with. Immutable.
class StudentInputs {
 public:
  StudentInputs(const Task& task, std::span<const ReplayRecord> known, std::uint64_t seed);

  std::size_t columns() const { return columns_; }
  std::size_t tail_columns() const { return tail_columns_; }  // the first ones, of the view
  std::vector<double> Of(const ReplayRecord& record) const;
  // The view alone, scaled.
  std::vector<double> View(const ReplayRecord& record) const {
    return view_.Apply(std::vector<double>(record.view.begin(), record.view.end()));
  }

 private:
  Task task_;
  Standardiser view_, output_;
  RandomUnits view_units_, output_units_;
  std::size_t tail_columns_ = 0, columns_ = 0;
};

// What two linear models have learned: T's tail's decision, one score a label, and whether T is
// right.
struct Student {
  std::vector<std::vector<double>> label;  // weights of the tail's columns
  std::vector<double> right;               // weights of all columns

  int Label(std::span<const double> row) const;
  double Right(std::span<const double> row) const;
};

// Sums of products of rows and of targets, from which ridge regression is solved: sets are joined
// by adding them.
class StudentSums {
 public:
  // REQUIRES: labels >= 2.
  StudentSums(std::size_t columns, std::size_t tail_columns, std::size_t labels);

  // REQUIRES: a row of StudentInputs, 0 <= label < labels.
  void Add(std::span<const double> row, int label, bool right);
  // The other's records, each `times`.
  void Join(const StudentSums& other, double times = 1.0);
  double records() const { return records_; }
  // Least squares with penalty * |weight|^2 a record; the first column, the bias, is free.
  // REQUIRES: at least one record, penalty > 0.
  Student Solve(double penalty) const;

 private:
  static constexpr std::size_t kBlock = 16;  // rows at a time: the sums are larger than any cache

  void Flush();
  // Weights of the first `size` columns for targets `first` .. `last` - 1.
  std::vector<std::vector<double>> SolveFor(std::size_t size, std::size_t first, std::size_t last,
                                            double penalty) const;

  std::size_t columns_, tail_columns_, targets_;
  double records_ = 0.0;
  std::vector<double> gram_;     // columns x columns, its lower triangle
  std::vector<double> moments_;  // a row of columns for each label, then for right
  std::vector<double> rows_;     // that are not in the gram yet
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_REPLAY_STUDENTS_H_
