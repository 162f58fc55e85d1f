#include "tests/support/op_cases.h"

namespace vigil::testing {
namespace {

using Pair = std::array<std::int64_t, 2>;
using Pads = std::array<std::int64_t, 4>;

// Shapes that follow from the attributes, the input and the number of output channels.
OpCase MakeCase(const ConvAttrs& attrs, const Shape& x, std::int64_t channels, std::uint64_t seed) {
  OpCase op_case{attrs, {x, {channels, x[1] / attrs.groups, attrs.kernel[0], attrs.kernel[1]}}};
  op_case.seed = seed;
  if (attrs.has_bias) op_case.shapes.push_back({channels});
  if (attrs.epilogue.residual) {
    ConvAttrs plain = attrs;
    plain.epilogue = {};
    std::vector<TensorDesc> descs;
    for (const Shape& shape : op_case.shapes) descs.push_back({DType::kFloat32, shape});
    op_case.shapes.push_back(OpOf(plain).infer(plain, descs).front().shape);
  }
  return op_case;
}

bool Fits(const ConvAttrs& attrs, const Shape& x) {
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t extent = attrs.dilations[d] * (attrs.kernel[d] - 1) + 1;
    if (extent > x[static_cast<int>(d) + 2] + attrs.pads[d] + attrs.pads[d + 2]) return false;
  }
  return true;
}

Pads SamePads(Pair kernel, Pair dilations) {
  const std::int64_t h = dilations[0] * (kernel[0] - 1) / 2, w = dilations[1] * (kernel[1] - 1) / 2;
  return {h, w, h, w};
}

}  // namespace

std::vector<OpCase> ConvChannelCases() {
  std::vector<OpCase> cases;
  const std::vector<std::array<std::int64_t, 4>> sizes{
      // input channels, output channels, height, width
      {1, 1, 7, 7},   {3, 7, 13, 37}, {7, 13, 7, 5},   {13, 37, 3, 3},
      {37, 5, 7, 13}, {4, 8, 8, 8},   {5, 3, 9, 11},   {16, 17, 7, 7},
      {33, 64, 5, 4}, {65, 63, 4, 3}, {128, 12, 3, 7}, {3, 32, 33, 31}};
  for (const auto& [in, out, height, width] : sizes) {
    for (const std::int64_t kernel : {1, 3}) {
      for (const std::int64_t stride : {1, 2}) {
        ConvAttrs attrs{{kernel, kernel}, {stride, stride}, SamePads({kernel, kernel}, {1, 1})};
        attrs.has_bias = cases.size() % 3 != 0;
        const std::int64_t batch = cases.size() % 2 ? 3 : 1;
        cases.push_back(MakeCase(attrs, {batch, in, height, width}, out, cases.size() + 1));
      }
    }
  }
  return cases;
}

std::vector<OpCase> ConvWindowCases() {
  std::vector<OpCase> cases;
  const std::vector<Pair> kernels{{1, 1}, {3, 3}, {5, 5}, {1, 3}, {7, 1}, {2, 2}};
  const std::vector<Pair> dilation_list{{1, 1}, {2, 2}, {1, 3}};
  for (const Pair& kernel : kernels) {
    for (const Pair& strides : std::vector<Pair>{{1, 1}, {2, 2}, {3, 1}, {1, 2}}) {
      for (const Pair& dilations : dilation_list) {
        for (const Pads& pads :
             {Pads{0, 0, 0, 0}, SamePads(kernel, dilations), Pads{0, 1, 2, 1}, Pads{2, 3, 0, 1}}) {
          ConvAttrs attrs{kernel, strides, pads, dilations};
          attrs.has_bias = cases.size() % 2 == 0;
          const Shape x{cases.size() % 5 == 0 ? 3 : 1, 3, 13, 11};
          if (!Fits(attrs, x)) continue;
          cases.push_back(MakeCase(attrs, x, 5, cases.size() + 101));
        }
      }
    }
  }
  return cases;
}

std::vector<OpCase> ConvGroupCases() {
  std::vector<OpCase> cases;
  const std::vector<std::array<std::int64_t, 3>> sizes{// input channels, output channels, groups
                                                       {6, 4, 2},    {12, 9, 3},   {8, 16, 4},
                                                       {6, 6, 6},    {7, 7, 7},    {32, 32, 32},
                                                       {37, 37, 37}, {13, 26, 13}, {5, 15, 5}};
  for (const auto& [in, out, groups] : sizes) {
    for (const std::int64_t kernel : {1, 3, 5}) {
      for (const std::int64_t stride : {1, 2}) {
        for (const std::int64_t dilation : {1, 2}) {
          if (kernel == 1 && dilation > 1) continue;
          const Pair square{kernel, kernel}, spread{dilation, dilation};
          ConvAttrs attrs{square, {stride, stride}, SamePads(square, spread), spread, groups};
          attrs.has_bias = cases.size() % 4 != 0;
          const Shape x{cases.size() % 2 ? 3 : 1, in, 11, 13};
          cases.push_back(MakeCase(attrs, x, out, cases.size() + 301));
        }
      }
    }
  }
  return cases;
}

std::vector<OpCase> ConvEpilogueCases() {
  struct Layer {
    std::int64_t kernel, in, out, groups;
  };
  std::vector<OpCase> cases;
  using Kind = Activation::Kind;
  const std::vector<Activation> activations{{Kind::kNone},
                                            {Kind::kRelu},
                                            {Kind::kClip, -0.25f, 0.75f},
                                            {Kind::kSigmoid},
                                            {Kind::kLeakyRelu, 0.1f},
                                            {Kind::kElu, 1.5f},
                                            {Kind::kHardSigmoid, 0.2f, 0.5f},
                                            {Kind::kHardSwish},
                                            {Kind::kTanh}};
  for (const Layer& layer : std::vector<Layer>{{3, 5, 7, 1}, {1, 13, 9, 1}, {3, 7, 7, 7}}) {
    for (const Activation& activation : activations) {
      for (int bits = 0; bits < 8; ++bits) {
        const Epilogue epilogue{activation, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0};
        if (epilogue.store_accumulator && !epilogue.residual) continue;
        if (epilogue.store_pre_activation && activation.kind == Kind::kNone) continue;
        const std::int64_t stride = cases.size() % 3 == 0 ? 2 : 1;
        const Pair kernel{layer.kernel, layer.kernel};
        ConvAttrs attrs{kernel, {stride, stride}, SamePads(kernel, {1, 1}), {1, 1}, layer.groups};
        attrs.has_bias = cases.size() % 4 != 1;
        attrs.epilogue = epilogue;
        const Shape x{cases.size() % 2 ? 3 : 1, layer.in, 7, 9};
        cases.push_back(MakeCase(attrs, x, layer.out, cases.size() + 501));
      }
    }
  }
  return cases;
}

std::vector<OpCase> ConvTileCases() {
  struct Layer {
    Shape x;
    std::int64_t channels, kernel, stride, groups;
  };
  std::vector<OpCase> cases;
  const auto add = [&](const Layer& layer, const Pads& pads) {
    for (const bool residual : {false, true}) {
      ConvAttrs attrs{{layer.kernel, layer.kernel}, {layer.stride, layer.stride}, pads};
      attrs.groups = layer.groups;
      attrs.has_bias = true;
      attrs.epilogue.residual = residual;
      attrs.epilogue.activation.kind = Activation::Kind::kRelu;
      attrs.epilogue.store_pre_activation = cases.size() % 3 == 0;
      cases.push_back(MakeCase(attrs, layer.x, layer.channels, cases.size() + 601));
    }
  };
  for (const Layer& layer :
       std::vector<Layer>{// 1 x 1 over planes that are whole fours, then planes that are not
                          {{3, 24, 8, 6}, 70, 1, 1, 1},
                          {{1, 16, 14, 14}, 96, 1, 1, 1},
                          {{1, 13, 4, 3}, 9, 1, 1, 1},
                          {{1, 40, 7, 7}, 33, 1, 1, 1},
                          // windows
                          {{1, 9, 14, 14}, 65, 3, 1, 1},
                          {{1, 16, 7, 7}, 130, 3, 1, 1},
                          {{3, 32, 13, 18}, 64, 3, 1, 1},
                          {{3, 5, 9, 28}, 24, 3, 2, 1},
                          {{1, 3, 29, 28}, 32, 7, 2, 1},
                          {{1, 12, 8, 8}, 40, 3, 1, 2},
                          // one input channel a group, rows of whole fours and not
                          {{3, 5, 12, 16}, 5, 3, 1, 5},
                          {{1, 6, 16, 16}, 6, 3, 2, 6},
                          {{1, 3, 9, 8}, 6, 5, 1, 3},
                          {{3, 8, 15, 14}, 8, 3, 1, 8},
                          {{1, 16, 7, 7}, 16, 3, 2, 16}}) {
    add(layer, SamePads({layer.kernel, layer.kernel}, {1, 1}));
  }
  add({{1, 4, 9, 12}, 4, 3, 1, 4}, {0, 2, 1, 0});
  add({{1, 4, 9, 12}, 4, 4, 2, 4}, {2, 0, 1, 0});  // rows of five: not fours
  add({{1, 4, 8, 8}, 4, 4, 2, 4}, {1, 1, 1, 1});
  return cases;
}

}  // namespace vigil::testing
