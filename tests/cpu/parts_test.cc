// Batches whose first layers go through part by part (native/part_plan.cc): the answer is that of
// the reference, and that of one sample after the other; values that leave the parts are whole; and
// the arena has no room for all samples' first planes.
#include <array>
#include <cstring>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/graph/builder.h"
#include "engine/graph/quantize_model.h"
#include "engine/reference/reference_backend.h"

namespace vigil {
namespace {

constexpr std::int64_t kBatch = 6;
constexpr std::int64_t kSide = 128;  // 1 MB a value of 16 channels and sample

Tensor Random(const Shape& shape, std::uint32_t seed, float deviation) {
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0f, deviation);
  for (float& x : tensor.as<float>()) x = normal(generator);
  return tensor;
}

class Network {
 public:
  ValueId Conv(const std::string& name, ValueId x, const Shape& weights, std::int64_t stride,
               std::int64_t groups = 1) {
    const std::int64_t k = weights[2], terms = weights[1] * k * k;
    return builder.Add(
        name,
        ConvAttrs{.kernel = {k, k},
                  .strides = {stride, stride},
                  .pads = {k / 2, k / 2, k / 2, k / 2},
                  .groups = groups},
        {x, builder.Constant(name + ".w", Random(weights, ++seed_,
                                                 1.0f / std::sqrt(static_cast<float>(terms))))});
  }
  ValueId Relu(const std::string& name, ValueId x) {
    return builder.Add(name, UnaryAttrs{UnaryKind::kRelu}, {x});
  }

  GraphBuilder builder;

 private:
  std::uint32_t seed_ = 0;
};

// Large planes, then small ones with more weights than values. "image" and "stem" are read by both;
// "mask" is an output of the first.
Graph MakeNetwork() {
  Network n;
  const ValueId image = n.builder.Input("image", {DType::kFloat32, {1, 3, kSide, kSide}});
  const ValueId other = n.builder.Input("other", {DType::kFloat32, {1, 16, 8, 8}});
  const ValueId stem = n.Relu("stem", n.Conv("stem_conv", image, {16, 3, 3, 3}, 1));
  const ValueId depthwise = n.Conv("depthwise", stem, {16, 1, 3, 3}, 1, 16);
  const ValueId sum = n.builder.Add("sum", BinaryAttrs{BinaryKind::kAdd, {}}, {depthwise, stem});
  const ValueId both = n.builder.Add("both", ConcatAttrs{.axis = 1}, {sum, image});
  const ValueId mask = n.Conv("mask", both, {1, 19, 1, 1}, 1);
  const ValueId down = n.Relu("down", n.Conv("down_conv", both, {32, 19, 3, 3}, 16));
  const ValueId deep = n.Relu("deep", n.Conv("deep_conv", down, {256, 32, 3, 3}, 1));
  const ValueId deeper = n.Conv("deeper", deep, {256, 256, 3, 3}, 1);
  const ValueId again = n.Conv("again", stem, {16, 16, 1, 1}, 16);
  const ValueId mixed = n.builder.Add("mixed", BinaryAttrs{BinaryKind::kAdd, {}}, {again, other});
  const ValueId joined = n.builder.Add("joined", ConcatAttrs{.axis = 1}, {deeper, mixed});
  const ValueId pooled = n.builder.Add("pooled", GlobalPoolAttrs{}, {joined});
  n.builder.Output(mask);
  n.builder.Output(n.builder.Add("flat", FlattenAttrs{1}, {pooled}));
  return std::move(n.builder).Build();
}

using Tensors = std::vector<Tensor>;

Tensors InputsOf(const Graph& graph, std::int64_t batch) {
  Tensors inputs;
  std::uint32_t seed = 90;
  for (const ValueId id : graph.inputs())
    inputs.push_back(Random(graph.value(id).desc.shape.With(0, batch), ++seed, 1.0f));
  return inputs;
}

Tensor Sample(const Tensor& batch, std::int64_t i) {
  Tensor sample(TensorDesc{batch.desc().dtype, batch.shape().With(0, 1)});
  const std::size_t bytes = sample.bytes().size();
  std::memcpy(sample.bytes().data(), batch.bytes().data() + static_cast<std::size_t>(i) * bytes,
              bytes);
  return sample;
}

struct Result {
  Tensors outputs;
  std::vector<std::byte> taps;
  ExecutableInfo info;
};

Result RunOn(Backend& backend, const Graph& graph, const Tensors& inputs, bool keep,
             CompileOptions options = {}) {
  options.batch = inputs.front().shape()[0];
  const auto executable = backend.Compile(graph, options);
  Result result{.info = executable->info()};
  std::vector<ConstTensorView> in;
  std::vector<TensorView> out;
  for (const Tensor& tensor : inputs) in.push_back(tensor.view());
  for (const ValueId id : graph.outputs()) {
    const TensorDesc& desc = graph.value(id).desc;
    result.outputs.emplace_back(TensorDesc{desc.dtype, desc.shape.With(0, options.batch)});
  }
  for (Tensor& tensor : result.outputs) out.push_back(tensor.view());
  if (keep) result.taps.resize(executable->info().tap_slot_bytes);
  for (int turn = 0; turn < 2; ++turn) executable->Run(in, out, result.taps);
  return result;
}

void ExpectNear(std::span<const float> actual, std::span<const float> expected, float bound) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_NEAR(actual[i], expected[i], bound) << "at " << i;
}

std::span<const float> Floats(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const float*>(bytes.data()), bytes.size() / sizeof(float)};
}

const std::vector<std::string> kTaps{"deep", "stem", "image", "sum", "mixed"};
// Values are of the order of 1, of at most 2,304 terms: 2^-24 times that, by far not all upwards.
constexpr float kBound = 5e-5f;

class CpuParts : public ::testing::TestWithParam<int> {
 protected:
  CompileOptions Options() const { return {.threads = GetParam()}; }
  std::shared_ptr<Backend> cpu_ = MakeCpuBackend();
  std::shared_ptr<Backend> reference_ = MakeReferenceBackend();
};

TEST_P(CpuParts, OutputsAndTaps_AreTheReferences) {
  const Graph graph = MakeNetwork().WithTaps(kTaps);
  const Tensors inputs = InputsOf(graph, kBatch);
  const Result got = RunOn(*cpu_, graph, inputs, true, Options());
  const Result expected = RunOn(*reference_, graph, inputs, true);
  for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
    ExpectNear(got.outputs[i].as<float>(), expected.outputs[i].as<float>(), kBound);
  }
  ExpectNear(Floats(got.taps), Floats(expected.taps), kBound);
}

TEST_P(CpuParts, NetworkThatGoesThroughWhole_IsTheReferences) {
  Network n;
  const ValueId image = n.builder.Input("image", {DType::kFloat32, {1, 3, kSide, kSide}});
  const ValueId wide = n.Relu("wide", n.Conv("wide_conv", image, {32, 3, 3, 3}, 1));
  n.builder.Output(n.Conv("mask", wide, {2, 32, 3, 3}, 1));
  const Graph graph = std::move(n.builder).Build().WithTaps(std::vector<std::string>{"wide"});
  const Tensors inputs = InputsOf(graph, kBatch);
  const Result got = RunOn(*cpu_, graph, inputs, true, Options());
  const Result expected = RunOn(*reference_, graph, inputs, true);
  ExpectNear(got.outputs[0].as<float>(), expected.outputs[0].as<float>(), kBound);
  ExpectNear(Floats(got.taps), Floats(expected.taps), kBound);
  const Result one = RunOn(*cpu_, graph, InputsOf(graph, 1), false, Options());
  EXPECT_GT(got.info.dispatches, 2 * one.info.dispatches);
}

TEST_P(CpuParts, TapsKeptOrNot_OutputsAreTheSame) {
  const Graph graph = MakeNetwork();
  const Tensors inputs = InputsOf(graph, kBatch);
  const Result plain = RunOn(*cpu_, graph, inputs, false, Options());
  const Result skipped = RunOn(*cpu_, graph.WithTaps(kTaps), inputs, false, Options());
  const Result kept = RunOn(*cpu_, graph.WithTaps(kTaps), inputs, true, Options());
  for (std::size_t i = 0; i < plain.outputs.size(); ++i) {
    EXPECT_TRUE(std::ranges::equal(plain.outputs[i].bytes(), skipped.outputs[i].bytes()));
    EXPECT_TRUE(std::ranges::equal(plain.outputs[i].bytes(), kept.outputs[i].bytes()));
  }
}

TEST_P(CpuParts, EncodedTaps_LieWhereTheHostHasThem) {
  const Graph graph = MakeNetwork().WithTaps(kTaps);
  const Tensors inputs = InputsOf(graph, kBatch);
  const std::vector<Encoding> encodings{Encoding::kInt8, Encoding::kInt8, Encoding::kFloat16,
                                        Encoding::kFloat16, Encoding::kInt8};
  const Result raw = RunOn(*cpu_, graph, inputs, true, Options());
  CompileOptions options = Options();
  options.tap_encodings = encodings;
  const Result encoded = RunOn(*cpu_, graph, inputs, true, options);
  std::size_t from = 0, at = 0;
  for (std::size_t i = 0; i < kTaps.size(); ++i) {
    const TensorDesc& one = graph.value(graph.taps()[i]).desc;
    const TensorDesc all{one.dtype, one.shape.With(0, kBatch)};
    std::vector<std::byte> expected(kBatch * EncodedSampleBytes(one, encodings[i]));
    Encode({all, raw.taps.data() + from}, encodings[i], expected);
    EXPECT_EQ(0, std::memcmp(expected.data(), encoded.taps.data() + at, expected.size()))
        << kTaps[i];
    from += all.bytes();
    at += expected.size();
  }
  EXPECT_EQ(encoded.taps.size(), at);
}

TEST_P(CpuParts, Arena_HasNoRoomForEverySamplesFirstPlanes) {
  const Graph graph = MakeNetwork();
  const Result got = RunOn(*cpu_, graph, InputsOf(graph, kBatch), false, Options());
  const Result one = RunOn(*cpu_, graph, InputsOf(graph, 1), false, Options());
  // "stem" leaves the parts whole, for a later layer reads it: a fifth of what is alive with it.
  EXPECT_LT(got.info.arena_bytes, kBatch * one.info.arena_bytes * 2 / 3);
  EXPECT_GT(got.info.dispatches, one.info.dispatches);
}

// "down" is the last of the parts, read by the rest, and the mask is theirs too: the same bits
// whatever the batch. Where bytes are no faster than floats, a later convolution may sum otherwise
// for a batch than for a sample, and a rounding go the other way: a step of "deep" (8 / 255), 9
// weights of at most 0.1, a mean of 64.
TEST_P(CpuParts, QuantisedNetwork_AnswersAsSampleBySample) {
  const Graph floats = PrepareToQuantize(MakeNetwork());
  std::map<std::string, ValueRange> ranges;
  for (const std::string& name : ValuesToQuantize(floats)) ranges[name] = {-4.0f, 4.0f};
  const Graph graph = QuantizeModel(floats, ranges).WithTaps(std::vector<std::string>{"down"});
  const Tensors inputs = InputsOf(graph, kBatch);
  const Result got = RunOn(*cpu_, graph, inputs, true, Options());
  constexpr float kStep = 8.0f / 255.0f * 9.0f * 0.1f / 64.0f;
  for (std::int64_t sample = 0; sample < kBatch; ++sample) {
    Tensors row;
    for (const Tensor& input : inputs) row.push_back(Sample(input, sample));
    const Result alone = RunOn(*cpu_, graph, row, true, Options());
    ExpectNear(Sample(got.outputs[0], sample).as<float>(), alone.outputs[0].as<float>(), 0.0f);
    ExpectNear(Sample(got.outputs[1], sample).as<float>(), alone.outputs[1].as<float>(), kStep);
    const std::size_t bytes = alone.taps.size();
    EXPECT_EQ(0, std::memcmp(got.taps.data() + static_cast<std::size_t>(sample) * bytes,
                             alone.taps.data(), bytes));
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, CpuParts, ::testing::Values(1, 2));

}  // namespace
}  // namespace vigil
