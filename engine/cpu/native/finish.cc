#include "engine/cpu/native/finish.h"

#include <limits>

namespace vigil::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A clip that does nothing, where there is none.
Finish FinishOf(const Activation& activation) {
  Finish finish{};
  finish.low = -kInfinity;
  finish.high = kInfinity;
  switch (activation.kind) {
    case Activation::Kind::kRelu:
      finish.low = 0.0f;
      break;
    case Activation::Kind::kClip:
      finish.low = activation.low;
      finish.high = activation.high;
      break;
    case Activation::Kind::kSigmoid:
      finish.sigmoid = true;
      break;
    case Activation::Kind::kNone:
      break;
    default:
      finish.call = [](const void* of, float x) {
        return (*static_cast<const Activation*>(of))(x);
      };
  }
  return finish;
}

}  // namespace

FinishPlan::FinishPlan(KernelContext& context, const Epilogue& epilogue, const Layout& layout)
    : activation_(epilogue.activation),
      finish_(FinishOf(activation_)),
      tap_slot_(context.builder().tap_slot()) {
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
  finish.activation = &activation_;
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

}  // namespace vigil::cpu
