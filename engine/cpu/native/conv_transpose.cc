// ConvTranspose as convolutions of stride 1, one for each phase of the output: outputs whose row
// and column leave the same remainders by the strides read the same taps of the kernel, and
// neighbours among them read neighbours of the input.
#include <algorithm>

#include "engine/cpu/native/conv_plan.h"
#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/padded.h"

namespace vigil::cpu::native {
namespace {

// Along one dimension: outputs first, first + stride, ...
struct Phase {
  struct Tap {
    std::int64_t tap;   // of the kernel
    std::int64_t read;  // by the phase's first output, an input that may be outside
  };
  std::int64_t first = 0, outputs = 0;
  std::vector<Tap> taps;
};

std::vector<Phase> PhasesOf(const ConvTransposeAttrs& attrs, std::size_t axis, std::int64_t out) {
  const std::int64_t stride = attrs.strides[axis];
  std::vector<Phase> phases;
  for (std::int64_t first = 0; first < std::min(stride, out); ++first) {
    Phase phase{first, (out - first + stride - 1) / stride, {}};
    for (std::int64_t k = 0; k < attrs.kernel[axis]; ++k) {
      // Tap k of input i adds to output i * stride - pad + k * dilation.
      const std::int64_t distance = first + attrs.pads[axis] - k * attrs.dilations[axis];
      if (distance % stride == 0) phase.taps.push_back({k, distance / stride});
    }
    phases.push_back(std::move(phase));
  }
  return phases;
}

// How far the phases read before and after [0, in).
std::array<std::int64_t, 2> ReachOf(const std::vector<Phase>& phases, std::int64_t in) {
  std::array<std::int64_t, 2> reach{0, 0};
  for (const Phase& phase : phases) {
    for (const Phase::Tap& tap : phase.taps) {
      reach[0] = std::max(reach[0], -tap.read);
      reach[1] = std::max(reach[1], tap.read + phase.outputs - in);
    }
  }
  return reach;
}

// Weights [C, M / groups, kH, kW] of some taps of the kernel.
SlotId PackTaps(KernelContext& context, const TilePlan& plan, const Shape& shape,
                const std::vector<std::int64_t>& taps) {
  const float* values = context.Constant(1)->as<float>().data();
  const std::int64_t window = shape[2] * shape[3], channels = shape[0] / plan.groups;
  return PackWeights(context.builder(), plan, [&](std::int64_t channel, std::int64_t term) {
    const std::int64_t in = channel / plan.channels * channels + term % channels;
    const std::int64_t tap = taps[static_cast<std::size_t>(term / channels)];
    return values[(in * plan.channels + channel % plan.channels) * window + tap];
  });
}

// A group of few outputs leaves most lanes idle, which the plain loops do not have.
constexpr std::int64_t kFewestOutputs = 4;

bool Applicable(const KernelContext& context) {
  const ConvTransposeAttrs* attrs = context.attrs<ConvTransposeAttrs>();
  return attrs && (attrs->groups == 1 || context.InputShape(1)[1] >= kFewestOutputs) &&
         context.Constant(1) && (!attrs->has_bias || context.Constant(2));
}

void Build(KernelContext& context) {
  const ConvTransposeAttrs& attrs = *context.attrs<ConvTransposeAttrs>();
  const Shape &in = context.InputShape(0), &out = context.OutputShape(0);
  const std::vector<Phase> rows = PhasesOf(attrs, 0, out[2]), columns = PhasesOf(attrs, 1, out[3]);
  const auto above_below = ReachOf(rows, in[2]), left_right = ReachOf(columns, in[3]);
  const PaddedImage x =
      AddPadding(context, {above_below[0], left_right[0], above_below[1], left_right[1]}, 0.0f);
  const Layout y = ConvOutputLayout(out, attrs.groups);
  const FinishPlan finish(context, attrs.epilogue, y);
  SlotId bias = -1;
  for (const Phase& row : rows) {
    for (const Phase& column : columns) {
      TilePlan plan;
      plan.groups = attrs.groups;
      std::vector<std::int64_t> taps, pixels;
      for (const Phase::Tap& i : row.taps) {
        for (const Phase::Tap& j : column.taps) {
          taps.push_back(i.tap * attrs.kernel[1] + j.tap);
          pixels.push_back((i.read + above_below[0]) * x.layout.shape[3] + j.read + left_right[0]);
        }
      }
      SetTerms(plan, x.layout, pixels);
      SetOutput(plan, y);
      plan.rows = row.outputs;
      plan.row_pixels = plan.last_row_pixels = column.outputs;
      plan.x_sample = x.layout.SampleStride();
      plan.x_step = x.layout.PixelStride();
      plan.x_row = x.layout.shape[3] * plan.x_step;
      plan.y_first = (row.first * out[3] + column.first) * y.PixelStride();
      plan.y_step = attrs.strides[1] * y.PixelStride();
      plan.y_row = attrs.strides[0] * out[3] * y.PixelStride();
      CutIntoJobs(plan,
                  plan.row_pixels * in[1] / attrs.groups * static_cast<std::int64_t>(sizeof(float)),
                  context.team().threads());
      if (bias < 0) {
        bias = PackBias(context.builder(), plan, attrs.has_bias ? context.Constant(2) : nullptr);
      }
      const SlotId weights =
          taps.empty() ? bias : PackTaps(context, plan, context.InputShape(1), taps);
      AddTiles(context, std::move(plan), x.slot, weights, bias, finish);
    }
  }
}

}  // namespace

const Kernel kConvTransposeKernel{"own transposed convolution", Applicable, Build};

}  // namespace vigil::cpu::native
