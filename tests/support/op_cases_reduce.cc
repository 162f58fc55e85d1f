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
  return cases;
}

std::vector<OpCase> SoftmaxCases() {
  std::vector<OpCase> cases;
  for (const Shape& shape :
       std::vector<Shape>{{1, 10}, {3, 7}, {1, 1000}, {3, 5, 7}, {1, 3, 7, 5}, {3, 13, 3, 3}}) {
    for (std::int64_t axis = 1; axis < shape.rank(); ++axis) {
      for (const bool flatten : {false, true}) {
        cases.push_back({SoftmaxAttrs{axis, flatten}, {shape}, false, cases.size() + 2001});
      }
    }
  }
  return cases;
}

}  // namespace vigil::testing
