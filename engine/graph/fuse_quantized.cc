#include "engine/graph/fuse_quantized.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "engine/graph/draft.h"
#include "engine/graph/passes.h"
#include "engine/ops/quantize_rule.h"

namespace vigil {
namespace {

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

bool IsEightBits(DType type) { return type == DType::kInt8 || type == DType::kUInt8; }

// QuantizeLinear of constants: some files keep weights so.
void FoldQuantizedConstants(Draft& draft) {
  for (Node& node : draft.nodes) {
    if (!std::holds_alternative<QuantizeAttrs>(node.attrs)) continue;
    const ValueId input = node.inputs[0], output = node.outputs[0];
    if (!draft.is_constant(input) || std::ranges::count(draft.outputs, output)) continue;
    const ConstTensorView in = draft.value(input).constant->view();
    Tensor result(draft.value(output).desc);
    const TensorView out = result.view();
    OpOf(node.attrs).reference(node.attrs, {&in, 1}, {&out, 1});
    draft.values[Index(output)].constant = std::make_shared<const Tensor>(std::move(result));
    node.outputs.clear();
  }
}

// Operands of a product of integers, as a float node reads them through DequantizeLinear.
struct Operands {
  ValueId x = -1, weights = -1;
  std::optional<ValueId> bias;
  QuantizedProduct product;  // all but the output
  std::int64_t channels = 0;
};

class QuantizedFuser {
 public:
  explicit QuantizedFuser(const Graph& graph) : draft_(Prepared(graph)), path_(draft_) {
    reader_.assign(draft_.values.size(), Draft::kNoNode);
    for (std::size_t i = 0; i < draft_.nodes.size(); ++i) {
      if (!path_.node_on_path[i]) continue;
      for (const ValueId id : draft_.nodes[i].inputs) reader_[Index(id)] = static_cast<int>(i);
    }
  }

  Graph Run() {
    const std::size_t count = draft_.nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (!path_.node_on_path[i]) continue;
      if (const std::optional<Operands> operands = OperandsOf(draft_.nodes[i])) {
        Fuse(i, *operands);
      }
    }
    return RemoveDead(draft_.Build());
  }

 private:
  static Draft Prepared(const Graph& graph) {
    Draft draft(graph);
    FoldQuantizedConstants(draft);
    return draft;
  }

  // The DequantizeLinear that makes `id`; null where something else does.
  const Node* DequantizerOf(ValueId id) const {
    const int producer = path_.Producer(id);
    if (producer == Draft::kNoNode) return nullptr;
    const Node& node = draft_.nodes[static_cast<std::size_t>(producer)];
    return std::holds_alternative<DequantizeAttrs>(node.attrs) ? &node : nullptr;
  }
  static const QuantizeScale& ScaleOf(const Node& dequantizer) {
    return std::get<DequantizeAttrs>(dequantizer.attrs).scale;
  }

  // The dimension of the weights that output channels run along, where the node can be fused.
  static std::optional<int> ChannelAxis(const Node& node) {
    if (const auto* conv = std::get_if<ConvAttrs>(&node.attrs)) {
      if (conv->epilogue == Epilogue{}) return 0;
    } else if (const auto* gemm = std::get_if<GemmAttrs>(&node.attrs)) {
      const bool plain = gemm->epilogue == Epilogue{} && !gemm->trans_a && gemm->alpha == 1.0f &&
                         (!gemm->has_bias || gemm->beta == 1.0f);
      if (plain) return gemm->trans_b ? 0 : 1;
    }
    return std::nullopt;
  }
  static bool HasBias(const Node& node) {
    const auto* conv = std::get_if<ConvAttrs>(&node.attrs);
    return conv ? conv->has_bias : std::get<GemmAttrs>(node.attrs).has_bias;
  }

  std::optional<Operands> OperandsOf(const Node& node) {
    const std::optional<int> axis = ChannelAxis(node);
    if (!axis) return std::nullopt;
    const Node* x = DequantizerOf(node.inputs[0]);
    const Node* weights = DequantizerOf(node.inputs[1]);
    if (!x || !weights) return std::nullopt;
    const Value& stored = draft_.value(weights->inputs[0]);
    const bool fits = ScaleOf(*x).scales.size() == 1 &&
                      IsEightBits(draft_.value(x->inputs[0]).desc.dtype) && stored.constant &&
                      IsEightBits(stored.desc.dtype) &&
                      (ScaleOf(*weights).scales.size() == 1 || ScaleOf(*weights).axis == *axis);
    if (!fits) return std::nullopt;
    Operands operands{x->inputs[0], weights->inputs[0], std::nullopt, {}, 0};
    operands.channels = stored.desc.shape[*axis];
    QuantizedProduct& product = operands.product;
    product.x_scale = ScaleOf(*x).scales[0];
    product.x_zero_point = ScaleOf(*x).zero_points[0];
    product.weight_scales = ScaleOf(*weights).scales;
    product.weight_zero_points = ScaleOf(*weights).zero_points;
    if (HasBias(node)) {
      const std::optional<std::vector<double>> bias = BiasOf(node.inputs[2], operands.channels);
      if (!bias) return std::nullopt;
      product.has_bias = true;
      operands.bias =
          draft_.NewConstant(draft_.value(node.inputs[2]).name + ".int32", InSteps(*bias, product));
    }
    return operands;
  }

  // The real numbers of a constant bias, one a channel.
  std::optional<std::vector<double>> BiasOf(ValueId id, std::int64_t channels) const {
    std::vector<double> bias;
    if (draft_.is_constant(id)) {
      if (draft_.value(id).desc.dtype != DType::kFloat32) return std::nullopt;
      const auto values = draft_.value(id).constant->as<float>();
      bias.assign(values.begin(), values.end());
    } else {
      const Node* dequantizer = DequantizerOf(id);
      if (!dequantizer || !draft_.is_constant(dequantizer->inputs[0])) return std::nullopt;
      const QuantizeScale& scale = ScaleOf(*dequantizer);
      const auto& constant = draft_.value(dequantizer->inputs[0]).constant;
      const std::vector<std::int32_t> steps = ToInt32(constant->view());
      if (scale.scales.size() != 1 && scale.scales.size() != steps.size()) return std::nullopt;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const std::size_t at = scale.scales.size() == 1 ? 0 : i;
        bias.push_back(double{scale.scales[at]} * (steps[i] - scale.zero_points[at]));
      }
    }
    const Shape& shape = draft_.value(id).desc.shape;
    const bool row = shape.rank() > 0 && shape[shape.rank() - 1] == channels &&
                     static_cast<std::int64_t>(bias.size()) == channels;
    return row ? std::optional(bias) : std::nullopt;
  }

  static Tensor InSteps(const std::vector<double>& bias, const QuantizedProduct& product) {
    Tensor steps({DType::kInt32, Shape{static_cast<std::int64_t>(bias.size())}});
    constexpr double kLimit = std::numeric_limits<std::int32_t>::max();
    for (std::size_t i = 0; i < bias.size(); ++i) {
      const std::size_t at = product.weight_scales.size() == 1 ? 0 : i;
      const double step = double{product.x_scale} * product.weight_scales[at];
      steps.as<std::int32_t>()[i] =
          static_cast<std::int32_t>(std::clamp(std::nearbyint(bias[i] / step), -kLimit, kLimit));
    }
    return steps;
  }

  // The one node on the path that reads `id` and may take it in; null where there is none.
  const Node* Taker(ValueId id) const {
    return path_.Swallowable(id) ? &draft_.nodes[static_cast<std::size_t>(reader_[Index(id)])]
                                 : nullptr;
  }
  static std::optional<Activation> ActivationOf(const Node& node) {
    const auto* unary = std::get_if<UnaryAttrs>(&node.attrs);
    if (unary && unary->kind == UnaryKind::kRelu) return Activation{Activation::Kind::kRelu};
    if (unary && unary->kind == UnaryKind::kClip) {
      return Activation{Activation::Kind::kClip, unary->alpha, unary->beta};
    }
    return std::nullopt;
  }
  static const QuantizeAttrs* QuantizerOf(const Node* node) {
    const auto* attrs = node ? std::get_if<QuantizeAttrs>(&node->attrs) : nullptr;
    return attrs && attrs->scale.scales.size() == 1 ? attrs : nullptr;
  }

  void Fuse(std::size_t index, const Operands& operands) {
    QuantizedProduct product = operands.product;
    const Node* end = Taker(draft_.nodes[index].outputs[0]);
    if (end) {
      if (const std::optional<Activation> activation = ActivationOf(*end)) {
        product.activation = *activation;
        end = Taker(end->outputs[0]);
      }
    }
    if (const QuantizeAttrs* quantizer = QuantizerOf(end)) {
      product.type = quantizer->type;
      product.y_scale = quantizer->scale.scales[0];
      product.y_zero_point = quantizer->scale.zero_points[0];
      const auto at = static_cast<std::size_t>(end - draft_.nodes.data());
      const std::string name = draft_.nodes[index].name;
      Node fused = Product(index, operands, product, name, end->outputs[0]);
      draft_.nodes[index].name += ".float";  // for taps alone from now on, or for nobody
      draft_.nodes[at] = std::move(fused);
      return;
    }
    product.activation = {};
    AccumulateThenDequantize(index, operands, product);
  }

  void AccumulateThenDequantize(std::size_t index, const Operands& operands,
                                const QuantizedProduct& product) {
    const ValueId output = draft_.nodes[index].outputs[0];
    const ValueId sums = draft_.NewValue(draft_.value(output).name + ".int32",
                                         {DType::kInt32, draft_.value(output).desc.shape});
    DequantizeAttrs dequantize;
    dequantize.scale.scales.clear();
    for (const float scale : product.weight_scales) {
      dequantize.scale.scales.push_back(static_cast<float>(double{product.x_scale} * scale));
    }
    dequantize.scale.zero_points.assign(dequantize.scale.scales.size(), 0);
    const std::string name = draft_.nodes[index].name;
    Node fused = Product(index, operands, product, name + ".int32", sums);
    draft_.nodes[index] = {name, dequantize, {sums}, {output}};
    draft_.nodes.push_back(std::move(fused));
  }

  Node Product(std::size_t index, const Operands& operands, const QuantizedProduct& product,
               const std::string& name, ValueId output) const {
    Node fused{name, {}, {operands.x, operands.weights}, {output}};
    if (operands.bias) fused.inputs.push_back(*operands.bias);
    const OpAttrs& attrs = draft_.nodes[index].attrs;
    if (const auto* conv = std::get_if<ConvAttrs>(&attrs)) {
      fused.attrs = QConvAttrs{conv->kernel,    conv->strides, conv->pads,
                               conv->dilations, conv->groups,  product};
    } else {
      fused.attrs = QGemmAttrs{std::get<GemmAttrs>(attrs).trans_b, product};
    }
    return fused;
  }

  Draft draft_;
  PathView path_;
  std::vector<int> reader_;  // by value: a node on the path that reads it
};

}  // namespace

bool IsQuantized(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) {
    return std::holds_alternative<QuantizeAttrs>(node.attrs) ||
           std::holds_alternative<QConvAttrs>(node.attrs) ||
           std::holds_alternative<QGemmAttrs>(node.attrs);
  });
}

Graph FuseQuantized(const Graph& graph) {
  return QuantizedFuser(RemoveDead(RemoveIdentities(graph))).Run();
}

}  // namespace vigil
