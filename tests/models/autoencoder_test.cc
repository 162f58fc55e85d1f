#include "estimator/models/autoencoder.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/reference/reference_backend.h"
#include "engine/session/session.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

Shape ShapeOf(const Graph& graph, std::string_view value) {
  const auto id = graph.Find(value);
  return id ? graph.value(*id).desc.shape : Shape{};
}

// Whitening that changes nothing.
ViewNormalisation Identity(const std::vector<Shape>& taps) {
  ViewNormalisation normalisation;
  for (const auto& group : ViewGroups(taps)) {
    std::vector<float>& matrix = normalisation.whitening.emplace_back(group.size() * group.size());
    for (std::size_t i = 0; i < group.size(); ++i) matrix[i * group.size() + i] = 1.0f;
    normalisation.mean.resize(normalisation.mean.size() + group.size());
  }
  return normalisation;
}

std::vector<std::string> OutputNames(const Graph& graph) {
  std::vector<std::string> names;
  for (const ValueId id : graph.outputs()) names.push_back(graph.value(id).name);
  return names;
}

TEST(Autoencoder, View_HoldsMeansAndDeviationsOfWholeWindows) {
  const Graph graph = BuildView({Shape{1, 1, 4, 4}});
  EXPECT_EQ(ShapeOf(graph, "view/raw"), (Shape{1, 2, 2, 2}));
  Tensor tap(TensorDesc{DType::kFloat32, Shape{1, 1, 4, 4}});
  // The first window holds 1, 3, 5, 7: mean 4, deviation sqrt(5).
  tap.as<float>()[0] = 1.0f;
  tap.as<float>()[1] = 3.0f;
  tap.as<float>()[4] = 5.0f;
  tap.as<float>()[5] = 7.0f;
  Session session(graph, MakeReferenceBackend(), {});
  const std::vector<Tensor> out = session.Run(std::span(&tap, 1));
  EXPECT_FLOAT_EQ(out[0].as<float>()[0], 4.0f);
  EXPECT_NEAR(out[0].as<float>()[4], std::sqrt(5.0f), 1e-6);
  EXPECT_EQ(out[0].as<float>()[1], 0.0f);
}

TEST(Autoencoder, ViewGroups_PairMeansWithDeviationsOfTheSameChannels) {
  const auto groups = ViewGroups({Shape{1, 2, 16, 16}, Shape{1, 64, 2, 2}});
  ASSERT_EQ(groups.size(), 3u);
  EXPECT_EQ(groups[0], (std::vector<std::int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(groups[1].front(), 4) << "a tap of 2x2 has means alone";
  EXPECT_EQ(groups[2].front(), 36);
  EXPECT_EQ(groups[2].size(), 32u);
  const auto two = ViewGroups({Shape{1, 64, 16, 16}});
  EXPECT_EQ(two[1].front(), 32);
  EXPECT_EQ(two[1][32], 96);
}

TEST(Autoencoder, View_IsWhitenedByTheMatrixLessTheMeans) {
  const std::vector<Shape> taps = {Shape{1, 2, 2, 2}};
  ViewNormalisation normalisation = Identity(taps);
  normalisation.mean = {1.0f, 2.0f};
  normalisation.whitening[0] = {2.0f, 0.5f, -1.0f, 3.0f};
  const AutoencoderOptions options{.taps = taps, .latent = 4, .channels = 8};
  const Graph graph =
      BuildAutoencoder(options, normalisation, BuildAutoencoderForTraining(options));
  Tensor tap(TensorDesc{DType::kFloat32, Shape{1, 2, 2, 2}});
  tap.as<float>()[0] = 4.0f;  // less its mean 3
  tap.as<float>()[4] = 7.0f;  // less its mean 5
  Session session(graph, MakeReferenceBackend(), {});
  const std::vector<Tensor> out = session.Run(std::span(&tap, 1));
  EXPECT_EQ(OutputNames(graph), (std::vector<std::string>{"latent", "view", "reconstruction"}));
  EXPECT_FLOAT_EQ(out[1].as<float>()[0], 2.0f * 3 + 0.5f * 5);
  EXPECT_FLOAT_EQ(out[1].as<float>()[4], -1.0f * 3 + 3.0f * 5);
}

TEST(Autoencoder, Kinds_HaveTheirOutputsInTrainingAndInUse) {
  AutoencoderOptions options{.taps = {Shape{1, 24, 28, 28}, Shape{1, 192, 14, 14}}, .classes = 2};
  const ViewNormalisation identity = Identity(options.taps);
  options.kind = AutoencoderKind::kVariational;
  Graph training = BuildAutoencoderForTraining(options);
  EXPECT_EQ(OutputNames(training), (std::vector<std::string>{"residual", "moments"}));
  EXPECT_EQ(ShapeOf(training, "view"), (Shape{1, 432, 2, 2}));
  EXPECT_EQ(ShapeOf(training, "residual"), (Shape{1, 432 * 4}));
  EXPECT_EQ(training.inputs().size(), 2u) << "view and noise";
  Graph use = BuildAutoencoder(options, identity, training);
  EXPECT_EQ(OutputNames(use),
            (std::vector<std::string>{"latent", "log_variance", "view", "reconstruction"}));
  EXPECT_FALSE(use.Find("noise")) << "in use it draws nothing";
  options.kind = AutoencoderKind::kJoint;
  training = BuildAutoencoderForTraining(options);
  EXPECT_EQ(OutputNames(training), (std::vector<std::string>{"residual", "classes"}));
  use = BuildAutoencoder(options, identity, training);
  EXPECT_EQ(OutputNames(use), (std::vector<std::string>{"latent", "classes"}));
  EXPECT_FALSE(use.Find("reconstruction")) << "its decoder is dropped";
}

TEST(Autoencoder, Use_HasTheWeightsThatWereTrained) {
  AutoencoderOptions options{.taps = {Shape{1, 4, 2, 2}}, .latent = 4, .channels = 8, .seed = 5};
  const Graph trained = BuildAutoencoderForTraining(options);
  options.seed = 6;
  const Graph use = BuildAutoencoder(options, Identity(options.taps), trained);
  for (const char* name :
       {"latent/kernel", "reconstruction/kernel", "decoder/double/conv/kernel"}) {
    const auto a = trained.value(*trained.Find(name)).constant->as<float>();
    const auto b = use.value(*use.Find(name)).constant->as<float>();
    EXPECT_TRUE(std::ranges::equal(a, b)) << name;
  }
}

TEST(Autoencoder, Size_IsSmallForBothTasks) {
  const AutoencoderOptions cifar{.kind = AutoencoderKind::kVariational,
                                 .taps = {Shape{1, 32, 32, 32}}};
  const AutoencoderOptions heads{.kind = AutoencoderKind::kVariational,
                                 .taps = {Shape{1, 24, 28, 28}, Shape{1, 192, 14, 14}}};
  for (const AutoencoderOptions& options : {cifar, heads}) {
    const Graph graph =
        BuildAutoencoder(options, Identity(options.taps), BuildAutoencoderForTraining(options));
    EXPECT_LT(graph.Parameters(), 160000) << "under 320 KB in 16-bit floats";
    EXPECT_LT(graph.Cost().macs, 6'000'000);
  }
}

TEST(Autoencoder, TapsOfDifferentEnds_AreRefusedWithTheirShapes) {
  try {
    BuildView({Shape{1, 8, 28, 28}, Shape{1, 8, 1, 1}});
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidShape);
    EXPECT_THAT(error.what(), HasSubstr("1x8x28x28, 1x8x1x1"));
  }
  EXPECT_THROW(BuildView({Shape{1, 8}}), Error);
  EXPECT_THROW(AutoencoderKindFromName("gan"), Error);
  EXPECT_EQ(AutoencoderKindFromName("vae"), AutoencoderKind::kVariational);
}

}  // namespace
}  // namespace vigil
