// What learns from replayed records learns at all, and sets join as if they had been one.
#include "estimator/evaluation/replay_students.h"

#include <cmath>

#include <gtest/gtest.h>

#include "estimator/data/random.h"

namespace vigil {
namespace {

// The label is the sign of the view's first number; T is right where its first logit is high.
std::vector<ReplayRecord> Records(std::uint64_t seed, int count) {
  std::vector<ReplayRecord> records(static_cast<std::size_t>(count));
  for (std::size_t n = 0; n < records.size(); ++n) {
    Random random{seed, n};
    for (int i = 0; i < 3; ++i) records[n].view.push_back(static_cast<float>(random.Normal()));
    for (int i = 0; i < 10; ++i) records[n].output.push_back(static_cast<float>(random.Normal()));
    records[n].cell = {.label = records[n].view[0] > 0.0f, .correct = records[n].output[0] > 0.0f};
  }
  return records;
}

TEST(StudentSums, Solve_LearnsBothHeads) {
  const auto records = Records(1, 1500), unseen = Records(2, 300);
  const StudentInputs inputs(CifarTask(), records, 1);
  StudentSums sums(inputs.columns(), inputs.tail_columns(), 2);
  for (const ReplayRecord& record : records)
    sums.Add(inputs.Of(record), record.cell.label, record.cell.correct);
  const Student student = sums.Solve(0.1);
  int labels = 0, rights = 0;
  for (const ReplayRecord& record : unseen) {
    const std::vector<double> row = inputs.Of(record);
    labels += student.Label(row) == record.cell.label;
    rights += (student.Right(row) > 0.5) == record.cell.correct;
  }
  EXPECT_GT(labels, 270);
  EXPECT_GT(rights, 255);
}

TEST(StudentSums, Join_OfTwoSets_IsTheOneOfBothAndTimesCountsThemSoOften) {
  const auto records = Records(3, 50);
  const StudentInputs inputs(CifarTask(), records, 1);
  const StudentSums none(inputs.columns(), inputs.tail_columns(), 2);
  StudentSums first = none, second = none, both = none;
  for (std::size_t n = 0; n < records.size(); ++n) {
    const std::vector<double> row = inputs.Of(records[n]);
    const ReplayCell& cell = records[n].cell;
    (n < 21 ? first : second).Add(row, cell.label, cell.correct);
    for (int i = 0; i < (n < 21 ? 1 : 3); ++i) both.Add(row, cell.label, cell.correct);
  }
  first.Join(second, 3.0);
  EXPECT_DOUBLE_EQ(first.records(), both.records());
  const Student joined = first.Solve(0.1), expected = both.Solve(0.1);
  for (std::size_t i = 0; i < expected.right.size(); ++i)
    EXPECT_NEAR(joined.right[i], expected.right[i], 1e-6) << i;
  for (std::size_t i = 0; i < expected.label[1].size(); ++i)
    EXPECT_NEAR(joined.label[1][i], expected.label[1][i], 1e-6) << i;
}

}  // namespace
}  // namespace vigil
