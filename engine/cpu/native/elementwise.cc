// Unary and binary operators, and BatchNormalization that no convolution could take in: in the
// layout that their input already has.
#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/cpu/native/kernels.h"
#include "engine/cpu/native/tile_plan.h"

namespace vigil::cpu::native {
namespace {

using Op = ElementJob::Op;

// Elements of a job; a multiple of kLanes.
constexpr std::int64_t kJobElements = 16 * 1024;

bool UnaryApplicable(const KernelContext& context) {
  const UnaryAttrs* attrs = context.attrs<UnaryAttrs>();
  return attrs && ActivationOf(*attrs).kind != Activation::Kind::kNone;
}

// a op b, element by element; b -1 where op needs none.
void AddElements(KernelContext& context, Op op, SlotId a, SlotId b, const Layout& layout,
                 const FinishPlan& finish) {
  const auto count = static_cast<std::int64_t>(layout.get_size() / sizeof(float));
  std::vector<SlotId> uses = finish.uses();
  uses.push_back(a);
  if (b >= 0) uses.push_back(b);
  context.builder().AddFunction(
      [=, kernel = context.vectors().elements, &team = context.team()](SlotPointers slots) {
        const float* first = FloatsAt(slots, a);
        const float* second = b >= 0 ? FloatsAt(slots, b) : first;
        float* y = finish.Output(slots);
        const Finish all = finish.At(slots);
        team.ForEach((count + kJobElements - 1) / kJobElements, [&](std::int64_t i) {
          const std::int64_t at = i * kJobElements;
          kernel({op, first + at, second + at, nullptr, false, y + at,
                  std::min(kJobElements, count - at), Shifted(all, at)});
        });
      },
      uses);
}

// a op b (+ c) in the blocked layout, where b and c are packed [planes or blocks, kLanes] and
// `per_sample` says which.
void AddChannelwise(KernelContext& context, Op op, SlotId a, SlotId b, SlotId c,
                    const Layout& layout, bool per_sample, const FinishPlan& finish) {
  const std::int64_t planes = layout.shape[0] * layout.Planes(), blocks = layout.Planes();
  const std::int64_t plane = layout.PlaneStride();
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {a, b, c});
  context.builder().AddFunction(
      [=, kernel = context.vectors().elements, &team = context.team()](SlotPointers slots) {
        const float *x = FloatsAt(slots, a), *second = FloatsAt(slots, b),
                    *third = FloatsAt(slots, c);
        float* y = finish.Output(slots);
        const Finish all = finish.At(slots);
        team.ForEach(planes, [&](std::int64_t i) {
          const std::int64_t channels = (per_sample ? i : i % blocks) * kLanes;
          kernel({op, x + i * plane, second + channels, third + channels, true, y + i * plane,
                  plane, Shifted(all, i * plane)});
        });
      },
      uses);
}

// a op b, c of rows [N, C], where b and c are one row.
void AddRows(KernelContext& context, Op op, SlotId b, SlotId c) {
  const Shape& shape = context.InputShape(0);
  const Layout layout = PlainLayout(shape);
  const SlotId a = context.Input(0, layout);
  const FinishPlan finish(context, Activation{}, layout);
  std::vector<SlotId> uses = finish.uses();
  uses.insert(uses.end(), {a, b, c});
  context.builder().AddFunction(
      [=, rows = shape[0], columns = shape[1],
       kernel = context.vectors().elements](SlotPointers slots) {
        const float *x = FloatsAt(slots, a), *second = FloatsAt(slots, b),
                    *third = FloatsAt(slots, c);
        float* y = finish.Output(slots);
        const Finish all = finish.At(slots);
        for (std::int64_t at = 0; at < rows * columns; at += columns)
          kernel({op, x + at, second, third, false, y + at, columns, Shifted(all, at)});
      },
      uses);
}

void BuildUnary(KernelContext& context) {
  const Layout layout = context.InputLayout(0);
  const SlotId x = context.Input(0, layout);
  const FinishPlan finish(context, ActivationOf(*context.attrs<UnaryAttrs>()), layout);
  AddElements(context, Op::kCopy, x, -1, layout, finish);
}

// One number a channel, alike for all samples or not.
bool IsChannelwise(const Shape& small, const Shape& large) {
  return large.rank() == 4 && small.rank() == 4 && small[1] == large[1] && small[2] == 1 &&
         small[3] == 1 && (small[0] == 1 || small[0] == large[0]);
}

std::optional<Op> ElementOpOf(BinaryKind kind) {
  switch (kind) {
    case BinaryKind::kAdd:
      return Op::kAdd;
    case BinaryKind::kMul:
      return Op::kMul;
    case BinaryKind::kSub:
      return Op::kSub;
    case BinaryKind::kDiv:
      return Op::kDiv;
    case BinaryKind::kMin:
      return Op::kMin;
    case BinaryKind::kMax:
      return Op::kMax;
    case BinaryKind::kPRelu:
      return Op::kPRelu;
    default:
      return std::nullopt;
  }
}

bool Commutes(Op op) { return op == Op::kAdd || op == Op::kMul; }

// Which input is as large as the output, the first where order matters; -1: this is left to the
// reference.
int LargeInput(const KernelContext& context, Op op) {
  const Shape& y = context.OutputShape(0);
  for (int large = 0; large <= (Commutes(op) ? 1 : 0); ++large) {
    const Shape& other = context.InputShape(1 - large);
    if (context.InputShape(large) == y && (other == y || IsChannelwise(other, y))) return large;
  }
  return -1;
}

bool BinaryApplicable(const KernelContext& context) {
  const BinaryAttrs* attrs = context.attrs<BinaryAttrs>();
  const std::optional<Op> op = attrs ? ElementOpOf(attrs->kind) : std::nullopt;
  return op && LargeInput(context, *op) >= 0;
}

void BuildBinary(KernelContext& context) {
  const BinaryAttrs& attrs = *context.attrs<BinaryAttrs>();
  const Op op = *ElementOpOf(attrs.kind);
  const int large = LargeInput(context, op);
  const Shape &other = context.InputShape(1 - large), &y = context.OutputShape(0);
  if (other == y) {
    const int first = context.Constant(0) && Commutes(op) ? 1 : 0;
    const Layout layout = context.InputLayout(first);
    const SlotId a = context.Input(first, layout), b = context.Input(1 - first, layout);
    const FinishPlan finish(context, attrs.epilogue, layout);
    AddElements(context, op, a, b, layout, finish);
    return;
  }
  const Layout layout = BlockedLayout(y);
  const SlotId a = context.Input(large, layout);
  const SlotId b = context.Input(1 - large, BlockedLayout(other));
  const FinishPlan finish(context, attrs.epilogue, layout);
  AddChannelwise(context, op, a, b, b, layout, other[0] == y[0], finish);
}

bool BatchNormApplicable(const KernelContext& context) {
  const int rank = context.InputShape(0).rank();
  if (!context.attrs<BatchNormAttrs>() || (rank != 2 && rank != 4)) return false;
  for (int i = 1; i < 5; ++i) {
    if (!context.Constant(i)) return false;
  }
  return true;
}

// x * scale + shift of what the statistics come to.
void BuildBatchNorm(KernelContext& context) {
  const float epsilon = context.attrs<BatchNormAttrs>()->epsilon;
  const auto scale = context.Constant(1)->as<float>(), bias = context.Constant(2)->as<float>();
  const auto mean = context.Constant(3)->as<float>(), variance = context.Constant(4)->as<float>();
  TilePlan packing;
  packing.channels = context.InputShape(0)[1];
  const auto factor = [&](std::int64_t channel) {
    const auto c = static_cast<std::size_t>(channel);
    return scale[c] / std::sqrt(variance[c] + epsilon);
  };
  const SlotId factors =
      PackWeights(context.builder(), packing,
                  [&](std::int64_t channel, std::int64_t) { return factor(channel); });
  const SlotId shifts =
      PackWeights(context.builder(), packing, [&](std::int64_t channel, std::int64_t) {
        const auto c = static_cast<std::size_t>(channel);
        return bias[c] - mean[c] * factor(channel);
      });
  if (context.InputShape(0).rank() == 2) {
    AddRows(context, Op::kScaleShift, factors, shifts);
    return;
  }
  const Layout layout = BlockedLayout(context.InputShape(0));
  const SlotId x = context.Input(0, layout);
  const FinishPlan finish(context, Activation{}, layout);
  AddChannelwise(context, Op::kScaleShift, x, factors, shifts, layout, false, finish);
}

}  // namespace

const Kernel kUnaryKernel{"own activation", UnaryApplicable, BuildUnary};
const Kernel kBinaryKernel{"own binary", BinaryApplicable, BuildBinary};
const Kernel kBatchNormKernel{"own batch normalization", BatchNormApplicable, BuildBatchNorm};

}  // namespace vigil::cpu::native
