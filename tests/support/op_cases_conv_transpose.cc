#include "tests/support/op_cases.h"

namespace vigil::testing {
namespace {

using Pair = std::array<std::int64_t, 2>;
using Pads = std::array<std::int64_t, 4>;

std::int64_t OutputSize(const ConvTransposeAttrs& attrs, const Shape& x, std::size_t d) {
  return attrs.strides[d] * (x[static_cast<int>(d) + 2] - 1) +
         attrs.dilations[d] * (attrs.kernel[d] - 1) + 1 + attrs.output_pads[d] - attrs.pads[d] -
         attrs.pads[d + 2];
}

// Adds the case where it has outputs at all.
void AddCase(std::vector<OpCase>& cases, const ConvTransposeAttrs& attrs, const Shape& x,
             std::int64_t channels) {
  if (OutputSize(attrs, x, 0) < 1 || OutputSize(attrs, x, 1) < 1) return;
  OpCase op_case{attrs, {x, {x[1], channels / attrs.groups, attrs.kernel[0], attrs.kernel[1]}}};
  op_case.seed = cases.size() + 2601;
  if (attrs.has_bias) op_case.shapes.push_back({channels});
  if (attrs.epilogue.residual) {
    op_case.shapes.push_back({x[0], channels, OutputSize(attrs, x, 0), OutputSize(attrs, x, 1)});
  }
  cases.push_back(std::move(op_case));
}

}  // namespace

std::vector<OpCase> ConvTransposeCases() {
  std::vector<OpCase> cases;
  for (const Pair& kernel : std::vector<Pair>{{1, 1}, {2, 2}, {3, 3}, {4, 4}, {1, 3}, {5, 2}}) {
    for (const Pair& strides : std::vector<Pair>{{1, 1}, {2, 2}, {3, 1}}) {
      for (const Pair& dilations : std::vector<Pair>{{1, 1}, {2, 2}, {1, 3}}) {
        for (const Pads& pads : std::vector<Pads>{{0, 0, 0, 0}, {1, 1, 1, 1}, {0, 1, 2, 1}}) {
          ConvTransposeAttrs attrs{kernel, strides, pads, dilations};
          attrs.has_bias = cases.size() % 2 == 0;
          if (cases.size() % 3 == 0) attrs.output_pads = {strides[0] - 1, strides[1] - 1};
          AddCase(cases, attrs, {cases.size() % 5 == 0 ? 3 : 1, 3, 5, 7}, 5);
        }
      }
    }
  }
  for (const auto& [in, out, groups] : std::vector<std::array<std::int64_t, 3>>{
           {1, 1, 1}, {13, 8, 1}, {4, 37, 1}, {6, 4, 2}, {6, 9, 3}, {7, 7, 7}, {32, 32, 32}}) {
    for (const std::int64_t stride : {1, 2}) {
      ConvTransposeAttrs attrs{{3, 3}, {stride, stride}, {1, 1, 1, 1}};
      attrs.groups = groups;
      attrs.has_bias = cases.size() % 4 != 0;
      AddCase(cases, attrs, {cases.size() % 2 ? 3 : 1, in, 5, 6}, out);
    }
  }
  // More at the end than a stride: rows that no tap reaches.
  ConvTransposeAttrs wide{{2, 2}, {2, 2}, {0, 0, 0, 0}, {1, 1}, {3, 2}};
  wide.has_bias = true;
  AddCase(cases, wide, {1, 3, 4, 3}, 5);
  return cases;
}

std::vector<OpCase> ConvTransposeEpilogueCases() {
  std::vector<OpCase> cases;
  using Kind = Activation::Kind;
  for (const Activation& activation : std::vector<Activation>{
           {Kind::kNone}, {Kind::kRelu}, {Kind::kLeakyRelu, 0.1f}, {Kind::kTanh}}) {
    for (int bits = 0; bits < 8; ++bits) {
      const Epilogue epilogue{activation, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
      if (epilogue.store_accumulator && !epilogue.residual) continue;
      if (epilogue.store_pre_activation && activation.kind == Kind::kNone) continue;
      for (const std::int64_t groups : {1, 2}) {
        ConvTransposeAttrs attrs{{3, 3}, {2, 2}, {1, 1, 1, 1}, {1, 1}, {1, 1}, groups};
        attrs.has_bias = cases.size() % 4 != 1;
        attrs.epilogue = epilogue;
        AddCase(cases, attrs, {cases.size() % 2 ? 3 : 1, 6, 5, 4}, 8);
      }
    }
  }
  return cases;
}

}  // namespace vigil::testing
