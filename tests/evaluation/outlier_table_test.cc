// The table of outlier scores on models that take no training: a random autoencoder tells noise
// from smooth pictures well enough to see that the figures are put together rightly.
#include "estimator/evaluation/outlier_table.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "estimator/data/random.h"
#include "estimator/evaluation/monitor_runner.h"
#include "estimator/models/autoencoder.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

constexpr int kSide = 16;

// Slopes of grey, or noise.
class Pictures final : public Dataset {
 public:
  Pictures(std::uint64_t seed, std::int64_t count, bool noise)
      : seed_(seed), count_(count), noise_(noise) {}
  std::string name() const override { return noise_ ? "noise" : "slopes"; }
  std::int64_t size() const override { return count_; }
  Sample Get(std::int64_t index) const override {
    Random random{seed_, static_cast<std::uint64_t>(index)};
    Sample sample;
    sample.truth.label = random.Below(10);
    sample.group = static_cast<int>(index);
    sample.image = Image::Make(kSide, kSide);
    sample.box = {kSide / 2.0f, kSide / 2.0f, kSide};
    const double level = random.Uniform(60, 160), slope = random.Uniform(-3, 3);
    for (int i = 0; i < kSide * kSide * 3; ++i) {
      const double smooth = level + slope * (i / 3 % kSide);
      const double value = noise_ ? random.Uniform(0, 255) : smooth + random.Uniform(-4, 4);
      sample.image.rgb[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(value);
    }
    return sample;
  }

 private:
  std::uint64_t seed_;
  std::int64_t count_;
  bool noise_;
};

JudgedModels SmallModels() {
  LayerBuilder target(3, 1e-5f);
  ValueId x = target.Input("image", Shape{1, 3, kSide, kSide});
  x = target.Relu("first", target.Conv("first/conv", x, {.filters = 4, .bias = true}));
  target.graph().Output(target.Dense("logits", target.AverageToVector("mean", x), 10));
  LayerBuilder estimator(4, 1e-5f);
  const ValueId tap = estimator.Input("feature", Shape{1, 4, kSide, kSide});
  const ValueId output = estimator.Input("target_output", Shape{1, 10});
  const ValueId both = estimator.graph().Add("both", ConcatAttrs{.axis = 1},
                                             {estimator.AverageToVector("mean", tap), output});
  estimator.graph().Output(estimator.Dense("logits", both, 5));
  const Task task = CifarTask();
  return {.target_path = "",
          .estimator_path = "",
          .target = std::move(target.graph()).Build().WithTaps(std::array<std::string, 1>{"first"}),
          .estimator = std::move(estimator.graph()).Build(),
          .metadata = {.task = task.name, .taps = {"first"}, .causes = task.causes},
          .task = task,
          .normalisation = {},
          .side = kSide};
}

Graph FittedMonitor(const JudgedModels& models, const std::shared_ptr<Backend>& backend) {
  const AutoencoderOptions options{.taps = {Shape{1, 4, kSide, kSide}}, .latent = 6, .channels = 8};
  ViewNormalisation identity{.mean = std::vector<float>(8), .whitening = {std::vector<float>(64)}};
  for (std::size_t i = 0; i < 8; ++i) identity.whitening[0][i * 9] = 1.0f;
  const Graph graph = BuildAutoencoder(options, identity, BuildAutoencoderForTraining(options));
  TargetRunner runner(models.target, backend, Encoding::kInt8, 16);
  const TappedSet known(Pictures(1, 120, false), runner, models.normalisation);
  const OutlierMetadata stub{.task = models.task.name, .taps = models.metadata.taps};
  return WriteOutlierMetadata(
      graph, FitMonitor(graph, stub, OutlierMetric::kLatent, models.task, known, backend));
}

class OutlierTableTest : public ::testing::Test {
 protected:
  OutlierTable Make(std::uint64_t seed = 1) {
    const JudgedModels models = SmallModels();
    const std::shared_ptr<Backend> backend = MakeCpuBackend();
    const std::array monitors = {FittedMonitor(models, backend)};
    const EvaluationData data{.kind = "slopes",
                              .cluster = "image",
                              .test = std::make_shared<Pictures>(2, 60, false),
                              .windows = nullptr,
                              .calibration = nullptr,
                              .training = std::make_shared<Pictures>(1, 120, false),
                              .lossless = nullptr};
    OutlierTableOptions options{.draws = 20, .seed = seed};
    options.others.push_back(
        {OutlierGroup::kOtherData, "noise", std::make_shared<Pictures>(3, 30, true), false});
    options.attacks = [](const std::shared_ptr<const Dataset>& crops) {
      return std::vector<OutlierCase>{{OutlierGroup::kAdversarial, "the same again", crops, true}};
    };
    return MakeOutlierTable(models, monitors, backend, data, options);
  }
};

TEST_F(OutlierTableTest, Cases_AreEveryCauseAtBothSeveritiesAndTheOthers) {
  const OutlierTable table = Make();
  ASSERT_EQ(table.cases.size(), 2u * 3u + 3u + 2u);
  EXPECT_EQ(table.cases[0].name, "localization");
  EXPECT_EQ(table.cases[6].name, "Gaussian noise");
  EXPECT_EQ(table.scores.size(), MetricsOf(AutoencoderKind::kPlain).size() + 5u);
  EXPECT_EQ(table.failures.size(), 3u);
  EXPECT_EQ(table.means[0].groups.size(), 5u);
  for (const OutlierCaseRow& row : table.cases) {
    ASSERT_EQ(row.figures.size(), table.scores.size());
    for (const OutlierFigures& figures : row.figures) {
      EXPECT_GE(figures.auroc.value, figures.auroc.low - 0.1);
      EXPECT_LE(figures.auroc.low, figures.auroc.high);
    }
  }
}

TEST_F(OutlierTableTest, SetsThatAreTheSame_CannotBeTold) {
  const OutlierTable table = Make();
  for (const OutlierFigures& figures : table.cases.back().figures) {
    EXPECT_DOUBLE_EQ(figures.auroc.value, 0.5);
    EXPECT_DOUBLE_EQ(figures.auroc.low, 0.5) << "images are drawn with their own untouched ones";
  }
}

TEST_F(OutlierTableTest, Noise_IsFarFromSlopesForLatentAndRivals) {
  const OutlierTable table = Make();
  const OutlierCaseRow& noise = table.cases[9];
  ASSERT_EQ(noise.name, "noise");
  for (std::size_t s = 0; s < table.scores.size(); ++s) {
    const std::string& metric = table.scores[s].metric;
    const bool far =
        metric == "latent" || metric == "mse" || metric == "Mahalanobis" || metric == "ViM";
    EXPECT_GT(noise.figures[s].auroc.value, far ? 0.95 : 0.0) << metric;
  }
  const std::string& best = table.scores[table.best].model;
  EXPECT_EQ(best, "ae");
  EXPECT_EQ(table.scores[table.best_rival].model, "rival") << "PE learned causes: no rival";
  for (std::size_t s = 0; s < table.scores.size(); ++s) {
    if (table.scores[s].model != "ae") continue;
    EXPECT_LE(table.means[s].all.value, table.means[table.best].all.value);
  }
}

TEST_F(OutlierTableTest, Figures_DependOnTheSeedAlone) {
  const OutlierTable one = Make(), again = Make();
  for (std::size_t s = 0; s < one.scores.size(); ++s) {
    EXPECT_EQ(one.means[s].all.value, again.means[s].all.value);
    EXPECT_EQ(one.means[s].all.low, again.means[s].all.low);
  }
}

}  // namespace
}  // namespace vigil
