#include <array>

#include "engine/base/text.h"
#include "tests/support/op_case.h"

namespace vigil::testing {
namespace {

template <typename List>
std::string Join(const List& list, std::string_view separator = "x") {
  std::string text;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i) text += separator;
    text += std::to_string(list[i]);
  }
  return text;
}

std::string Describe(const Activation& activation) {
  static constexpr std::array kNames{"none", "relu",         "clip",       "sigmoid", "leaky-relu",
                                     "elu",  "hard-sigmoid", "hard-swish", "tanh"};
  if (activation.kind == Activation::Kind::kNone) return "";
  return Text(" ", kNames[static_cast<std::size_t>(activation.kind)], " ", activation.alpha, "..",
              activation.beta);
}

std::string Describe(const Epilogue& epilogue) {
  std::string text;
  if (epilogue.residual) text += " residual";
  text += Describe(epilogue.activation);
  if (epilogue.store_accumulator) text += " store-accumulator";
  if (epilogue.store_pre_activation) text += " store-pre-activation";
  return text;
}

std::string Describe(const ConvAttrs& attrs) {
  return Text(" kernel ", Join(attrs.kernel), " strides ", Join(attrs.strides), " pads ",
              Join(attrs.pads, ","), " dilations ", Join(attrs.dilations), " groups ", attrs.groups,
              attrs.has_bias ? " bias" : "", Describe(attrs.epilogue));
}

std::string Describe(const GemmAttrs& attrs) {
  return Text(" alpha ", attrs.alpha, " beta ", attrs.beta, attrs.trans_a ? " trans-a" : "",
              attrs.trans_b ? " trans-b" : "", attrs.has_bias ? " bias" : "",
              Describe(attrs.epilogue));
}

std::string Describe(const BatchNormAttrs& attrs) { return Text(" epsilon ", attrs.epsilon); }

std::string Describe(const UnaryAttrs& attrs) { return Text(" ", attrs.alpha, "..", attrs.beta); }

std::string Describe(const BinaryAttrs& attrs) { return Describe(attrs.epilogue); }

std::string Describe(const ConcatAttrs& attrs) { return Text(" axis ", attrs.axis); }

std::string Describe(const PoolAttrs& attrs) {
  return Text(" kernel ", Join(attrs.kernel), " strides ", Join(attrs.strides), " pads ",
              Join(attrs.pads, ","), " dilations ", Join(attrs.dilations),
              attrs.ceil_mode ? " ceil" : "", attrs.count_include_pad ? " include-pad" : "");
}

std::string Describe(const GlobalPoolAttrs&) { return ""; }

std::string Describe(const ReduceAttrs& attrs) {
  return Text(" axes ", Join(attrs.axes, ","), attrs.keep_dims ? " keep" : "");
}

std::string Describe(const InstanceNormAttrs& attrs) { return Text(" epsilon ", attrs.epsilon); }

std::string Describe(const LrnAttrs& attrs) {
  return Text(" size ", attrs.size, " alpha ", attrs.alpha, " beta ", attrs.beta, " bias ",
              attrs.bias);
}

std::string Describe(const ArgMaxAttrs& attrs) {
  return Text(" axis ", attrs.axis, attrs.keep_dims ? " keep" : "",
              attrs.select_last ? " last" : "");
}

std::string Describe(const MatMulAttrs&) { return ""; }

std::string Describe(const ConvTransposeAttrs& attrs) {
  return Text(" kernel ", Join(attrs.kernel), " strides ", Join(attrs.strides), " pads ",
              Join(attrs.pads, ","), " dilations ", Join(attrs.dilations), " output-pads ",
              Join(attrs.output_pads, ","), " groups ", attrs.groups, attrs.has_bias ? " bias" : "",
              Describe(attrs.epilogue));
}

std::string Describe(const SoftmaxAttrs& attrs) {
  return Text(" axis ", attrs.axis, attrs.flatten_from_axis ? " flatten" : "");
}

std::string Describe(const FlattenAttrs& attrs) { return Text(" axis ", attrs.axis); }

std::string Describe(const ReshapeAttrs& attrs) { return Text(" to ", Join(attrs.shape, ",")); }

std::string Describe(const TransposeAttrs& attrs) { return Text(" perm ", Join(attrs.perm, ",")); }

std::string Describe(const PadAttrs& attrs) {
  return Text(" pads ", Join(attrs.pads, ","), " value ", attrs.value, " mode ",
              static_cast<int>(attrs.mode));
}

std::string Describe(const SqueezeAttrs& attrs) { return Text(" axes ", Join(attrs.axes, ",")); }

std::string Describe(const UnsqueezeAttrs& attrs) { return Text(" axes ", Join(attrs.axes, ",")); }

std::string Describe(const SliceAttrs& attrs) {
  return Text(" starts ", Join(attrs.starts, ","), " ends ", Join(attrs.ends, ","), " axes ",
              Join(attrs.axes, ","), " steps ", Join(attrs.steps, ","));
}

std::string Describe(const SplitAttrs& attrs) {
  return Text(" axis ", attrs.axis, " sizes ", Join(attrs.sizes, ","));
}

std::string Describe(const ExpandAttrs& attrs) { return Text(" to ", Join(attrs.shape, ",")); }

std::string Describe(const TileAttrs& attrs) { return Text(" repeats ", Join(attrs.repeats, ",")); }

std::string Describe(const GatherAttrs& attrs) { return Text(" axis ", attrs.axis); }

std::string Describe(const DepthToSpaceAttrs& attrs) {
  return Text(" block ", attrs.block, attrs.column_row_depth ? " CRD" : " DCR");
}

std::string Describe(const SpaceToDepthAttrs& attrs) { return Text(" block ", attrs.block); }

std::string Describe(const CastAttrs& attrs) { return Text(" to ", DTypeName(attrs.to)); }

std::string Describe(const WhereAttrs&) { return ""; }

std::string Describe(const ResizeAttrs& attrs) {
  return Text(" mode ", static_cast<int>(attrs.mode), " coordinates ",
              static_cast<int>(attrs.coordinates), " rounding ", static_cast<int>(attrs.rounding),
              " scales ", Join(attrs.scales, ","), " sizes ", Join(attrs.sizes, ","), " roi ",
              Join(attrs.roi, ","), attrs.exclude_outside ? " exclude-outside" : "",
              attrs.antialias ? " antialias" : "");
}

std::string Describe(const HalfRoundAttrs&) { return ""; }

std::string Describe(const QuantizeScale& scale) {
  return scale.scales.size() == 1
             ? Text(" scale ", scale.scales[0], " zero point ", scale.zero_points[0])
             : Text(" ", scale.scales.size(), " scales along axis ", scale.axis);
}

std::string Describe(const QuantizeAttrs& attrs) {
  return Text(Describe(attrs.scale), " to ", DTypeName(attrs.type));
}

std::string Describe(const DequantizeAttrs& attrs) { return Describe(attrs.scale); }

std::string Describe(const QuantizedProduct& product) {
  return Text(" zero points ", product.x_zero_point, " ", Join(product.weight_zero_points, ","),
              product.weight_scales.size() > 1 ? " scales a channel" : "",
              product.has_bias ? " bias" : "", " to ", DTypeName(product.type),
              product.activation == Activation{} ? "" : " activated");
}

std::string Describe(const QConvAttrs& attrs) {
  return Text(" kernel ", Join(attrs.kernel), " strides ", Join(attrs.strides), " pads ",
              Join(attrs.pads, ","), " dilations ", Join(attrs.dilations), " groups ", attrs.groups,
              Describe(attrs.product));
}

std::string Describe(const QGemmAttrs& attrs) {
  return Text(attrs.trans_b ? " trans-b" : "", Describe(attrs.product));
}

}  // namespace

std::string ToString(const OpCase& op_case) {
  std::string text = OpName(op_case.attrs);
  for (std::size_t i = 0; i < op_case.shapes.size(); ++i) {
    text += Text(i ? ", " : " ", op_case.shapes[i]);
    if (IsConstantInput(op_case, i)) text += " constant";
    if (op_case.integers.contains(i)) text += Text(" ", Join(op_case.integers.at(i), ","));
  }
  text += ":" + std::visit([](const auto& attrs) { return Describe(attrs); }, op_case.attrs);
  return text + Text(" seed ", op_case.seed);
}

}  // namespace vigil::testing
