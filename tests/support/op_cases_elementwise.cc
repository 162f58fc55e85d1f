#include "tests/support/op_cases.h"

namespace vigil::testing {

std::vector<OpCase> UnaryCases() {
  std::vector<OpCase> cases;
  const std::vector<Shape> shapes{{1, 3, 7, 13}, {3, 5, 5, 5},  {3, 37},
                                  {1, 7, 3},     {1, 65, 1, 1}, {1, 1025}};
  for (const UnaryAttrs& attrs :
       std::vector<UnaryAttrs>{{UnaryKind::kRelu},
                               {UnaryKind::kClip, 0.0f, 0.5f},
                               {UnaryKind::kClip, -0.75f, 0.25f},
                               {UnaryKind::kSigmoid},
                               {UnaryKind::kIdentity},
                               {UnaryKind::kDropout, 0.5f},
                               {UnaryKind::kLeakyRelu, 0.01f},
                               {UnaryKind::kLeakyRelu, -1.5f},
                               {UnaryKind::kElu, 1.0f},
                               {UnaryKind::kElu, 2.5f},
                               {UnaryKind::kHardSigmoid, 0.2f, 0.5f},
                               {UnaryKind::kHardSigmoid, 0.75f, -0.25f},
                               {UnaryKind::kHardSwish},
                               {UnaryKind::kTanh},
                               {UnaryKind::kSelu, 1.67326319f, 1.05070102f},
                               {UnaryKind::kSelu, 2.0f, 0.5f},
                               {UnaryKind::kSoftplus},
                               {UnaryKind::kSoftsign},
                               {UnaryKind::kErf},
                               {UnaryKind::kExp},
                               {UnaryKind::kLog},
                               {UnaryKind::kSqrt},
                               {UnaryKind::kNeg},
                               {UnaryKind::kAbs},
                               {UnaryKind::kReciprocal},
                               {UnaryKind::kFloor},
                               {UnaryKind::kCeil},
                               {UnaryKind::kGelu},
                               {UnaryKind::kGeluTanh},
                               {UnaryKind::kRound},
                               {UnaryKind::kSign},
                               {UnaryKind::kThresholdedRelu, 0.25f},
                               {UnaryKind::kShrink, 0.5f, 0.25f},
                               {UnaryKind::kMish},
                               {UnaryKind::kCelu, 0.75f}}) {
    for (const Shape& shape : shapes) {
      cases.push_back({attrs, {shape}, false, cases.size() + 901});
    }
  }
  return cases;
}

std::vector<OpCase> BinaryCases() {
  std::vector<OpCase> cases;
  const std::vector<std::array<Shape, 2>> shapes{{Shape{1, 3, 7, 13}, {1, 3, 7, 13}},
                                                 {Shape{3, 5, 5, 7}, {3, 5, 5, 7}},
                                                 {Shape{3, 7, 5, 5}, {3, 7, 1, 1}},
                                                 {Shape{3, 7, 5, 3}, {1, 7, 1, 1}},
                                                 {Shape{1, 7, 5, 3}, {7, 1, 1}},
                                                 {Shape{3, 2, 5, 13}, {13}},
                                                 {Shape{1, 3, 5, 5}, {1}},
                                                 {Shape{3, 4, 7, 5}, {3, 1, 7, 5}},
                                                 {Shape{1, 4, 7, 5}, {7, 1}},
                                                 {Shape{3, 37}, {3, 37}},
                                                 {Shape{3, 37}, {37}},
                                                 {Shape{3, 13}, {3, 1}},
                                                 {Shape{3, 1, 1, 1}, {3, 5, 7, 2}},
                                                 {Shape{1, 5, 1, 3}, {1, 1, 7, 3}},
                                                 {Shape{3, 5, 7}, {3, 5, 7}},
                                                 {Shape{1, 6, 9, 9}, {}}};
  using enum BinaryKind;
  for (const BinaryKind kind : {kAdd, kMul, kSub, kDiv, kPow, kMin, kMax, kPRelu}) {
    for (const auto& [a, b] : shapes) {
      if (kind == kPRelu && a.elements() < b.elements()) continue;
      if (kind == kPRelu && a == Shape{1, 5, 1, 3}) continue;  // both repeat
      for (const bool constant_tail : {false, true}) {
        cases.push_back({BinaryAttrs{kind}, {a, b}, constant_tail, cases.size() + 1001});
      }
    }
    if (kind == kDiv || kind == kPow) continue;
    using Activated = Activation::Kind;
    for (const Activation& activation : std::vector<Activation>{{Activated::kRelu},
                                                                {Activated::kClip, -0.25f, 0.5f},
                                                                {Activated::kSigmoid},
                                                                {Activated::kLeakyRelu, 0.1f},
                                                                {Activated::kHardSwish}}) {
      for (const bool store : {false, true}) {
        BinaryAttrs attrs{kind};
        attrs.epilogue.activation = activation;
        attrs.epilogue.store_pre_activation = store;
        cases.push_back({attrs, {{3, 5, 7, 3}, {3, 5, 7, 3}}, false, cases.size() + 1001});
        cases.push_back({attrs, {{1, 7, 5, 5}, {1, 7, 1, 1}}, true, cases.size() + 1001});
      }
    }
  }
  return cases;
}

}  // namespace vigil::testing
