#include "estimator/taps/pooled_tap.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/graph/builder.h"
#include "estimator/taps/tap_plan.h"
#include "estimator/taps/target_runner.h"

namespace vigil {
namespace {

// A convolution that doubles one channel of 5 x 4, a Relu, and the mean as output.
Graph Doubling() {
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, Shape{1, 1, 5, 4}});
  const ValueId weights =
      builder.Constant("weights", Tensor(Shape{1, 1, 1, 1}, std::vector<float>{2.0f}));
  const ValueId y = builder.Add("doubled", ConvAttrs{}, {x, weights});
  const ValueId z = builder.Add("relu", UnaryAttrs{.kind = UnaryKind::kRelu}, {y});
  const ValueId mean = builder.Add("mean", GlobalPoolAttrs{}, {z});
  builder.Output(builder.Add("output", FlattenAttrs{.axis = 1}, {mean}));
  return std::move(builder).Build();
}

Tensor Counting() {
  Tensor image(TensorDesc{DType::kFloat32, Shape{1, 1, 5, 4}});
  for (std::size_t i = 0; i < 20; ++i) image.as<float>()[i] = static_cast<float>(i);
  return image;
}

// Rows 0 to 4 of 0..3, 4..7, ... doubled; the last row of blocks has one row of the image.
TEST(TappedTarget, PooledTap_IsTheMeanOfBlocks_AndOfWhatIsThereAtTheEdge) {
  const std::array<std::string, 1> taps{"relu/pool2"};
  const Graph graph = TappedTarget(Doubling(), taps);
  ASSERT_EQ(graph.taps().size(), 1u);
  EXPECT_EQ(graph.value(graph.taps()[0]).desc.shape, (Shape{1, 1, 3, 2}));
  TargetRunner runner(graph, MakeCpuBackend(), Encoding::kFloat32, 1);
  const std::vector<Tensor> decoded = runner.Decode(runner.Run(Counting()).slot);
  const std::array<float, 6> expected{5, 9, 21, 25, 33, 37};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_FLOAT_EQ(decoded[0].as<float>()[i], expected[i]) << i;
}

TEST(TappedTarget, OutputWithAPooledTap_IsTheSameToTheBit) {
  const std::array<std::string, 2> taps{"relu", "relu/pool2"};
  TargetRunner with(TappedTarget(Doubling(), taps), MakeCpuBackend(), Encoding::kInt8, 1);
  TargetRunner without(Doubling(), MakeCpuBackend(), Encoding::kInt8, 1);
  EXPECT_EQ(with.Run(Counting()).output.as<float>()[0],
            without.Run(Counting()).output.as<float>()[0]);
}

TEST(TappedTarget, Refusals_NameTheTap) {
  const auto message = [](const std::string& tap) -> std::string {
    try {
      TappedTarget(Doubling(), std::array{tap});
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_NE(message("relu/pool1").find("'relu/pool1' is no value"), std::string::npos);
  EXPECT_NE(message("relu/pool17").find("is no value"), std::string::npos);
  EXPECT_NE(message("relu/pool2x").find("is no value"), std::string::npos);
  EXPECT_NE(message("rely/pool2").find("'rely/pool2' is no value"), std::string::npos);
  EXPECT_NE(message("output/pool2").find("expected float32 [N, C, H, W]"), std::string::npos);
}

TEST(TappedTarget, PooledImage_IsStillAnImage) {
  const std::array<std::string, 1> taps{"image/pool2"};
  const Graph graph = TappedTarget(Doubling(), taps);
  EXPECT_THROW(PlanTaps(graph, {}), Error);
  EXPECT_EQ(PlanTaps(graph, {}, ImageTaps::kAllowed).taps.size(), 1u);
}

// Table 5 of the paper has T's input as a tap.
TEST(TargetRunner, TapOfTheInput_IsTheInput) {
  const std::array<std::string, 1> taps{"image"};
  TargetRunner runner(TappedTarget(Doubling(), taps), MakeCpuBackend(), Encoding::kFloat32, 1);
  const std::vector<Tensor> decoded = runner.Decode(runner.Run(Counting()).slot);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(decoded[0].as<float>()[i], static_cast<float>(i));
}

}  // namespace
}  // namespace vigil
