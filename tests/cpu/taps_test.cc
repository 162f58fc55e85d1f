// Contract 2 of the design: a run that keeps its taps gives the same bits as one that does not, and
// the taps are what the reference says.
#include <cmath>
#include <cstring>
#include <random>

#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/graph/builder.h"
#include "engine/reference/reference_backend.h"

namespace vigil {
namespace {

Tensor Random(const Shape& shape, std::uint32_t seed) {
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0f, 0.3f);
  for (float& x : tensor.as<float>()) x = normal(generator);
  return tensor;
}

// A residual block as MobileNetV2 has it, with an odd number of channels and a head, whose every
// fusible value has a name: "conv", "sum", "relu", "depthwise", "clip", "pooled", "logits".
Graph Block(std::span<const std::string> taps) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 13, 9, 7}});
  const ValueId weights = builder.Constant("w", Random({13, 13, 3, 3}, 1));
  const ValueId bias = builder.Constant("b", Random({13}, 2));
  const ValueId conv =
      builder.Add("conv", ConvAttrs{.kernel = {3, 3}, .pads = {1, 1, 1, 1}, .has_bias = true},
                  {x, weights, bias});
  const ValueId sum = builder.Add("sum", BinaryAttrs{BinaryKind::kAdd, {}}, {conv, x});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {sum});
  const ValueId depthwise = builder.Add(
      "depthwise",
      ConvAttrs{.kernel = {3, 3}, .strides = {2, 2}, .pads = {0, 1, 1, 0}, .groups = 13},
      {relu, builder.Constant("dw", Random({13, 1, 3, 3}, 3))});
  const ValueId clip = builder.Add("clip", UnaryAttrs{UnaryKind::kClip, 0.0f, 0.25f}, {depthwise});
  const ValueId pooled = builder.Add("pooled", GlobalPoolAttrs{}, {clip});
  const ValueId flat = builder.Add("flat", FlattenAttrs{1}, {pooled});
  const ValueId logits = builder.Add(
      "logits", GemmAttrs{.has_bias = true},
      {flat, builder.Constant("g", Random({13, 5}, 4)), builder.Constant("c", Random({5}, 5))});
  builder.Output(logits);
  return std::move(builder).Build().WithTaps(taps);
}

struct Result {
  std::vector<float> output;
  std::vector<std::byte> taps;
};

Result RunOn(Backend& backend, const Graph& graph, bool keep, std::int64_t batch,
             std::vector<Encoding> encodings = {}) {
  const auto executable =
      backend.Compile(graph, {.batch = batch, .tap_encodings = std::move(encodings)});
  const Tensor input = Random({batch, 13, 9, 7}, 6);
  Tensor output(TensorDesc{DType::kFloat32, {batch, 5}});
  Result result;
  if (keep) result.taps.resize(executable->info().tap_slot_bytes);
  executable->Run(std::array{input.view()}, std::array{output.view()}, result.taps);
  result.output.assign(output.as<float>().begin(), output.as<float>().end());
  return result;
}

const std::vector<std::string> kEveryValue{"x",    "conv",   "sum",  "relu",  "depthwise",
                                           "clip", "pooled", "flat", "logits"};

class CpuTaps : public ::testing::TestWithParam<std::int64_t> {
 protected:
  std::shared_ptr<Backend> cpu_ = MakeCpuBackend();
  std::shared_ptr<Backend> reference_ = MakeReferenceBackend();
};

TEST_P(CpuTaps, Output_WithTapsKeptSkippedOrAbsent_IsBitIdentical) {
  const Result plain = RunOn(*cpu_, Block({}), false, GetParam());
  const Result skipped = RunOn(*cpu_, Block(kEveryValue), false, GetParam());
  const Result kept = RunOn(*cpu_, Block(kEveryValue), true, GetParam());
  EXPECT_EQ(0, std::memcmp(plain.output.data(), skipped.output.data(), plain.output.size() * 4));
  EXPECT_EQ(0, std::memcmp(plain.output.data(), kept.output.data(), plain.output.size() * 4));
}

TEST_P(CpuTaps, EveryValue_EqualsReference) {
  const Result got = RunOn(*cpu_, Block(kEveryValue), true, GetParam());
  const Result expected = RunOn(*reference_, Block(kEveryValue), true, GetParam());
  ASSERT_EQ(got.taps.size(), expected.taps.size());
  const auto* a = reinterpret_cast<const float*>(got.taps.data());
  const auto* b = reinterpret_cast<const float*>(expected.taps.data());
  // Values are below 10 and no sum here has more than 117 terms of them: 4 * 2^-24 * 117 * ~1.
  for (std::size_t i = 0; i < got.taps.size() / 4; ++i) ASSERT_NEAR(a[i], b[i], 3e-5) << i;
}

TEST_P(CpuTaps, Encodings_AreThoseOfTheHost) {
  const std::vector<std::string> names{"sum", "clip", "conv"};
  const Result raw = RunOn(*cpu_, Block(names), true, GetParam());
  const Result encoded = RunOn(*cpu_, Block(names), true, GetParam(),
                               {Encoding::kFloat16, Encoding::kInt8, Encoding::kFloat32});
  const Shape large{GetParam(), 13, 9, 7}, small{GetParam(), 13, 4, 3};
  const std::size_t sizes[] = {EncodedSampleBytes(large, Encoding::kFloat16),
                               EncodedSampleBytes(small, Encoding::kInt8),
                               EncodedSampleBytes(large, Encoding::kFloat32)};
  const Shape shapes[] = {large, small, large};
  const Encoding encodings[] = {Encoding::kFloat16, Encoding::kInt8, Encoding::kFloat32};
  std::size_t from = 0, at = 0;
  for (int i = 0; i < 3; ++i) {
    const std::size_t bytes = sizes[i] * static_cast<std::size_t>(GetParam());
    std::vector<std::byte> expected(bytes);
    Encode({{DType::kFloat32, shapes[i]}, raw.taps.data() + from}, encodings[i], expected);
    EXPECT_EQ(0, std::memcmp(expected.data(), encoded.taps.data() + at, bytes)) << names[i];
    from += static_cast<std::size_t>(shapes[i].elements()) * 4;
    at += bytes;
  }
  EXPECT_EQ(encoded.taps.size(), at);
}

INSTANTIATE_TEST_SUITE_P(Batch, CpuTaps, ::testing::Values(1, 3));

TEST(CpuExecutable, Dispatches_OfTaps_AreCountedApart) {
  const auto backend = MakeCpuBackend();
  const auto without = backend->Compile(Block({}), {});
  const auto with = backend->Compile(Block(kEveryValue), {});
  EXPECT_EQ(without->info().tap_dispatches, 0);
  EXPECT_EQ(without->info().tap_slot_bytes, 0u);
  EXPECT_EQ(with->info().dispatches, without->info().dispatches);
  EXPECT_GT(with->info().tap_dispatches, 0);
}

TEST(CpuExecutable, LowPriority_GivesTheSameAnswer) {
  const auto backend = MakeCpuBackend();
  const Tensor input = Random({1, 13, 9, 7}, 6);
  std::vector<float> answers[2];
  for (const bool low : {false, true}) {
    const auto executable = backend->Compile(Block({}), {.threads = 2, .low_priority = low});
    Tensor output(TensorDesc{DType::kFloat32, {1, 5}});
    executable->Run(std::array{input.view()}, std::array{output.view()});
    answers[low].assign(output.as<float>().begin(), output.as<float>().end());
  }
  EXPECT_EQ(answers[0], answers[1]);
}

TEST(CpuExecutable, Profile_NamesEveryNodeOfTheOptimisedGraph) {
  const auto executable = MakeCpuBackend()->Compile(Block({}), {});
  const Tensor input = Random({1, 13, 9, 7}, 6);
  Tensor output(TensorDesc{DType::kFloat32, {1, 5}});
  const std::vector<NodeTime> times =
      executable->Profile(std::array{input.view()}, std::array{output.view()});
  const auto takes_time = [&](std::string_view op) {
    return std::ranges::any_of(
        times, [&](const NodeTime& time) { return time.op == op && time.milliseconds > 0.0; });
  };
  EXPECT_TRUE(takes_time("Conv"));
  EXPECT_TRUE(takes_time("Gemm"));
}

TEST(CpuExecutable, Run_WrongShape_IsAnInputErrorThatNamesIt) {
  const auto executable = MakeCpuBackend()->Compile(Block({}), {});
  const Tensor input = Random({1, 13, 7, 9}, 6);
  Tensor output(TensorDesc{DType::kFloat32, {1, 5}});
  try {
    executable->Run(std::array{input.view()}, std::array{output.view()});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_NE(std::string(error.what()).find("'x'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace vigil
