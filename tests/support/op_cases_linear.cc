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
  for (const Activation& activation : std::vector<Activation>{
           {Kind::kNone}, {Kind::kRelu}, {Kind::kClip, -2.0f, 3.0f}, {Kind::kSigmoid}}) {
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
