// Operators on bytes. A tensor of bytes has its channels in words of four (PackedShape).
#include <algorithm>
#include <bit>
#include <cstring>

#include "engine/base/text.h"
#include "engine/ops/requantize.h"
#include "engine/vulkan/kernels/kernel.h"
#include "engine/vulkan/kernels/window_params.h"

#include "params/qconv.h"
#include "params/quantize.h"

namespace vigil::vulkan {
namespace {

// A uint8 number and its zero point count as 128 less: shaders know signed bytes alone.
constexpr std::uint32_t kFlipFour = 0x80808080u;

bool IsUnsigned(const Lowering& lowering, ValueId value) {
  return lowering.graph().value(value).desc.dtype == DType::kUInt8;
}

std::string RefusesScale(const QuantizeScale& scale, const Node& node, const Lowering& lowering) {
  if (lowering.IsConstant(node.inputs[0])) return "x is a constant";
  if (scale.scales.size() == 1 || scale.axis == 1) return {};
  return Text("scales along axis ", scale.axis, ", not 1");
}

params::QuantizeParams MakeQuantizeParams(const QuantizeScale& scale, const Shape& shape) {
  const PackedShape packed(shape);
  params::QuantizeParams p{};
  p.channels = U32(packed.channels);
  p.channel_words = U32(packed.words());
  p.plane = U32(packed.plane);
  p.per_channel = scale.scales.size() != 1;
  return p;
}

BufferRef ScaleConstants(const QuantizeScale& scale, Lowering& lowering) {
  std::vector<std::uint32_t> words;
  for (std::size_t i = 0; i < scale.scales.size(); ++i) {
    words.push_back(std::bit_cast<std::uint32_t>(scale.scales[i]));
    words.push_back(static_cast<std::uint32_t>(scale.zero_points[i]));
  }
  return lowering.Words(words);
}

// Weights less their zero points, one a channel's, as bytes; what a kernel packs.
struct Product {
  const QuantizedProduct* attrs = nullptr;
  std::vector<std::int32_t> weights;  // as the constant lies
  std::vector<std::int32_t> bias;     // one an output channel
  std::vector<FixedPoint> multipliers;

  // `inner`: elements of one output channel that lie together.
  Product(const QuantizedProduct& product, const Node& node, const Lowering& lowering,
          std::size_t channels, std::size_t inner)
      : attrs(&product), bias(channels, 0) {
    const auto constant = [&](std::size_t input) {
      return lowering.graph().value(node.inputs[input]).constant->view();
    };
    weights = Centred(constant(1), product.weight_zero_points, inner);
    if (product.has_bias) bias = ToInt32(constant(2));
    if (product.type != DType::kInt32) multipliers = MultipliersOf(product);
  }
  FixedPoint MultiplierOf(std::size_t channel) const {
    if (multipliers.empty()) return {};
    return multipliers[multipliers.size() == 1 ? 0 : channel];
  }
};

std::string RefusesProduct(const QuantizedProduct& product, const Node& node,
                           const Lowering& lowering) {
  if (lowering.IsConstant(node.inputs[0])) return "x is a constant";
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (!lowering.IsConstant(node.inputs[i])) {
      return Text("input ", i, " '", lowering.graph().value(node.inputs[i]).name,
                  "' is not a constant");
    }
  }
  // Bytes after subtraction, whatever the weights: int8 about 0, uint8 about 128.
  const std::int32_t wanted = IsUnsigned(lowering, node.inputs[1]) ? 128 : 0;
  for (const std::int32_t zero_point : product.weight_zero_points) {
    if (zero_point != wanted) {
      return Text("a weight zero point is ", zero_point, ", not ", wanted);
    }
  }
  return {};
}

void SetOutput(const QuantizedProduct& product, params::QConvParams& p) {
  if (product.type == DType::kInt32) return;
  const IntRange range = OutputRange(product);
  p.y_zero_point = product.y_zero_point;
  p.low = range.low;
  p.high = range.high;
}

void SetInput(const QuantizedProduct& product, bool is_unsigned, params::QConvParams& p) {
  p.sign_flip = is_unsigned ? kFlipFour : 0;
  p.x_zero_point = product.x_zero_point - (is_unsigned ? 128 : 0);
  p.padding = (static_cast<std::uint32_t>(p.x_zero_point) & 255u) * 0x01010101u;
}

params::QConvParams MakeQConvParams(const QConvAttrs& attrs, const Shape& in, const Shape& out) {
  params::QConvParams p{};
  SetConvolution(p, attrs, in, out);
  p.in_words = U32(PackedShape(in).words());
  p.out_words = U32(PackedShape(out).words());
  return p;
}

void PutByte(std::uint32_t& word, std::size_t lane, std::int32_t value) {
  word |= (static_cast<std::uint32_t>(value) & 255u) << (8 * lane);
}

void AppendChannels(const Product& product, std::size_t block, std::size_t channels,
                    const std::vector<std::int32_t>& bias, std::vector<std::uint32_t>& packed) {
  for (int part = 0; part < 3; ++part) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      const std::size_t channel = block * 4 + lane;
      const FixedPoint by = channel < channels ? product.MultiplierOf(channel) : FixedPoint{};
      const std::int32_t sum = channel < channels ? bias[channel] : 0;
      const std::int32_t parts[]{sum, by.multiplier, by.shift};
      packed.push_back(static_cast<std::uint32_t>(parts[part]));
    }
  }
}

// ops/qconv.comp's blob. weight_at(m, c, tap) is a weight of input channel c of m's group. The
// number of elements before the channels' data goes into p.
template <typename WeightAt>
std::vector<std::uint32_t> PackDense(const Product& product, params::QConvParams& p,
                                     const WeightAt& weight_at) {
  const std::size_t taps = std::size_t{p.kernel_height} * p.kernel_width;
  std::vector<std::uint32_t> packed(std::size_t{p.out_words} * taps * p.group_words * 4, 0);
  std::vector<std::int32_t> bias = product.bias;
  for (std::size_t m = 0; m < p.out_channels; ++m) {
    // Channels are counted from the first of the word that the group begins in.
    const std::size_t skipped = m / p.group_out_channels * p.group_in_channels % 4;
    for (std::size_t c = 0; c < p.group_in_channels; ++c) {
      const std::size_t word = (skipped + c) / 4, lane = (skipped + c) % 4;
      for (std::size_t tap = 0; tap < taps; ++tap) {
        const std::int32_t weight = weight_at(m, c, tap);
        PutByte(packed[(((m / 4) * taps + tap) * p.group_words + word) * 4 + m % 4], lane, weight);
        bias[m] = WrappedDifference(bias[m], WrappedProduct(p.x_zero_point, weight));
      }
    }
  }
  p.channel_offset = U32(static_cast<std::int64_t>(packed.size() / 4));
  for (std::size_t block = 0; block < p.out_words; ++block) {
    AppendChannels(product, block, p.out_channels, bias, packed);
  }
  return packed;
}

void AddDense(const Node& node, Lowering& lowering, params::QConvParams& p,
              const std::vector<std::uint32_t>& packed, bool sums) {
  p.pixel_blocks = U32(CeilDiv(p.pixels, kLocalSize));
  lowering.Add(
      lowering.plan().packed_dot ? "qconv_dot" : "qconv", p,
      {lowering.Operand(node.inputs[0]), lowering.Words(packed), lowering.Operand(node.outputs[0])},
      std::uint64_t{p.out_words} * p.pixel_blocks, Activation::Kind::kNone, {sums});
}

}  // namespace

std::string RefusesQuantize(const Node& node, const Lowering& lowering) {
  return RefusesScale(std::get<QuantizeAttrs>(node.attrs).scale, node, lowering);
}

void LowerQuantize(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<QuantizeAttrs>(node.attrs);
  const Shape& shape = lowering.shape(node.inputs[0]);
  params::QuantizeParams p = MakeQuantizeParams(attrs.scale, shape);
  const IntRange range = RangeOf(attrs.type);
  p.work = U32(PackedShape(shape).bytes() / 4);
  p.low = range.low;
  p.high = range.high;
  lowering.Add("quantize", p,
               {lowering.Operand(node.inputs[0]), ScaleConstants(attrs.scale, lowering),
                lowering.Operand(node.outputs[0])},
               CeilDiv(p.work, kLocalSize));
}

std::string RefusesDequantize(const Node& node, const Lowering& lowering) {
  return RefusesScale(std::get<DequantizeAttrs>(node.attrs).scale, node, lowering);
}

void LowerDequantize(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<DequantizeAttrs>(node.attrs);
  const Shape& shape = lowering.shape(node.inputs[0]);
  params::QuantizeParams p = MakeQuantizeParams(attrs.scale, shape);
  p.work = U32(shape.elements());
  const DType type = lowering.graph().value(node.inputs[0]).desc.dtype;
  const std::uint32_t source = type == DType::kInt32 ? 0 : (type == DType::kInt8 ? 1 : 2);
  lowering.Add("dequantize", p,
               {lowering.Operand(node.inputs[0]), ScaleConstants(attrs.scale, lowering),
                lowering.Operand(node.outputs[0])},
               CeilDiv(p.work, kLocalSize), Activation::Kind::kNone, {source});
}

std::string RefusesQConvGrouped(const Node& node, const Lowering& lowering) {
  return RefusesProduct(std::get<QConvAttrs>(node.attrs).product, node, lowering);
}

std::string RefusesQConv(const Node& node, const Lowering& lowering) {
  const auto& attrs = std::get<QConvAttrs>(node.attrs);
  const std::int64_t group_out = lowering.shape(node.outputs[0])[1] / attrs.groups;
  if (attrs.groups > 1 && group_out % 4 != 0) {
    return Text("groups of ", group_out, " output channels, which four do not divide");
  }
  return RefusesQConvGrouped(node, lowering);
}

void LowerQConv(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<QConvAttrs>(node.attrs);
  params::QConvParams p =
      MakeQConvParams(attrs, lowering.shape(node.inputs[0]), lowering.shape(node.outputs[0]));
  SetInput(attrs.product, IsUnsigned(lowering, node.inputs[0]), p);
  SetOutput(attrs.product, p);
  for (std::uint32_t group = 0; group < U32(attrs.groups); ++group) {
    const std::uint32_t first = group * p.group_in_channels;
    p.group_words =
        std::max(p.group_words, U32(CeilDiv(first + p.group_in_channels, 4)) - first / 4);
  }
  const std::size_t taps = std::size_t{p.kernel_height} * p.kernel_width;
  const std::size_t filter = taps * p.group_in_channels;
  const Product product(attrs.product, node, lowering, p.out_channels, filter);
  const auto packed = PackDense(product, p, [&](std::size_t m, std::size_t c, std::size_t tap) {
    return product.weights[m * filter + c * taps + tap];
  });
  AddDense(node, lowering, p, packed, attrs.product.type == DType::kInt32);
}

void LowerQConvGrouped(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<QConvAttrs>(node.attrs);
  params::QConvParams p =
      MakeQConvParams(attrs, lowering.shape(node.inputs[0]), lowering.shape(node.outputs[0]));
  SetInput(attrs.product, IsUnsigned(lowering, node.inputs[0]), p);
  SetOutput(attrs.product, p);
  const std::size_t taps = std::size_t{p.kernel_height} * p.kernel_width;
  const std::size_t filter = taps * p.group_in_channels;
  const Product product(attrs.product, node, lowering, p.out_channels, filter);
  std::vector<std::uint32_t> packed(p.out_words * filter, 0);
  for (std::size_t m = 0; m < p.out_channels; ++m) {
    for (std::size_t c = 0; c < p.group_in_channels; ++c) {
      for (std::size_t tap = 0; tap < taps; ++tap) {
        PutByte(packed[m / 4 * filter + tap * p.group_in_channels + c], m % 4,
                product.weights[m * filter + c * taps + tap]);
      }
    }
  }
  p.channel_offset = U32(static_cast<std::int64_t>(packed.size()));
  for (std::size_t block = 0; block < p.out_words; ++block) {
    AppendChannels(product, block, p.out_channels, product.bias, packed);
  }
  p.pixel_blocks = U32(CeilDiv(p.pixels, kLocalSize));
  const bool depthwise = p.group_in_channels == 1 && p.group_out_channels == 1;
  lowering.Add(
      "qconv_grouped", p,
      {lowering.Operand(node.inputs[0]), lowering.Words(packed), lowering.Operand(node.outputs[0])},
      std::uint64_t{p.out_words} * p.pixel_blocks, Activation::Kind::kNone,
      {attrs.product.type == DType::kInt32, depthwise});
}

std::string RefusesQGemm(const Node& node, const Lowering& lowering) {
  const Shape& a = lowering.shape(node.inputs[0]);
  const Shape& b = lowering.shape(node.inputs[1]);
  if (a.rank() != 2 || b.rank() != 2) return Text("a is ", a, " and b is ", b, ", not of rank 2");
  return RefusesProduct(std::get<QGemmAttrs>(node.attrs).product, node, lowering);
}

// The 1x1 convolution of an image of one pixel.
void LowerQGemm(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<QGemmAttrs>(node.attrs);
  const Shape& a = lowering.shape(node.inputs[0]);
  const Shape& y = lowering.shape(node.outputs[0]);
  params::QConvParams p = MakeQConvParams({}, Shape{a[0], a[1], 1, 1}, Shape{y[0], y[1], 1, 1});
  SetInput(attrs.product, IsUnsigned(lowering, node.inputs[0]), p);
  SetOutput(attrs.product, p);
  p.group_words = p.in_words;
  const auto depth = static_cast<std::size_t>(a[1]), columns = static_cast<std::size_t>(y[1]);
  const Product product(attrs.product, node, lowering, columns, attrs.trans_b ? depth : 1);
  const auto packed = PackDense(product, p, [&](std::size_t m, std::size_t c, std::size_t) {
    return product.weights[attrs.trans_b ? m * depth + c : c * columns + m];
  });
  AddDense(node, lowering, p, packed, attrs.product.type == DType::kInt32);
}

}  // namespace vigil::vulkan
