#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "estimator/models/cifar17.h"
#include "estimator/models/estimator.h"
#include "estimator/models/face_detector.h"
#include "estimator/models/mobilenet_v2.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

Shape ShapeOf(const Graph& graph, std::string_view value) {
  const auto id = graph.Find(value);
  return id ? graph.value(*id).desc.shape : Shape{};
}

std::vector<float> ConstantOf(const Graph& graph, std::string_view name) {
  const auto values = graph.value(*graph.Find(name)).constant->as<float>();
  return {values.begin(), values.end()};
}

double Millions(std::int64_t count) { return static_cast<double>(count) / 1e6; }

// 592,554: 896 + 9,248 + 18,496 + 36,928 of the convolutions, 524,416 + 1,290 of the dense layers,
// 4 * (32 + 32 + 64 + 64 + 128) of the batch norms.
TEST(Cifar17, Parameters_AreThoseOfTheSeventeenLayers) {
  EXPECT_EQ(BuildCifar17(1).Parameters(), 592554);
}

TEST(Cifar17, Values_HaveKerasNamesAndShapes) {
  const Graph graph = BuildCifar17(1);
  EXPECT_EQ(ShapeOf(graph, kCifar17FirstLayer), (Shape{1, 32, 32, 32}));
  EXPECT_EQ(ShapeOf(graph, "max_pooling2d"), (Shape{1, 32, 16, 16}));
  EXPECT_EQ(ShapeOf(graph, "dropout_1"), (Shape{1, 64, 8, 8}));
  EXPECT_EQ(ShapeOf(graph, "flatten"), (Shape{1, 4096}));
  EXPECT_EQ(ShapeOf(graph, "dense_1"), (Shape{1, 10}));
  for (const char* name : {"conv2d_3", "batch_normalization_4", "dense", "dropout_2"}) {
    EXPECT_TRUE(graph.Find(name)) << name;
  }
}

TEST(Cifar17, Weights_FollowFromTheSeedAlone) {
  const std::vector<float> weights = ConstantOf(BuildCifar17(3), "conv2d_1/kernel");
  EXPECT_EQ(weights, ConstantOf(BuildCifar17(3), "conv2d_1/kernel"));
  EXPECT_NE(weights, ConstantOf(BuildCifar17(4), "conv2d_1/kernel"));
}

TEST(Cifar17, Weights_AreHeNormal) {
  const std::vector<float> weights = ConstantOf(BuildCifar17(5), "dense/kernel");
  double sum = 0.0, squares = 0.0, fourth = 0.0;
  for (const double w : weights) {
    sum += w;
    squares += w * w;
    fourth += w * w * w * w;
  }
  const double n = static_cast<double>(weights.size());
  const double variance = squares / n;
  // Standard errors over 524,288 draws: 0.0014 deviations of the mean, 0.2 % of the variance, 0.007
  // of the kurtosis.
  EXPECT_NEAR(sum / n / std::sqrt(variance), 0.0, 0.007);
  EXPECT_NEAR(variance * 4096.0 / 2.0, 1.0, 0.01);
  EXPECT_NEAR(fourth / n / (variance * variance), 3.0, 0.035);
}

// The counts that Keras prints for its MobileNetV2 with 1,000 classes and alpha 1, 0.5 and 1.4.
TEST(MobileNetV2, Parameters_AreKerasOwn) {
  EXPECT_EQ(BuildMobileNetV2({.outputs = 1000}).Parameters(), 3538984);
  EXPECT_EQ(BuildMobileNetV2({.width = 0.5, .outputs = 1000}).Parameters(), 1987224);
  EXPECT_EQ(BuildMobileNetV2({.width = 1.4, .outputs = 1000}).Parameters(), 6156712);
}

// The paper gives 300 M multiply-adds.
TEST(MobileNetV2, Macs_AreThoseOfThePaper) {
  EXPECT_NEAR(Millions(BuildMobileNetV2({.outputs = 1000}).Cost().macs), 300.8, 0.5);
}

TEST(MobileNetV2, Taps_HaveKerasNamesAndThePapersShapes) {
  const Graph graph = BuildMobileNetV2({});
  EXPECT_EQ(ShapeOf(graph, kMobileNetTap17), (Shape{1, 24, 56, 56}));
  EXPECT_EQ(ShapeOf(graph, kMobileNetTap57), (Shape{1, 192, 28, 28}));
  EXPECT_EQ(ShapeOf(graph, kMobileNetTap119), (Shape{1, 576, 14, 14}));
  EXPECT_EQ(ShapeOf(graph, kMobileNetTapTable2), (Shape{1, 96, 112, 112}));
  EXPECT_EQ(ShapeOf(graph, "predictions"), (Shape{1, 3}));
  for (const char* name : {"Conv1_relu", "bn_Conv1", "expanded_conv_project_BN", "block_2_add",
                           "block_16_project_BN", "out_relu", "global_average_pooling2d"}) {
    EXPECT_TRUE(graph.Find(name)) << name;
  }
}

TEST(MobileNetV2, Build_WithTooSmallASide_NamesIt) {
  try {
    BuildMobileNetV2({.side = 16});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kModel);
    EXPECT_THAT(error.what(), HasSubstr("side 16"));
  }
}

// Multiply-adds in millions, counted by hand: kernel * in * out * places.
constexpr double kPlaces56 = 3136e-6, kPlaces28 = 784e-6, kPlaces14 = 196e-6, kPlaces7 = 49e-6,
                 kPlaces4 = 16e-6;
constexpr double kBlock64 = 2 * 9.0 * 64 * 64, kShortcut64 = 64 * 64;
constexpr double kPairOf256 = 4 * 9.0 * 256 * 256 + 256 * 256;
constexpr double kPairTo512 = 9.0 * 256 * 512 + 3 * 9.0 * 512 * 512 + 256 * 512;
constexpr double kBlocks512 = 4 * 9.0 * 512 * 512, kShortcut512 = 512 * 512;
constexpr double kPred = (9.0 * 512 * 128 * 4 + 131 * 6) * 1e-6;
constexpr double kFrom28 = 9.0 * 256 * 256 * kPlaces28 + kPairOf256 * kPlaces14 +
                           kPairTo512 * kPlaces7 + (kBlocks512 + kShortcut512) * kPlaces4 + kPred;
// The last pair is at 4 x 4 already and does not halve: no shortcut convolution.
constexpr double kFrom14 = 9.0 * 640 * 256 * kPlaces14 + kPairOf256 * kPlaces7 +
                           kPairTo512 * kPlaces4 + kBlocks512 * kPlaces4 + kPred;

struct Pair {
  Shape a, b;
  double million_macs = 0;
};

class EstimatorPairs : public ::testing::TestWithParam<Pair> {};

TEST_P(EstimatorPairs, Build_HasTheShapesOfTable2AndTheMacsCountedByHand) {
  const Graph graph = BuildEstimator({.tap_a = GetParam().a, .tap_b = GetParam().b});
  EXPECT_NEAR(Millions(graph.Cost().macs), GetParam().million_macs, 0.01);
  EXPECT_EQ(ShapeOf(graph, "feature_a/block2"), GetParam().b.With(1, 64));
  EXPECT_EQ(ShapeOf(graph, "feature_b/stem_relu"), GetParam().b.With(1, 256));
  EXPECT_EQ(ShapeOf(graph, "feature_b/block6"), (Shape{1, 512, 4, 4}));
  EXPECT_EQ(ShapeOf(graph, "pred/conv"), (Shape{1, 128, 2, 2}));
  EXPECT_EQ(ShapeOf(graph, "pred/concat"), (Shape{1, 131}));
  EXPECT_EQ(ShapeOf(graph, "logits"), (Shape{1, 6}));
}

INSTANTIATE_TEST_SUITE_P(Table5, EstimatorPairs,
                         ::testing::Values(
                             // The image: stem to 112, first block to 56, second to 28.
                             Pair{{1, 3, 224, 224},
                                  {1, 192, 28, 28},
                                  49.0 * 3 * 64 * 12544e-6 + (kBlock64 + kShortcut64) * kPlaces56 +
                                      (kBlock64 + kShortcut64) * kPlaces28 + kFrom28},
                             // Layers 17 and 57: the stem alone halves.
                             Pair{{1, 24, 56, 56},
                                  {1, 192, 28, 28},
                                  49.0 * 24 * 64 * kPlaces28 + 2 * kBlock64* kPlaces28 + kFrom28},
                             // Layers 57 and 119.
                             Pair{{1, 192, 28, 28},
                                  {1, 576, 14, 14},
                                  49.0 * 192 * 64 * kPlaces14 + 2 * kBlock64* kPlaces14 + kFrom14},
                             // Table 2's 112x112 tap: stem and first block halve.
                             Pair{{1, 96, 112, 112},
                                  {1, 192, 28, 28},
                                  49.0 * 96 * 64 * kPlaces56 +
                                      (2 * kBlock64 + kShortcut64) * kPlaces28 + kFrom28}));

// Table 2 says "similar to ResNet-18", which has 1.8 GMAC.
TEST(Estimator, Size_OfThePapersPair_IsWhatTable2AddsUpTo) {
  const Graph graph = BuildEstimator({});
  EXPECT_NEAR(Millions(graph.Cost().macs), 1680.8, 0.1);
  EXPECT_NEAR(Millions(graph.Parameters()), 21.94, 0.01);
}

TEST(Estimator, Width_ScalesEveryChannelCount) {
  const Graph quarter = BuildEstimator({.width = 0.25});
  EXPECT_EQ(ShapeOf(quarter, "feature_a/block2"), (Shape{1, 16, 28, 28}));
  EXPECT_EQ(ShapeOf(quarter, "feature_b/block6"), (Shape{1, 128, 4, 4}));
  EXPECT_EQ(ShapeOf(quarter, "pred/concat"), (Shape{1, 35}));
}

TEST(Estimator, Build_AtASmallerTargetInput_EndsAtThreeByThree) {
  const Graph graph = BuildEstimator({.tap_a = {1, 24, 24, 24}, .tap_b = {1, 192, 12, 12}});
  EXPECT_EQ(ShapeOf(graph, "feature_b/block6"), (Shape{1, 512, 3, 3}));
}

class EstimatorRefusals : public ::testing::TestWithParam<Pair> {};

TEST_P(EstimatorRefusals, Build_NamesBothShapes) {
  try {
    BuildEstimator({.tap_a = GetParam().a, .tap_b = GetParam().b});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kModel);
    EXPECT_EQ(error.code(), ErrorCode::kInvalidShape);
    EXPECT_THAT(error.what(), HasSubstr(GetParam().a.ToString()));
    EXPECT_THAT(error.what(), HasSubstr(GetParam().b.ToString()));
  }
}

INSTANTIATE_TEST_SUITE_P(Pairs, EstimatorRefusals,
                         ::testing::Values(Pair{{1, 24, 26, 28}, {1, 192, 28, 28}},   // not square
                                           Pair{{1, 3, 448, 448}, {1, 192, 28, 28}},  // 16 times
                                           Pair{{1, 8, 14, 14}, {1, 8, 28, 28}},      // wrong order
                                           Pair{{1, 8, 56, 56}, {1, 8, 56, 56}},      // ends at 7x7
                                           Pair{{1, 8, 4, 4}, {1, 8, 2, 2}},          // ends at 2x2
                                           Pair{{1, 128}, {1, 8, 4, 4}}));            // a vector

TEST(CifarEstimator, Build_HasFiveClassifiersOverTapAndOutput) {
  const Graph graph = BuildCifarEstimator({.confidence_features = false});
  EXPECT_EQ(ShapeOf(graph, "pair1/block2"), (Shape{1, 64, 16, 16}));
  EXPECT_EQ(ShapeOf(graph, "pair3/block2"), (Shape{1, 256, 4, 4}));
  EXPECT_EQ(ShapeOf(graph, "pred/concat"), (Shape{1, 266}));
  EXPECT_EQ(ShapeOf(graph, "logits"), (Shape{1, 5}));
}

TEST(Estimators, AuxiliaryAnswer_IsASecondOutputThatCanBeDropped) {
  const Graph graph = BuildCifarEstimator({.width = 0.1, .auxiliary_classes = true});
  ASSERT_EQ(graph.outputs().size(), 2u);
  EXPECT_EQ(graph.value(graph.outputs()[1]).name, "auxiliary");
  EXPECT_EQ(ShapeOf(graph, "auxiliary"), (Shape{1, 10}));
  const std::vector<std::string> logits{"logits"};
  EXPECT_EQ(graph.WithOutputs(logits).outputs().size(), 1u);
  EXPECT_EQ(ShapeOf(BuildEstimator({.width = 0.1, .auxiliary_outputs = 3}), "auxiliary"),
            (Shape{1, 3}));
}

TEST(CifarEstimator, Build_OfATapTooSmall_NamesIt) {
  try {
    BuildCifarEstimator({.tap = {1, 32, 3, 8}});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidShape);
    EXPECT_THAT(error.what(), HasSubstr("1x32x3x8"));
  }
}

TEST(Estimators, WithBatch_ScalesEveryValue) {
  EXPECT_EQ(ShapeOf(BuildEstimator({.hidden = 16}).WithBatch(5), "logits"), (Shape{5, 6}));
  EXPECT_EQ(ShapeOf(BuildCifarEstimator({.hidden = 16}).WithBatch(5), "logits"), (Shape{5, 5}));
  EXPECT_EQ(ShapeOf(BuildMobileNetV2({}).WithBatch(5), "predictions"), (Shape{5, 3}));
  EXPECT_EQ(ShapeOf(BuildCifar17(1).WithBatch(5), "dense_1"), (Shape{5, 10}));
}

TEST(FaceDetector, Grid_HasACellForEverySixteenPixels) {
  const Graph graph = BuildFaceDetector({.height = 96, .width = 128});
  EXPECT_EQ(ShapeOf(graph, "faces"), (Shape{1, kFaceChannels, 6, 8}));
  EXPECT_EQ(ShapeOf(graph, "detect_4"), (Shape{1, 64, 12, 16}));
  EXPECT_THROW(BuildFaceDetector({.height = 100, .width = 128}), Error);
  EXPECT_THROW(BuildFaceDetector({.height = 0, .width = 128}), Error);
}

}  // namespace
}  // namespace vigil
