#include "engine/cpu/native/byte_finish.h"

#include <cmath>
#include <limits>
#include <memory>
#include <optional>

#include "engine/cpu/native/byte_chain.h"

namespace vigil::cpu::native {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Bytes lie in blocks as far as there are any.
Layout LayoutOf(const TensorDesc& desc) {
  if (desc.shape.rank() != 4) return PlainLayout(desc);
  return DTypeBytes(desc.dtype) == 1 ? ByteLayout(desc) : BlockedLayout(desc.shape);
}

ByteStep StepTo(float step, std::int32_t zero_point, const IntRange& range, bool is_offset) {
  const std::int32_t offset = is_offset ? 128 : 0;
  return {step, zero_point + offset, range.low + offset, range.high + offset};
}

// One number a channel or one for all, in whole blocks.
template <typename T, typename Function>
SlotId PackChannels(ProgramBuilder& builder, std::int64_t channels, std::size_t count,
                    const Function& number) {
  const std::int64_t padded = BlocksOf(channels) * kLanes;
  return builder.Pack(static_cast<std::size_t>(padded) * sizeof(T), [&](std::byte* to) {
    auto* packed = reinterpret_cast<T*>(to);
    for (std::int64_t m = 0; m < padded; ++m) {
      const std::int64_t channel = std::min(m, channels - 1);
      packed[m] = number(count == 1 ? 0 : static_cast<std::size_t>(channel));
    }
  });
}

void SetCut(const Activation& activation, float& low, float& high) {
  low = -kInfinity;
  high = kInfinity;
  if (activation.kind == Activation::Kind::kRelu) low = 0.0f;
  if (activation.kind == Activation::Kind::kClip) {
    low = activation.alpha;
    high = activation.beta;
  }
}

template <typename T>
T* Moved(T* pointer, std::ptrdiff_t by) {
  return pointer ? pointer + by : nullptr;
}

template <typename T>
T* SlotOrNull(SlotPointers slots, SlotId slot) {
  return slot >= 0 ? ElementsAt<T>(slots, slot) : nullptr;
}

}  // namespace

ByteStep StepTo(const QuantizeAttrs& attrs, bool is_offset) {
  return StepTo(attrs.scale.scales[0], attrs.scale.zero_points[0], RangeOf(attrs.type), is_offset);
}

ByteFinishPlan::ByteFinishPlan(KernelContext& context, const QuantizedProduct& product,
                               std::int64_t channels) {
  if (product.type != DType::kInt32) {
    MakeBytes(context, product, channels);
  } else if (!MakeChain(context, channels)) {
    MakeSums(context);
  }
}

SlotId ByteFinishPlan::Use(SlotId slot) {
  uses_.push_back(slot);
  return slot;
}

void ByteFinishPlan::MakeSums(KernelContext& context) {
  finish_.form = ByteFinish::Form::kSums;
  sums_ = Use(context.Output(0, LayoutOf(context.OutputDesc(0))));
}

void ByteFinishPlan::MakeBytes(KernelContext& context, const QuantizedProduct& product,
                               std::int64_t channels) {
  finish_.form = ByteFinish::Form::kBytes;
  const Layout layout = LayoutOf(context.OutputDesc(0));
  finish_.to_bytes =
      StepTo(product.y_scale, product.y_zero_point, OutputRange(product), layout.is_offset);
  const std::vector<FixedPoint> multipliers = MultipliersOf(product);
  ProgramBuilder& builder = context.builder();
  scales_ = PackChannels<double>(builder, channels, multipliers.size(), [&](std::size_t m) {
    return std::ldexp(multipliers[m].multiplier, -multipliers[m].shift);
  });
  fixed_ = PackChannels<FixedScale>(builder, channels, multipliers.size(), [&](std::size_t m) {
    return FixedScale{multipliers[m].multiplier, multipliers[m].shift};
  });
  Use(scales_);
  Use(fixed_);
  bytes_ = Use(context.Output(0, layout));
}

bool ByteFinishPlan::MakeChain(KernelContext& context, std::int64_t channels) {
  ProgramBuilder& builder = context.builder();
  const Graph& graph = builder.graph();
  const std::optional<ByteChain> chain =
      ChainFrom(builder, context.node().outputs.front(), /*axis=*/1);
  if (!chain) return false;
  for (const int node : chain->nodes) builder.Skip(node);
  finish_.form = ByteFinish::Form::kFloats;
  SetCut(chain->inner, finish_.inner_low, finish_.inner_high);
  SetCut(chain->outer, finish_.low, finish_.high);
  float_scales_ = Use(PackChannels<float>(builder, channels, chain->scales.size(),
                                          [&](std::size_t m) { return chain->scales[m]; }));
  const Layout layout = LayoutOf(graph.value(chain->floats).desc);
  if (chain->residual >= 0) residual_ = Use(builder.Get(chain->residual, layout));
  if (chain->floats_wanted) floats_ = Use(builder.Produce(chain->floats, layout));
  if (chain->quantize) {
    const Layout bytes = LayoutOf(graph.value(chain->bytes).desc);
    finish_.to_bytes = StepTo(*chain->quantize, bytes.is_offset);
    bytes_ = Use(builder.Produce(chain->bytes, bytes));
  }
  return true;
}

ByteFinish ByteFinishPlan::At(SlotPointers slots) const {
  ByteFinish finish = finish_;
  finish.scales = SlotOrNull<const double>(slots, scales_);
  finish.fixed = SlotOrNull<const FixedScale>(slots, fixed_);
  finish.float_scales = SlotOrNull<const float>(slots, float_scales_);
  finish.residual = SlotOrNull<const float>(slots, residual_);
  finish.sums = SlotOrNull<std::int32_t>(slots, sums_);
  finish.floats = SlotOrNull<float>(slots, floats_);
  finish.bytes = SlotOrNull<std::uint8_t>(slots, bytes_);
  return finish;
}

ByteFinish Shifted(ByteFinish finish, std::ptrdiff_t channel, std::ptrdiff_t element) {
  finish.scales = Moved(finish.scales, channel);
  finish.fixed = Moved(finish.fixed, channel);
  finish.float_scales = Moved(finish.float_scales, channel);
  finish.residual = Moved(finish.residual, element);
  finish.sums = Moved(finish.sums, element);
  finish.floats = Moved(finish.floats, element);
  finish.bytes = Moved(finish.bytes, element);
  return finish;
}

void AddByteTiles(KernelContext& context, TilePlan plan, SlotId x, SlotId weights, SlotId bias,
                  const ByteFinishPlan& finish) {
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {x, weights, bias});
  const auto kept = std::make_shared<const TilePlan>(std::move(plan));
  context.builder().AddFunction(
      [=, &kernels = context.bytes(), &team = context.team()](SlotPointers slots) {
        const auto* from = ElementsAt<const std::uint8_t>(slots, x);
        const auto* w = ElementsAt<const std::int8_t>(slots, weights);
        const auto* b = ElementsAt<const std::int32_t>(slots, bias);
        const ByteFinish all = finish.At(slots);
        team.ForEach(kept->jobs(), [&](std::int64_t job) {
          ByteTileJob tile{};
          tile.terms = kept->terms;
          tile.x_step = kept->x_step;
          tile.y_step = kept->y_step;
          tile.y_block = kept->y_block;
          ForEachTileRow(*kept, kernels.tile_blocks, job, [&](const TileRow& row) {
            tile.offsets = kept->offsets.data() + row.group * kept->terms;
            tile.blocks = row.blocks;
            tile.weights = w + row.packed * kept->terms * kLanes * kQuad;
            tile.bias = b + row.packed * kLanes;
            tile.lanes = row.lanes;
            tile.x = from + row.x;
            tile.pixels = row.pixels;
            tile.finish = Shifted(all, row.packed * kLanes, row.y);
            kernels.tile(tile);
          });
        });
      },
      uses);
}

}  // namespace vigil::cpu::native
