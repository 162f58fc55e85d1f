#include "tests/support/op_cases.h"

namespace vigil::testing {
namespace {

using Pair = std::array<std::int64_t, 2>;
using Pads = std::array<std::int64_t, 4>;

// Left out: pads as wide as the window, a window larger than the padded input.
bool Fits(const PoolAttrs& attrs, const Shape& x) {
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t extent = attrs.dilations[d] * (attrs.kernel[d] - 1) + 1;
    if (attrs.pads[d] >= attrs.kernel[d] || attrs.pads[d + 2] >= attrs.kernel[d]) return false;
    if (extent > x[static_cast<int>(d) + 2] + attrs.pads[d] + attrs.pads[d + 2]) return false;
  }
  return true;
}

}  // namespace

std::vector<OpCase> PoolCases() {
  std::vector<OpCase> cases;
  const std::vector<Shape> shapes{{1, 3, 13, 11}, {3, 5, 8, 7}, {1, 37, 7, 9}};
  const auto add = [&](const PoolAttrs& attrs) {
    const Shape& x = shapes[cases.size() % shapes.size()];
    if (Fits(attrs, x)) cases.push_back({attrs, {x}, false, cases.size() + 1701});
  };
  for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
    for (const Pair& kernel : std::vector<Pair>{{2, 2}, {3, 3}, {1, 3}, {5, 2}}) {
      for (const Pair& strides : std::vector<Pair>{{1, 1}, {2, 2}, {3, 2}}) {
        for (const Pads& pads :
             std::vector<Pads>{{0, 0, 0, 0}, {1, 1, 1, 1}, {0, 1, 0, 1}, {0, 1, 1, 0}}) {
          for (const bool ceil_mode : {false, true}) {
            add({kind, kernel, strides, pads, {1, 1}, ceil_mode, false});
            if (kind == PoolKind::kAverage) {
              add({kind, kernel, strides, pads, {1, 1}, ceil_mode, true});
            }
          }
        }
      }
    }
    add({kind, {3, 3}, {1, 1}, {1, 1, 1, 1}, {2, 2}, false, false});
    add({kind, {2, 3}, {2, 1}, {0, 0, 0, 0}, {3, 2}, false, false});
    add({kind, {2, 2}, {2, 2}, {0, 1, 1, 0}, {2, 2}, true, false});
    add({kind, {7, 7}, {6, 2}, {0, 0, 0, 0}, {1, 1}, false, false});
  }
  return cases;
}

std::vector<OpCase> PoolTileCases() {
  std::vector<OpCase> cases;
  const auto add = [&](const Shape& x, const PoolAttrs& attrs) {
    cases.push_back({attrs, {x}, false, cases.size() + 2701});
  };
  for (const PoolKind kind : {PoolKind::kMax, PoolKind::kAverage}) {
    add({3, 5, 16, 16}, {kind, {3, 3}, {2, 2}, {1, 1, 1, 1}});
    add({1, 7, 9, 8}, {kind, {2, 2}, {2, 2}, {0, 0, 0, 0}});
    add({1, 3, 13, 12}, {kind, {3, 3}, {1, 1}, {0, 1, 2, 1}});
    add({3, 4, 15, 14}, {kind, {3, 3}, {1, 1}, {1, 1, 1, 1}});
    add({1, 2, 11, 24}, {kind, {5, 5}, {3, 3}, {2, 1, 2, 2}, {1, 1}, true});
  }
  return cases;
}

std::vector<OpCase> GlobalPoolCases() {
  std::vector<OpCase> cases;
  for (const Shape& shape : std::vector<Shape>{{1, 3, 7, 7},
                                               {3, 13, 4, 5},
                                               {1, 1280, 7, 7},
                                               {3, 37, 1, 3},
                                               {1, 5, 37, 33},
                                               {3, 7, 1, 1}}) {
    cases.push_back({GlobalPoolAttrs{}, {shape}, false, cases.size() + 1901});
  }
  // Many small planes, so that some have their maximum at the rim, where mutants change it.
  for (const Shape& shape : std::vector<Shape>{
           {1, 37, 3, 2}, {3, 13, 2, 2}, {1, 64, 1, 3}, {3, 7, 1, 1}, {1, 256, 9, 9}}) {
    cases.push_back({GlobalPoolAttrs{PoolKind::kMax}, {shape}, false, cases.size() + 1901});
  }
  return cases;
}

std::vector<OpCase> ReduceCases() {
  using enum ReduceKind;
  struct Layout {
    Shape x;
    std::vector<std::int64_t> axes;
  };
  std::vector<OpCase> cases;
  for (const ReduceKind kind :
       {kSum, kMean, kMax, kMin, kProd, kL1, kL2, kSumSquare, kLogSum, kLogSumExp}) {
    for (const Layout& layout : std::vector<Layout>{{{1, 37, 3, 5}, {2, 3}},
                                                    {{3, 37, 5, 3}, {1}},
                                                    {{3, 13, 5, 7}, {3}},
                                                    {{3, 5, 13, 7}, {1, 3}},
                                                    {{3, 37, 2, 2}, {1, 2, 3}},
                                                    {{3, 7}, {1}},
                                                    {{1, 13, 1, 3}, {2}},
                                                    {{3, 2, 3, 4, 5}, {2, 4}},
                                                    {{3, 2, 3, 2, 3, 5}, {1, 3, 5}},
                                                    {{1, 3, 70}, {2}},
                                                    {{5}, {0}}}) {
      for (const bool keep_dims : {true, false}) {
        cases.push_back(
            {ReduceAttrs{kind, layout.axes, keep_dims}, {layout.x}, false, cases.size() + 2101});
      }
    }
  }
  return cases;
}

std::vector<OpCase> InstanceNormCases() {
  std::vector<OpCase> cases;
  for (const Shape& x : std::vector<Shape>{{1, 3, 7, 13},
                                           {3, 7, 5, 5},
                                           {3, 5, 9},
                                           {1, 33, 4, 4},
                                           {1, 2, 37, 33},
                                           {3, 2, 3, 2, 5}}) {
    for (const float epsilon : {1e-5f, 1e-1f}) {
      cases.push_back(
          {InstanceNormAttrs{epsilon}, {x, {x[1]}, {x[1]}}, false, cases.size() + 2401});
    }
  }
  return cases;
}

std::vector<OpCase> LrnCases() {
  std::vector<OpCase> cases;
  for (const Shape& x : std::vector<Shape>{{1, 13, 5, 3}, {3, 4, 3, 7}, {3, 37}, {1, 2, 9}}) {
    for (const std::int64_t size : {1, 3, 4, 5, 9}) {
      cases.push_back({LrnAttrs{size, 0.5f, 0.75f, 1.0f}, {x}, false, cases.size() + 2501});
      cases.push_back({LrnAttrs{size, 1.5f, 0.5f, 2.0f}, {x}, false, cases.size() + 2501});
    }
  }
  return cases;
}

std::vector<OpCase> SoftmaxCases() {
  std::vector<OpCase> cases;
  for (const Shape& shape :
       std::vector<Shape>{{1, 10}, {3, 7}, {1, 1000}, {3, 5, 7}, {1, 3, 7, 5}, {3, 13, 3, 3}}) {
    for (std::int64_t axis = 1; axis < shape.rank(); ++axis) {
      for (const bool flatten : {false, true}) {
        for (const bool log : {false, true}) {
          cases.push_back({SoftmaxAttrs{axis, flatten, log}, {shape}, false, cases.size() + 2001});
        }
      }
    }
  }
  return cases;
}

}  // namespace vigil::testing
