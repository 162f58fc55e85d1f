// A small network with every family of operators, for the tests of this room.
#ifndef VIGIL_TESTS_VULKAN_SMALL_NETWORK_H_
#define VIGIL_TESTS_VULKAN_SMALL_NETWORK_H_

#include <random>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/graph/builder.h"

namespace vigil::testing {

inline Tensor RandomTensor(const Shape& shape, unsigned seed, float low = -1.0f,
                           float high = 1.0f) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  for (float& value : tensor.as<float>()) value = uniform(random);
  return tensor;
}

// Convolution with batch norm and Relu, depthwise, a residual, pools, concat, gemm, softmax.
inline Graph SmallNetwork() {
  GraphBuilder b;
  const auto constant = [&](const std::string& name, const Shape& shape, unsigned seed,
                            float low = -0.5f, float high = 0.5f) {
    return b.Constant(name, RandomTensor(shape, seed, low, high));
  };
  const auto conv = [&](const std::string& name, ValueId x, std::int64_t in, std::int64_t out,
                        std::int64_t kernel, std::int64_t groups, unsigned seed) {
    ConvAttrs attrs;
    attrs.kernel = {kernel, kernel};
    attrs.pads = {kernel / 2, kernel / 2, kernel / 2, kernel / 2};
    attrs.groups = groups;
    attrs.has_bias = true;
    return b.Add(name, attrs,
                 {x, constant(name + "_w", {out, in / groups, kernel, kernel}, seed),
                  constant(name + "_b", {out}, seed + 1)});
  };
  const ValueId x = b.Input("x", {DType::kFloat32, {1, 3, 13, 11}});
  const ValueId stem = conv("stem", x, 3, 12, 3, 1, 1);
  const ValueId norm =
      b.Add("norm", BatchNormAttrs{},
            {stem, constant("scale", {12}, 3, 0.5f, 1.5f), constant("shift", {12}, 4),
             constant("mean", {12}, 5), constant("variance", {12}, 6, 0.5f, 1.5f)});
  const ValueId relu = b.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {norm});
  const ValueId wise = conv("depthwise", relu, 12, 12, 3, 12, 7);
  const ValueId clip = b.Add("clip", UnaryAttrs{UnaryKind::kClip, 0.0f, 6.0f}, {wise});
  const ValueId point = conv("point", clip, 12, 12, 1, 1, 9);
  const ValueId sum = b.Add("sum", BinaryAttrs{}, {point, relu});
  const ValueId after = b.Add("after", UnaryAttrs{UnaryKind::kRelu}, {sum});
  PoolAttrs pool;
  pool.kernel = pool.strides = {2, 2};
  const ValueId high = b.Add("high", pool, {after});
  pool.kind = PoolKind::kAverage;
  const ValueId mean = b.Add("mean_pool", pool, {after});
  const ValueId both = b.Add("both", ConcatAttrs{1}, {high, mean});
  const ValueId global = b.Add("global", GlobalPoolAttrs{}, {both});
  const ValueId flat = b.Add("flat", FlattenAttrs{1}, {global});
  GemmAttrs gemm;
  gemm.trans_b = gemm.has_bias = true;
  const ValueId logits =
      b.Add("logits", gemm, {flat, constant("w", {7, 24}, 11), constant("c", {7}, 12)});
  const ValueId soft = b.Add("soft", SoftmaxAttrs{1}, {logits});
  b.Output(soft);
  b.Output(logits);
  return std::move(b).Build();
}

// Taps of the small network: plain values, one that folding removes, two that fusion swallows.
inline std::vector<std::string> SmallTaps() {
  return {"x", "stem", "norm", "relu", "point", "sum", "after", "both", "flat", "logits"};
}

// Inputs, outputs and taps of one run of `executable`.
struct RunResult {
  std::vector<Tensor> outputs;
  std::vector<std::byte> taps;
};

inline RunResult RunOnce(Executable& executable, const Graph& graph, unsigned seed,
                         bool keep_taps) {
  std::vector<Tensor> inputs;
  std::vector<ConstTensorView> in;
  for (const ValueId id : graph.inputs()) {
    inputs.push_back(RandomTensor(graph.value(id).desc.shape, seed++));
  }
  for (const Tensor& input : inputs) in.push_back(input.view());
  RunResult result;
  std::vector<TensorView> out;
  for (const ValueId id : graph.outputs()) result.outputs.emplace_back(graph.value(id).desc);
  for (Tensor& output : result.outputs) out.push_back(output.view());
  if (keep_taps) result.taps.resize(executable.info().tap_slot_bytes);
  executable.Run(in, out, result.taps);
  return result;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_VULKAN_SMALL_NETWORK_H_
