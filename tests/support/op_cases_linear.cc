#include "tests/support/op_cases.h"

namespace vigil::testing {
namespace {

OpCase MakeCase(const GemmAttrs& attrs, std::int64_t m, std::int64_t k, std::int64_t n,
                const Shape& bias, std::uint64_t seed) {
  OpCase op_case{
      attrs,
      {attrs.trans_a ? Shape{k, m} : Shape{m, k}, attrs.trans_b ? Shape{n, k} : Shape{k, n}}};
  op_case.seed = seed;
  if (attrs.has_bias) op_case.shapes.push_back(bias);
  if (attrs.epilogue.residual) op_case.shapes.push_back({m, n});
  return op_case;
}

}  // namespace

std::vector<OpCase> GemmCases() {
  std::vector<OpCase> cases;
  const std::vector<std::array<std::int64_t, 3>> sizes{
      // m, k, n
      {1, 7, 13}, {3, 37, 10}, {1, 1280, 3}, {13, 5, 7}, {3, 65, 33}, {1, 16, 128}, {7, 3, 2}};
  for (const auto& [m, k, n] : sizes) {
    for (int bits = 0; bits < 4; ++bits) {
      GemmAttrs attrs;
      attrs.trans_b = (bits & 1) != 0;
      attrs.trans_a = bits == 2;
      attrs.has_bias = cases.size() % 3 != 0;
      if (bits == 3) attrs.alpha = 0.5f, attrs.beta = -2.0f;
      const std::vector<Shape> biases{{n}, {1, n}, {m, 1}, {m, n}, {1}};
      cases.push_back(
          MakeCase(attrs, m, k, n, biases[cases.size() % biases.size()], cases.size() + 701));
    }
  }
  using Kind = Activation::Kind;
  for (const Activation& activation : std::vector<Activation>{{Kind::kNone},
                                                              {Kind::kRelu},
                                                              {Kind::kClip, -2.0f, 3.0f},
                                                              {Kind::kSigmoid},
                                                              {Kind::kLeakyRelu, 0.1f},
                                                              {Kind::kHardSwish},
                                                              {Kind::kTanh}}) {
    for (int bits = 0; bits < 8; ++bits) {
      GemmAttrs attrs;
      attrs.trans_b = cases.size() % 2 == 0;
      attrs.has_bias = true;
      attrs.epilogue = {activation, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      if (attrs.epilogue.store_accumulator && !attrs.epilogue.residual) continue;
      if (attrs.epilogue.store_pre_activation && activation.kind == Kind::kNone) continue;
      cases.push_back(MakeCase(attrs, cases.size() % 3 ? 13 : 7, 37, 13, {13}, cases.size() + 701));
    }
  }
  // Products of two values of the graph, and a third added.
  for (int bits = 0; bits < 8; ++bits) {
    GemmAttrs attrs;
    attrs.trans_a = (bits & 1) != 0;
    attrs.trans_b = (bits & 2) != 0;
    attrs.has_bias = bits != 0;
    if ((bits & 4) != 0) attrs.alpha = 0.5f, attrs.epilogue.activation = {Kind::kLeakyRelu, 0.1f};
    attrs.epilogue.store_pre_activation = bits == 5;
    if (bits == 6) attrs.beta = -2.0f;
    const std::vector<Shape> biases{{13}, {13, 1}, {13, 13}, {1, 13}};
    cases.push_back(MakeCase(attrs, 13, 13, 13, biases[static_cast<std::size_t>(bits) % 4],
                             cases.size() + 701));
    cases.back().value_tail = true;
  }
  return cases;
}

std::vector<OpCase> MatMulCases() {
  std::vector<OpCase> cases;
  const std::vector<std::array<Shape, 2>> shapes{{Shape{3, 5, 7}, {7, 4}},
                                                 {Shape{3, 5, 7}, {3, 7, 4}},
                                                 {Shape{1, 5, 7}, {1, 7, 4}},
                                                 {Shape{3, 17, 33}, {3, 33, 18}},
                                                 {Shape{1, 64, 48}, {1, 48, 32}},
                                                 {Shape{3, 2, 5, 7}, {3, 2, 7, 4}},
                                                 {Shape{3, 2, 5, 7}, {2, 7, 4}},
                                                 {Shape{3, 2, 5, 7}, {3, 1, 7, 4}},
                                                 {Shape{1, 5, 7}, {3, 7, 4}},
                                                 {Shape{3, 1, 2, 2, 5, 7}, {1, 2, 1, 2, 7, 3}},
                                                 {Shape{3, 7}, {7}},
                                                 {Shape{3, 5, 7}, {7}},
                                                 {Shape{3, 5, 7}, {3, 7, 1}},
                                                 {Shape{7}, {7, 5}},
                                                 {Shape{7}, {2, 7, 5}},
                                                 {Shape{37}, {37}}};
  for (const auto& [a, b] : shapes) {
    for (const bool constant_tail : {false, true}) {
      cases.push_back({MatMulAttrs{}, {a, b}, constant_tail, cases.size() + 2201});
    }
  }
  return cases;
}

std::vector<OpCase> BatchNormCases() {
  std::vector<OpCase> cases;
  for (const Shape& x : std::vector<Shape>{
           {1, 3, 7, 13}, {3, 7, 5, 5}, {3, 13}, {1, 37}, {3, 5, 9}, {1, 33, 4, 4}, {3, 1, 3, 3}}) {
    for (const float epsilon : {1e-5f, 1e-2f}) {
      const Shape channels{x[1]};
      OpCase op_case{BatchNormAttrs{epsilon}, {x, channels, channels, channels, channels}};
      op_case.seed = cases.size() + 801;
      cases.push_back(op_case);
    }
  }
  return cases;
}

}  // namespace vigil::testing
