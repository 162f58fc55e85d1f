// An autoencoder trained end to end in small: what T learned from is known to it, what is broken is
// not.
#include <array>
#include <cmath>
#include <filesystem>
#include <memory>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/base/half.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/session/session.h"
#include "estimator/monitor/outliers/outlier_fit.h"
#include "estimator/monitor/outliers/outlier_network.h"
#include "estimator/training/recipes.h"
#include "estimator/training/view_source.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

const std::vector<Shape> kTaps = {Shape{1, 8, 2, 2}};
constexpr std::int64_t kBatch = 32;

// Maps of eight channels made of two patterns; strange ones do not go together as known ones do.
Tensor Taps(std::int64_t count, bool strange, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  Tensor taps(TensorDesc{DType::kFloat32, Shape{count, 8, 2, 2}});
  auto out = taps.as<float>().begin();
  for (std::int64_t n = 0; n < count; ++n) {
    const float a = normal(engine), b = normal(engine);
    for (int c = 0; c < 8; ++c) {
      const float own = normal(engine);
      for (int p = 0; p < 4; ++p) {
        const float wave = std::sin(0.3f * static_cast<float>(p + c));
        const float pattern = c % 2 ? a * wave + b : b * wave - a;
        *out++ = (strange ? 0.7f * own + pattern : pattern) + 0.1f * normal(engine);
      }
    }
  }
  return taps;
}

MonitorLesson LessonOf(std::int64_t count) {
  const Tensor taps = Taps(count, false, 1);
  auto views = std::make_shared<Views>(Views{kTaps[0], {}, {}});
  for (const float value : taps.as<float>()) views->values.push_back(FloatToHalf(value));
  for (std::int64_t i = 0; i < count; ++i) views->decisions.push_back(static_cast<int>(i % 2));
  return {.views = views, .taps = {"first"}, .shapes = kTaps, .words = "patterns"};
}

RecipeOptions Quick(int epochs) {
  RecipeOptions options;
  options.task = DirectnessTask();
  options.epochs = epochs;
  options.threads = 1;
  return options;
}

// The network's outputs on whole batches of taps.
void ForEachRow(OutlierNetwork& network, Tensor& taps,
                const std::function<void(const OutlierOutputs&)>& use) {
  const auto batch = static_cast<std::size_t>(network.batch());
  const TensorDesc desc{DType::kFloat32, kTaps[0].With(0, network.batch())};
  for (std::size_t first = 0; first + batch <= static_cast<std::size_t>(taps.shape()[0]);
       first += batch) {
    const ConstTensorView rows{desc, taps.bytes().data() + first / batch * desc.bytes()};
    network.Run(std::span(&rows, 1));
    for (std::size_t row = 0; row < batch; ++row) use(network.Row(static_cast<std::int64_t>(row)));
  }
}

class MonitorTraining : public ::testing::TestWithParam<AutoencoderKind> {};

TEST_P(MonitorTraining, TellsBrokenPatternsFromKnownOnes) {
  const TrainedModel model = TrainMonitor(Quick(8), GetParam(), LessonOf(640), {});
  EXPECT_LT(model.curves[0].curve.back().loss, model.curves[0].curve.front().loss);
  EXPECT_NE(model.card.recipe.find("8 epochs"), std::string::npos) << model.card.recipe;
  OutlierNetwork network(Session(model.graph, MakeCpuBackend(), {}), kBatch);
  OutlierFit fit({.task = "directness", .kind = GetParam(), .taps = model.taps});
  Tensor known = Taps(1280, false, 2), other = Taps(320, false, 3), strange = Taps(320, true, 4);
  int label = 0;
  ForEachRow(network, known, [&](const OutlierOutputs& out) { fit.Add(out, ++label % 2); });
  fit.EndFirstRound(GetParam() == AutoencoderKind::kJoint ? 0 : 8);
  ForEachRow(network, known, [&](const OutlierOutputs& out) { fit.AddAgain(out); });
  const OutlierMetric metric =
      GetParam() == AutoencoderKind::kJoint ? OutlierMetric::kLatent : OutlierMetric::kSquared;
  const OutlierScorer scorer(
      ReadOutlierMetadata(WriteOutlierMetadata(model.graph, fit.Finish(metric))));
  std::vector<Ranked> ranked;
  double shares = 0.0;
  ForEachRow(network, other, [&](const OutlierOutputs& out) {
    ranked.push_back({-scorer.Score(metric, out), true});
    shares += scorer.Share(metric, -ranked.back().score) / 320.0;
  });
  ForEachRow(network, strange, [&](const OutlierOutputs& out) {
    ranked.push_back({-scorer.Score(metric, out), false});
  });
  EXPECT_GT(Auroc(ranked), 0.9);
  EXPECT_NEAR(shares, 0.5, 0.1) << "records like the known ones lie among them";
}

INSTANTIATE_TEST_SUITE_P(Kinds, MonitorTraining,
                         ::testing::Values(AutoencoderKind::kPlain, AutoencoderKind::kVariational,
                                           AutoencoderKind::kJoint));

TEST(MonitorTrainingRuns, Resumed_EndsAsUninterrupted) {
  const MonitorLesson lesson = LessonOf(128);
  const auto latent = [](const TrainedModel& model) {
    const auto values = model.graph.value(*model.graph.Find("latent/kernel")).constant->as<float>();
    return std::vector<float>(values.begin(), values.end());
  };
  const TrainedModel whole = TrainMonitor(Quick(3), AutoencoderKind::kVariational, lesson, {});
  RecipeOptions options = Quick(3);
  options.checkpoint = std::filesystem::path(::testing::TempDir()) /
                       ("vigil_monitor." + std::to_string(getpid()) + ".checkpoint");
  std::filesystem::remove(options.checkpoint);
  TrainingCallbacks interrupt;
  interrupt.on_epoch = [](const EpochReport& report) {
    if (report.epoch == 1) throw std::runtime_error("interrupted");
  };
  EXPECT_THROW(TrainMonitor(options, AutoencoderKind::kVariational, lesson, interrupt),
               std::runtime_error);
  const TrainedModel resumed = TrainMonitor(options, AutoencoderKind::kVariational, lesson, {});
  std::filesystem::remove(options.checkpoint);
  EXPECT_EQ(latent(resumed), latent(whole));
}

TEST(MonitorTrainingRuns, DivergingLoss_IsATrainingFault) {
  RecipeOptions options = Quick(2);
  options.learning_rate = 1e30f;
  try {
    TrainMonitor(options, AutoencoderKind::kPlain, LessonOf(256), {});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kTraining));
    EXPECT_EQ(CodeName(error.code()), CodeName(ErrorCode::kDiverged));
  }
}

TEST(ViewSource, Whitening_MakesChannelsUncorrelatedAndOfDeviationOne) {
  const MonitorLesson lesson = LessonOf(256);
  const ViewNormalisation normalisation = NormalisationOfViews(*lesson.views, kTaps);
  // Of eight channels two patterns and noise; what is enlarged tenfold at most stays below 1.
  const Views white = Whitened(*lesson.views, kTaps, normalisation);
  std::vector<double> products(64);
  for (std::int64_t n = 0; n < white.size(); ++n) {
    for (std::size_t p = 0; p < 4; ++p) {
      for (std::size_t i = 0; i < 8; ++i) {
        const auto at = [&](std::size_t c) {
          return HalfToFloat(white.values[static_cast<std::size_t>(n) * 32 + c * 4 + p]);
        };
        for (std::size_t j = 0; j < 8; ++j) products[i * 8 + j] += at(i) * at(j) / (256.0 * 4.0);
      }
    }
  }
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_LE(products[i * 8 + i], 1.02);
    EXPECT_GE(products[i * 8 + i], 0.5);
  }
}

}  // namespace
}  // namespace vigil
