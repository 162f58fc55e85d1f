#include "engine/cpu/native/finish.h"

#include <limits>

namespace vigil::cpu::native {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A clip that does nothing, where there is none.
Finish FinishOf(const Activation& activation) {
  using Kind = Activation::Kind;
  using Function = Finish::Function;
  Finish finish{};
  finish.low = activation.alpha;
  finish.high = activation.beta;
  switch (activation.kind) {
    case Kind::kNone:
      finish.low = -kInfinity;
      finish.high = kInfinity;
      break;
    case Kind::kRelu:
      finish.low = 0.0f;
      finish.high = kInfinity;
      break;
    case Kind::kClip:
      break;
    case Kind::kSigmoid:
      finish.function = Function::kSigmoid;
      break;
    case Kind::kLeakyRelu:
      finish.function = Function::kLeakyRelu;
      break;
    case Kind::kElu:
      finish.function = Function::kElu;
      break;
    case Kind::kHardSigmoid:
      finish.function = Function::kHardSigmoid;
      break;
    case Kind::kHardSwish:
      finish.function = Function::kHardSwish;
      break;
    case Kind::kTanh:
      finish.function = Function::kTanh;
      break;
  }
  return finish;
}

}  // namespace

FinishPlan::FinishPlan(KernelContext& context, const Epilogue& epilogue, const Layout& layout)
    : finish_(FinishOf(epilogue.activation)), tap_slot_(context.builder().tap_slot()) {
  if (epilogue.residual) {
    residual_ = context.Input(context.inputs() - 1, layout);
    uses_.push_back(residual_);
  }
  output_ = context.Output(0, layout);
  uses_.push_back(output_);
  int next = 1;
  if (epilogue.store_accumulator) accumulator_ = MakeStore(context, next++, layout);
  if (epilogue.store_pre_activation) pre_activation_ = MakeStore(context, next, layout);
}

FinishPlan::Store FinishPlan::MakeStore(KernelContext& context, int output, const Layout& layout) {
  if (!context.Wanted(output)) return {};
  // The step itself is the first output's.
  context.For(output);
  const Store store{context.Output(output, layout), !context.NeededWithoutTaps(output)};
  context.For(0);
  uses_.push_back(store.slot);
  return store;
}

float* FinishPlan::At(SlotPointers slots, const Store& store) const {
  const bool wanted = store.slot >= 0 && (!store.for_taps || FloatsAt(slots, tap_slot_));
  return wanted ? FloatsAt(slots, store.slot) : nullptr;
}

Finish FinishPlan::At(SlotPointers slots) const {
  Finish finish = finish_;
  if (residual_ >= 0) finish.residual = FloatsAt(slots, residual_);
  finish.accumulator = At(slots, accumulator_);
  finish.pre_activation = At(slots, pre_activation_);
  return finish;
}

float* FinishPlan::Output(SlotPointers slots) const { return FloatsAt(slots, output_); }

Finish Shifted(Finish finish, std::ptrdiff_t floats) {
  if (finish.residual) finish.residual += floats;
  if (finish.accumulator) finish.accumulator += floats;
  if (finish.pre_activation) finish.pre_activation += floats;
  return finish;
}

}  // namespace vigil::cpu::native
