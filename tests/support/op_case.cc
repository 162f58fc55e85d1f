#include "tests/support/op_case.h"

#include <algorithm>
#include <cstring>

#include "engine/base/text.h"
#include "engine/graph/builder.h"

namespace vigil::testing {
namespace {

// SplitMix64: a counter run through a mixing function; the same numbers on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u) {}

  float Uniform(float low, float high) {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return low + (high - low) * static_cast<float>((z ^ (z >> 31)) >> 40) * 0x1p-24f;
  }

 private:
  std::uint64_t state_;
};

struct Interval {
  float low, high;
};

Interval RangeOf(const UnaryAttrs& attrs) {
  switch (attrs.kind) {
    case UnaryKind::kRelu:
    case UnaryKind::kClip:
    case UnaryKind::kIdentity:
    case UnaryKind::kDropout:
    case UnaryKind::kLeakyRelu:
    case UnaryKind::kNeg:
    case UnaryKind::kAbs:
      return {-1.0f, 1.0f};
    case UnaryKind::kLog:
    case UnaryKind::kSqrt:
    case UnaryKind::kReciprocal:
      return {0.25f, 4.0f};
    default:
      return {-4.0f, 4.0f};
  }
}

Interval RangeOf(const BinaryAttrs& attrs, std::size_t input) {
  if (attrs.kind == BinaryKind::kPow) return input == 0 ? Interval{0.25f, 4.0f} : Interval{-2, 2};
  if (attrs.kind == BinaryKind::kDiv && input == 1) return {0.5f, 2.0f};
  return {-1.0f, 1.0f};
}

Interval RangeOf(const ReduceAttrs& attrs) {
  if (attrs.kind == ReduceKind::kLogSum) return {0.25f, 4.0f};
  if (attrs.kind == ReduceKind::kLogSumExp) return {-4.0f, 4.0f};
  if (attrs.kind == ReduceKind::kProd) return {0.5f, 1.5f};
  return {-1.0f, 1.0f};
}

Interval RangeOf(const OpAttrs& attrs, std::size_t input) {
  if (std::holds_alternative<BatchNormAttrs>(attrs) && input == 4) return {0.5f, 1.5f};
  if (std::holds_alternative<SoftmaxAttrs>(attrs)) return {-4.0f, 4.0f};
  if (const auto* unary = std::get_if<UnaryAttrs>(&attrs)) return RangeOf(*unary);
  if (const auto* binary = std::get_if<BinaryAttrs>(&attrs)) return RangeOf(*binary, input);
  if (const auto* reduce = std::get_if<ReduceAttrs>(&attrs)) return RangeOf(*reduce);
  return {-1.0f, 1.0f};
}

bool TakesWeights(const OpAttrs& attrs) {
  return std::holds_alternative<ConvAttrs>(attrs) || std::holds_alternative<GemmAttrs>(attrs) ||
         std::holds_alternative<ConvTransposeAttrs>(attrs) ||
         std::holds_alternative<InstanceNormAttrs>(attrs) ||
         std::holds_alternative<BatchNormAttrs>(attrs);
}

bool HasResidual(const OpAttrs& attrs) {
  if (const auto* conv = std::get_if<ConvAttrs>(&attrs)) return conv->epilogue.residual;
  if (const auto* gemm = std::get_if<GemmAttrs>(&attrs)) return gemm->epilogue.residual;
  if (const auto* conv = std::get_if<ConvTransposeAttrs>(&attrs)) return conv->epilogue.residual;
  return false;
}

}  // namespace

std::vector<Tensor> MakeInputs(const OpCase& op_case) {
  Random random(op_case.seed);
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < op_case.shapes.size(); ++i) {
    if (const auto given = op_case.integers.find(i); given != op_case.integers.end()) {
      Tensor tensor(TensorDesc{DType::kInt64, op_case.shapes[i]});
      std::ranges::copy(given->second, tensor.as<std::int64_t>().begin());
      inputs.push_back(std::move(tensor));
      continue;
    }
    const Interval range = RangeOf(op_case.attrs, i);
    Tensor tensor(TensorDesc{DType::kFloat32, op_case.shapes[i]});
    for (float& value : tensor.as<float>()) value = random.Uniform(range.low, range.high);
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

std::vector<Tensor> RunReference(const OpAttrs& attrs, const std::vector<Tensor>& inputs) {
  std::vector<TensorDesc> descs;
  std::vector<ConstTensorView> in;
  for (const Tensor& input : inputs) {
    descs.push_back(input.desc());
    in.push_back(input.view());
  }
  std::vector<Tensor> outputs;
  std::vector<TensorView> out;
  for (const TensorDesc& desc : OpOf(attrs).infer(attrs, descs)) outputs.emplace_back(desc);
  for (Tensor& output : outputs) out.push_back(output.view());
  OpOf(attrs).reference(attrs, in, out);
  return outputs;
}

bool IsConstantInput(const OpCase& op_case, std::size_t input) {
  if (input == 0) return false;
  if (HasResidual(op_case.attrs) && input + 1 == op_case.shapes.size()) return false;
  if ((TakesWeights(op_case.attrs) && !op_case.value_tail) || op_case.constant_tail) return true;
  const Shape& shape = op_case.shapes[input];
  return shape.rank() == 0 || shape[0] != op_case.shapes[0][0];
}

Graph MakeGraph(const OpCase& op_case, const std::vector<Tensor>& inputs) {
  GraphBuilder builder;
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::string name = Text("in", i);
    ids.push_back(IsConstantInput(op_case, i) ? builder.Constant(name, inputs[i].Clone())
                                              : builder.Input(name, inputs[i].desc()));
  }
  const std::size_t outputs = RunReference(op_case.attrs, inputs).size();
  std::vector<std::string> names;
  for (std::size_t i = 0; i < outputs; ++i) names.push_back(Text("out", i));
  const std::vector<ValueId> out = builder.AddNode("node", op_case.attrs, ids, names);
  builder.Output(out[0]);
  for (std::size_t i = 1; i < out.size(); ++i) builder.Tap(out[i]);
  return std::move(builder).Build();
}

OpRun RunOn(Backend& backend, const OpCase& op_case, const std::vector<Tensor>& inputs) {
  return RunOn(backend, MakeGraph(op_case, inputs), op_case, inputs);
}

OpRun RunOn(Backend& backend, const Graph& graph, const OpCase& op_case,
            const std::vector<Tensor>& inputs) {
  CompileOptions options;
  options.batch = graph.batch();
  const std::unique_ptr<Executable> executable = backend.Compile(graph, options);
  std::vector<ConstTensorView> in;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!IsConstantInput(op_case, i)) in.push_back(inputs[i].view());
  }
  OpRun run;
  run.outputs.emplace_back(graph.value(graph.outputs()[0]).desc);
  std::vector<std::byte> slot(executable->info().tap_slot_bytes);
  const TensorView out = run.outputs[0].view();
  executable->Run(in, {&out, 1}, slot);
  std::span<const std::byte> rest = slot;
  for (const ValueId id : graph.taps()) {
    Tensor& tap = run.outputs.emplace_back(graph.value(id).desc);
    const std::size_t bytes = tap.desc().bytes();  // float32 encodes as it is
    Decode(rest.first(bytes), Encoding::kFloat32, tap.view());
    rest = rest.subspan(bytes);
  }
  if (!slot.empty()) {
    Tensor untapped(run.outputs[0].desc());
    const TensorView view = untapped.view();
    executable->Run(in, {&view, 1});
    run.identical_without_taps = std::ranges::equal(untapped.bytes(), run.outputs[0].bytes());
  }
  return run;
}

}  // namespace vigil::testing
