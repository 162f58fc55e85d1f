// QLinearConv and ConvInteger: depthwise ones in windows, the others as Conv's implicit product of
// matrices, in quads of channels.
#include <algorithm>

#include "engine/cpu/native/byte_finish.h"
#include "engine/cpu/native/byte_product.h"
#include "engine/cpu/native/conv_plan.h"
#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/padded.h"
#include "engine/cpu/native/window_plan.h"

namespace vigil::cpu::native {
namespace {

std::optional<ByteProduct> ProductOf(const KernelContext& context) {
  const auto* attrs = context.attrs<QConvAttrs>();
  return attrs ? ByteProductOf(context, attrs->product, true) : std::nullopt;
}

bool Applicable(const KernelContext& context) { return ProductOf(context).has_value(); }

// Channels of the input that a block of the output reads, in whole quads. Without groups all; with
// them those of every group that the block meets, so that any number of channels a group will do:
// what is not a channel's own has weights of zero.
struct BlockInput {
  std::int64_t first = 0, quads = 0;
};

BlockInput InputOf(const QConvAttrs& attrs, std::int64_t x_channels, std::int64_t y_channels,
                   std::int64_t block) {
  if (attrs.groups == 1) return {0, (x_channels + kQuad - 1) / kQuad};
  const std::int64_t in = x_channels / attrs.groups, out = y_channels / attrs.groups;
  const std::int64_t last_channel = std::min((block + 1) * kLanes, y_channels) - 1;
  const std::int64_t first = block * kLanes / out * in / kQuad * kQuad;
  const std::int64_t last = (last_channel / out + 1) * in;
  return {first, (last - first + kQuad - 1) / kQuad};
}

struct Terms {
  std::vector<BlockInput> inputs;  // one a block of the output; one for all without groups
  std::int64_t quads = 0;          // of a tap, the most of any

  const BlockInput& of(std::int64_t block) const {
    return inputs[inputs.size() == 1 ? 0 : static_cast<std::size_t>(block)];
  }
};

Terms TermsOf(const QConvAttrs& attrs, std::int64_t x_channels, std::int64_t y_channels) {
  Terms terms;
  const std::int64_t blocks = attrs.groups == 1 ? 1 : BlocksOf(y_channels);
  for (std::int64_t block = 0; block < blocks; ++block) {
    terms.inputs.push_back(InputOf(attrs, x_channels, y_channels, block));
    terms.quads = std::max(terms.quads, terms.inputs.back().quads);
  }
  return terms;
}

// With groups, each block of the output is a group of the plan, for it has offsets of its own.
TilePlan MakePlan(KernelContext& context, const QConvAttrs& attrs, const Layout& x,
                  const Terms& terms) {
  const Shape& y = context.OutputShape(0);
  TilePlan plan;
  SetOutput(plan, BlockedLayout(y));
  if (attrs.groups > 1) {
    plan.groups = BlocksOf(y[1]);
    plan.channels = kLanes;
    plan.y_group = plan.y_block;
  }
  const std::vector<std::int64_t> taps = TapsOf(attrs.kernel, attrs.dilations, x);
  for (const BlockInput& input : terms.inputs) {
    for (const std::int64_t tap : taps) {
      for (std::int64_t quad = 0; quad < terms.quads; ++quad) {
        // Quads that a block lacks read its first one, for nothing.
        const std::int64_t channel = input.first + (quad < input.quads ? quad * kQuad : 0);
        plan.offsets.push_back(channel / kLanes * x.PlaneStride() + channel % kLanes +
                               tap * kLanes);
      }
    }
  }
  plan.terms = static_cast<std::int64_t>(taps.size()) * terms.quads;
  SetRows(plan, attrs.kernel, attrs.strides, x, y, context.bytes().tile_pixels);
  plan.x_sample = x.SampleStride();
  plan.y_step = kLanes;
  plan.y_row = plan.row_pixels * plan.y_step;
  CutIntoJobs(plan, plan.row_pixels * attrs.strides[0] * attrs.strides[1] * terms.quads * kQuad,
              context.team().threads());
  return plan;
}

void Build(KernelContext& context) {
  const QConvAttrs& attrs = *context.attrs<QConvAttrs>();
  const ByteProduct product = *ProductOf(context);
  const PaddedImage x =
      AddBytePadding(context, attrs.pads, static_cast<std::uint8_t>(product.x_zero_point));
  const std::int64_t x_channels = x.layout.shape[1], y_channels = product.channels;
  const std::int64_t in = x_channels / attrs.groups, out = y_channels / attrs.groups;
  const Terms terms = TermsOf(attrs, x_channels, y_channels);
  TilePlan plan = MakePlan(context, attrs, x.layout, terms);
  const std::int64_t window = attrs.kernel[0] * attrs.kernel[1];
  const SlotId weights = PackByteWeights(
      context.builder(), plan, y_channels, [&](std::int64_t channel, std::int64_t term, int place) {
        const BlockInput& input = terms.of(channel / kLanes);
        const std::int64_t quad = term % terms.quads, tap = term / terms.quads;
        const std::int64_t own = input.first + quad * kQuad + place - channel / out * in;
        if (quad >= input.quads || own < 0 || own >= in) return std::int8_t{0};
        return product
            .weights[static_cast<std::size_t>(channel * product.filter + own * window + tap)];
      });
  const SlotId bias = PackByteBias(context.builder(), y_channels,
                                   [&](std::int64_t m) { return product.Folded(m); });
  const ByteFinishPlan finish(context, attrs.product, y_channels);
  AddByteTiles(context, std::move(plan), x.slot, weights, bias, finish);
}

bool DepthwiseApplicable(const KernelContext& context) {
  const auto* attrs = context.attrs<QConvAttrs>();
  return attrs && attrs->groups > 1 && attrs->groups == context.InputShape(0)[1] &&
         attrs->groups == context.OutputShape(0)[1] && Applicable(context);
}

void BuildDepthwise(KernelContext& context) {
  const QConvAttrs& attrs = *context.attrs<QConvAttrs>();
  const ByteProduct product = *ProductOf(context);
  const Shape& shape = context.InputShape(0);
  const auto windows =
      WindowsOf({shape[2], shape[3]}, attrs.kernel, attrs.strides, attrs.pads, attrs.dilations);
  const auto plan = PlanWindows(windows, context.OutputShape(0), false, context.team().threads());
  const std::int64_t quads = (attrs.kernel[1] + kQuad - 1) / kQuad;
  TilePlan packing;  // [blocks, rows of the kernel, quads of its columns, ...]
  packing.channels = product.channels;
  packing.terms = attrs.kernel[0] * quads;
  const SlotId weights = PackByteWeights(
      context.builder(), packing, product.channels,
      [&](std::int64_t channel, std::int64_t term, int place) {
        const std::int64_t column = term % quads * kQuad + place;
        if (column >= attrs.kernel[1]) return std::int8_t{0};
        const std::int64_t tap = term / quads * attrs.kernel[1] + column;
        return product.weights[static_cast<std::size_t>(channel * product.filter + tap)];
      });
  const SlotId bias = PackByteBias(context.builder(), product.channels, [&](std::int64_t m) {
    return product.bias[static_cast<std::size_t>(m)];
  });
  const SlotId x = context.Input(0, ByteLayout(context.InputDesc(0)));
  const ByteFinishPlan finish(context, attrs.product, product.channels);
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {x, weights, bias});
  const std::int64_t blocks = packing.blocks(), block_bytes = packing.terms * kLanes * kQuad;
  context.builder().AddFunction(
      [=, zero_point = product.x_zero_point, kernel = context.bytes().depthwise,
       &team = context.team()](SlotPointers slots) {
        const auto* w = ElementsAt<const std::int8_t>(slots, weights);
        const auto* b = ElementsAt<const std::int32_t>(slots, bias);
        const ByteFinish all = finish.At(slots);
        RunWindows(*plan, kernel, team, ElementsAt<const std::uint8_t>(slots, x),
                   [&](ByteWindowJob& job, std::int64_t plane, std::int64_t at) {
                     const std::int64_t block = plane % blocks;
                     job.weights = w + block * block_bytes;
                     job.bias = b + block * kLanes;
                     job.zero_point = zero_point;
                     job.finish = Shifted(all, block * kLanes, at);
                   });
      },
      uses);
}

}  // namespace

const Kernel kByteDepthwiseKernel{"own depthwise convolution of bytes", DepthwiseApplicable,
                                  BuildDepthwise};
const Kernel kByteConvKernel{"own convolution of bytes", Applicable, Build};

}  // namespace vigil::cpu::native
