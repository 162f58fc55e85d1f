// QuantizeLinear and DequantizeLinear that no product has taken in.
#include <algorithm>

#include "engine/cpu/native/byte_finish.h"
#include "engine/cpu/native/kernels.h"

namespace vigil::cpu::native {
namespace {

// Elements of a job; a multiple of kLanes.
constexpr std::int64_t kJobElements = 16 * 1024;

bool QuantizeApplicable(const KernelContext& context) {
  const auto* attrs = context.attrs<QuantizeAttrs>();
  return attrs && attrs->scale.scales.size() == 1;
}

// Element by element, both in the same order.
void QuantizeInPlaceOrder(KernelContext& context, const Layout& from, const Layout& to) {
  const SlotId x = context.Input(0, from), y = context.Output(0, to);
  const ByteStep step = StepTo(*context.attrs<QuantizeAttrs>(), to.is_offset);
  const auto count = static_cast<std::int64_t>(from.get_size() / sizeof(float));
  context.builder().AddFunction(
      [=, kernel = context.bytes().quantize, &team = context.team()](SlotPointers slots) {
        const float* source = FloatsAt(slots, x);
        auto* target = ElementsAt<std::uint8_t>(slots, y);
        team.ForEach((count + kJobElements - 1) / kJobElements, [&](std::int64_t i) {
          const std::int64_t at = i * kJobElements;
          kernel({source + at, std::min(kJobElements, count - at), step, target + at});
        });
      },
      std::array{x, y});
}

// From planes to blocks: a job is some pixels of four channels.
void QuantizeIntoBlocks(KernelContext& context, const Shape& shape, const Layout& to) {
  constexpr std::int64_t kJobPixels = kJobElements / kQuad;
  const SlotId x = context.Input(0, PlainLayout(shape)), y = context.Output(0, to);
  const ByteStep step = StepTo(*context.attrs<QuantizeAttrs>(), to.is_offset);
  const std::int64_t plane = shape[2] * shape[3], channels = shape[1];
  const std::int64_t quads = (channels + kQuad - 1) / kQuad;
  const std::int64_t parts = (plane + kJobPixels - 1) / kJobPixels;
  context.builder().AddFunction(
      [=, kernel = context.bytes().quantize_quad, &team = context.team(),
       sample_stride = to.SampleStride(), plane_stride = to.PlaneStride(),
       samples = shape[0]](SlotPointers slots) {
        const float* source = FloatsAt(slots, x);
        auto* target = ElementsAt<std::uint8_t>(slots, y);
        team.ForEach(samples * quads * parts, [&](std::int64_t i) {
          const std::int64_t first = i % parts * kJobPixels;
          const std::int64_t channel = i / parts % quads * kQuad, sample = i / parts / quads;
          QuantizeQuadJob job{};
          job.channels = static_cast<int>(std::min<std::int64_t>(kQuad, channels - channel));
          for (int c = 0; c < job.channels; ++c)
            job.x[c] = source + (sample * channels + channel + c) * plane + first;
          job.pixels = std::min(kJobPixels, plane - first);
          job.to = step;
          job.y = target + sample * sample_stride + channel / kLanes * plane_stride +
                  first * kLanes + channel % kLanes;
          kernel(job);
        });
      },
      std::array{x, y});
}

void BuildQuantize(KernelContext& context) {
  const TensorDesc& desc = context.OutputDesc(0);
  if (desc.shape.rank() != 4) {
    QuantizeInPlaceOrder(context, PlainLayout(desc.shape), PlainLayout(desc));
  } else if (context.InputLayout(0).blocked()) {
    QuantizeInPlaceOrder(context, BlockedLayout(desc.shape), ByteLayout(desc));
  } else {
    QuantizeIntoBlocks(context, desc.shape, ByteLayout(desc));
  }
}

// What is plain is small, or constant. The kernel has one zero point.
bool DequantizeApplicable(const KernelContext& context) {
  const auto* attrs = context.attrs<DequantizeAttrs>();
  if (!attrs || !context.InputLayout(0).blocked()) return false;
  const QuantizeScale& scale = attrs->scale;
  return (scale.scales.size() == 1 || scale.axis == 1) &&
         std::ranges::all_of(scale.zero_points,
                             [&](std::int32_t z) { return z == scale.zero_points.front(); });
}

void BuildDequantize(KernelContext& context) {
  const QuantizeScale& scale = context.attrs<DequantizeAttrs>()->scale;
  const Layout from = context.InputLayout(0), to = BlockedLayout(context.OutputShape(0));
  const SlotId x = context.Input(0, from), y = context.Output(0, to);
  const std::int64_t blocks = to.Planes(), channels = to.shape[1], plane = to.PlaneStride();
  const SlotId scales = context.builder().Pack(
      static_cast<std::size_t>(blocks * kLanes) * sizeof(float), [&](std::byte* bytes) {
        auto* packed = reinterpret_cast<float*>(bytes);
        for (std::int64_t c = 0; c < blocks * kLanes; ++c) {
          const std::int64_t channel = std::min(c, channels - 1);
          packed[c] =
              scale.scales[scale.scales.size() == 1 ? 0 : static_cast<std::size_t>(channel)];
        }
      });
  DequantizeJob all{};
  all.count = plane;
  all.zero_point = scale.zero_points.front() + (from.is_offset ? 128 : 0);
  context.builder().AddFunction(
      [=, is_bytes = from.element_bytes == 1, planes = to.shape[0] * blocks,
       kernel = context.bytes().dequantize, &team = context.team()](SlotPointers slots) {
        team.ForEach(planes, [&](std::int64_t i) {
          DequantizeJob job = all;
          if (is_bytes) {
            job.bytes = ElementsAt<const std::uint8_t>(slots, x) + i * plane;
          } else {
            job.sums = ElementsAt<const std::int32_t>(slots, x) + i * plane;
          }
          job.scales = ElementsAt<const float>(slots, scales) + i % blocks * kLanes;
          job.y = FloatsAt(slots, y) + i * plane;
          kernel(job);
        });
      },
      std::array{x, y, scales});
}

}  // namespace

const Kernel kQuantizeKernel{"own quantization", QuantizeApplicable, BuildQuantize};
const Kernel kDequantizeKernel{"own dequantization", DequantizeApplicable, BuildDequantize};

}  // namespace vigil::cpu::native
