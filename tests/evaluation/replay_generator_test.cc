// Replay's generator on records whose distribution is known.
#include "estimator/evaluation/replay_generator.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/cpu/cpu_backend.h"
#include "estimator/models/autoencoder.h"

namespace vigil {
namespace {

constexpr ReplayCell kFirst{.label = 0, .correct = true, .causes = 0};
constexpr ReplayCell kSecond{.label = 1, .correct = true, .causes = 0};
constexpr ReplayCell kSecondBlurred{.label = 1, .correct = true, .causes = 4};
constexpr ReplayCell kFirstBlurred{.label = 0, .correct = true, .causes = 4};

// Two numbers around (x, y), the second following the first by 0.8 at deviation 1.
std::vector<float> Drawn(Random& random, double x, double y) {
  const double a = random.Normal();
  return {static_cast<float>(x + a), static_cast<float>(y + 0.8 * a + 0.6 * random.Normal())};
}

struct Numbers {
  std::vector<ReplayCell> cells;
  std::vector<std::vector<float>> values;

  void Add(const ReplayCell& cell, double x, double y, int count) {
    Random random{cells.size()};
    for (int i = 0; i < count; ++i) {
      cells.push_back(cell);
      values.push_back(Drawn(random, x, y));
    }
  }
  CellGaussians Fit(CellSpread spread = CellSpread::kFull) const {
    std::vector<CellSample> samples;
    for (std::size_t i = 0; i < cells.size(); ++i) samples.push_back({cells[i], values[i]});
    return CellGaussians(samples, spread);
  }
};

TEST(CellGaussians, DrawsFromACommonCell_HaveItsMeanAndCovariance) {
  Numbers numbers;
  numbers.Add(kFirst, 3.0, -2.0, 4000);
  numbers.Add(kSecond, -3.0, 2.0, 4000);
  const CellGaussians cells = numbers.Fit();
  Random random{7};
  double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0, yy = 0.0;
  constexpr int kDraws = 4000;
  for (int i = 0; i < kDraws; ++i) {
    const std::vector<double> drawn = cells.Draw(kFirst, random);
    const double a = drawn[0] - 3.0, b = drawn[1] + 2.0;
    x += a / kDraws, y += b / kDraws;
    xx += a * a / kDraws, xy += a * b / kDraws, yy += b * b / kDraws;
  }
  // Four standard errors of both the fit and the draws, and the mean's lean on its parents.
  EXPECT_NEAR(x, 0.0, 0.1);
  EXPECT_NEAR(y, 0.0, 0.1);
  EXPECT_NEAR(xx, 1.0, 0.13);
  EXPECT_NEAR(xy, 0.8, 0.13);
  EXPECT_NEAR(yy, 1.0, 0.13);
}

TEST(CellGaussians, ACellWithFewRecords_LeansOnWhatItsParentsSay) {
  Numbers numbers;
  numbers.Add(kFirst, 0.0, 0.0, 500);
  numbers.Add(kSecond, 10.0, 0.0, 500);
  numbers.Add(kFirstBlurred, 0.0, 6.0, 500);
  numbers.Add(kSecondBlurred, 100.0, 100.0, static_cast<int>(CellGaussians::kFewest) - 1);
  const CellGaussians rare = numbers.Fit();
  // The label's 10 and the cause's 6, and next to nothing of its own 100.
  EXPECT_NEAR(rare.Mean(kSecondBlurred)[0], 10.0, 4.0);
  EXPECT_NEAR(rare.Mean(kSecondBlurred)[1], 6.0, 4.0);
  numbers.Add(kSecondBlurred, 100.0, 100.0, 500);
  const CellGaussians common = numbers.Fit();
  EXPECT_NEAR(common.Mean(kSecondBlurred)[0], 100.0, 2.0);
  EXPECT_NEAR(common.Mean(kSecondBlurred)[1], 100.0, 2.0);
}

TEST(CellGaussians, ACellWithoutRecords_IsMadeOfItsParents) {
  Numbers numbers;
  numbers.Add(kFirst, 0.0, 0.0, 400);
  numbers.Add(kSecond, 8.0, 0.0, 400);
  numbers.Add(kFirstBlurred, 0.0, 5.0, 400);
  const CellGaussians cells = numbers.Fit();
  ASSERT_TRUE(cells.Has(kSecondBlurred));
  EXPECT_FALSE(cells.counts().contains(kSecondBlurred));
  EXPECT_GT(cells.Mean(kSecondBlurred)[0], 5.0);
  EXPECT_GT(cells.Mean(kSecondBlurred)[1], 2.0);
  EXPECT_NEAR(cells.Variance(kSecondBlurred, 0), 1.0, 0.2) << "within cells, not between them";
}

TEST(CellGaussians, LogDensity_OfBothSpreads_IsTheFormulaByHand) {
  Numbers numbers;
  numbers.Add(kFirst, 1.0, 2.0, 300);
  for (const CellSpread spread : {CellSpread::kFull, CellSpread::kDiagonal}) {
    const CellGaussians cells = numbers.Fit(spread);
    const double x = cells.Variance(kFirst, 0), y = cells.Variance(kFirst, 1);
    const std::array<float, 2> at = {static_cast<float>(cells.Mean(kFirst)[0]),
                                     static_cast<float>(cells.Mean(kFirst)[1])};
    const double independent = -std::log(2.0 * M_PI) - 0.5 * std::log(x * y);
    if (spread == CellSpread::kDiagonal) {
      EXPECT_NEAR(cells.LogDensity(kFirst, at), independent, 1e-6);
    } else {
      // Numbers that go together lie denser: by -log sqrt(1 - 0.8^2), about 0.51.
      EXPECT_NEAR(cells.LogDensity(kFirst, at), independent + 0.51, 0.1);
    }
  }
}

TEST(CellGaussians, OnlyRareCells_AreRefusedWithTheirNumber) {
  Numbers numbers;
  numbers.Add(kFirst, 0.0, 0.0, 4);
  numbers.Add(kSecond, 0.0, 0.0, 4);
  try {
    numbers.Fit();
    FAIL() << "8 records in cells of 4";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
    EXPECT_NE(std::string(error.what()).find("8 records in 2 cells"), std::string::npos)
        << error.what();
  }
}

// Records of CIFAR's task: two latent numbers by the label, logits that mean T's answer, and
// residuals that follow the first logit.
std::vector<ReplayRecord> KnownRecords(int count) {
  std::vector<ReplayRecord> records(static_cast<std::size_t>(count));
  for (std::size_t n = 0; n < records.size(); ++n) {
    Random random{5, n};
    ReplayRecord& record = records[n];
    record.cell = {.label = random.Below(2), .correct = random.Chance(0.7), .causes = 0};
    record.latent = Drawn(random, record.cell.label * 4.0, 0.0);
    record.output.assign(10, 0.0f);
    for (float& logit : record.output) logit = static_cast<float>(0.3 * random.Normal());
    const int answer = record.cell.correct ? record.cell.label : 5;
    record.output[static_cast<std::size_t>(answer)] += 3.0f;
    record.cell.correct = CifarTask().Decide(record.output) == record.cell.label;
    record.residual = {2.0f * record.output[0], static_cast<float>(random.Normal())};
    record.view = record.residual;
  }
  return records;
}

TEST(ReplayGenerator, Draw_TheSameSeed_GivesTheSameRecordsAndAnotherOthers) {
  const ReplayGenerator generator(CifarTask(), KnownRecords(400));
  const auto first = generator.Draw(20, 3), again = generator.Draw(20, 3),
             other = generator.Draw(20, 4);
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].latent, again[i].latent);
    EXPECT_EQ(first[i].output, again[i].output);
    EXPECT_NE(first[i].latent, other[i].latent);
  }
}

TEST(ReplayGenerator, Draw_EveryRecord_IsRightOrWrongAsItsOutputSays) {
  const std::vector<ReplayRecord> known = KnownRecords(400);
  const ReplayGenerator generator(CifarTask(), known);
  int right = 0, right_known = 0;
  for (const ReplayRecord& record : generator.Draw(400, 1)) {
    EXPECT_EQ(record.cell.correct, CifarTask().Decide(record.output) == record.cell.label);
    right += record.cell.correct;
  }
  for (const ReplayRecord& record : known) right_known += record.cell.correct;
  EXPECT_NEAR(right, right_known, 4 * std::sqrt(2 * 400 * 0.7 * 0.3));
}

TEST(ReplayGenerator, AddResidual_OfCells_FollowsTheOutputAndNoiseDoesNot) {
  const ReplayGenerator generator(CifarTask(), KnownRecords(2000));
  for (const ReplayResidual residual : kReplayResiduals) {
    auto drawn = generator.Draw(500, 1);
    for (ReplayRecord& record : drawn) record.view = {0.0f, 0.0f};
    generator.AddResidual(residual, drawn, 2);
    double from_rule = 0.0, of_second = 0.0;
    for (const ReplayRecord& record : drawn) {
      from_rule += std::abs(record.view[0] - 2.0f * record.output[0]) / 500.0;
      of_second += record.view[1] * record.view[1] / 500.0;
    }
    if (residual == ReplayResidual::kCells) {
      EXPECT_LT(from_rule, 0.3);
    } else {
      EXPECT_GT(from_rule, 1.0);
    }
    EXPECT_NEAR(of_second, residual == ReplayResidual::kNone ? 0.0 : 1.0, 0.3);
  }
}

TEST(ReplayDecoder, Decode_OfTheEncodersLatents_IsItsReconstruction) {
  const AutoencoderOptions options{.taps = {Shape{1, 4, 16, 16}}, .latent = 6, .channels = 8};
  ViewNormalisation identity{.mean = std::vector<float>(8), .whitening = {std::vector<float>(64)}};
  for (std::size_t i = 0; i < 8; ++i) identity.whitening[0][i * 9] = 1.0f;
  const Graph monitor = BuildAutoencoder(options, identity, BuildAutoencoderForTraining(options));
  const std::shared_ptr<Backend> backend = MakeCpuBackend();
  Tensor tap(TensorDesc{DType::kFloat32, Shape{1, 4, 16, 16}});
  Random random{9};
  for (float& value : tap.as<float>()) value = static_cast<float>(random.Normal());
  Session whole(monitor, backend, {});
  const std::vector<Tensor> outputs =
      whole.Run(std::span(&tap, 1));      // latent, view, reconstruction
  std::vector<ReplayRecord> records(19);  // more than a batch
  for (ReplayRecord& record : records)
    record.latent.assign(outputs[0].as<float>().begin(), outputs[0].as<float>().end());
  ReplayDecoder decoder(monitor, backend);
  decoder.Decode(records);
  const auto expected = outputs[2].as<float>();
  for (const std::size_t n : {std::size_t{0}, records.size() - 1}) {
    ASSERT_EQ(records[n].view.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      EXPECT_NEAR(records[n].view[i], expected[i], 1e-4f) << n << " " << i;
  }
  EXPECT_LT(decoder.parameters(), monitor.Parameters()) << "the encoder stays";
}

}  // namespace
}  // namespace vigil
