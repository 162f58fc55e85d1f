#include "tests/support/op_cases.h"

namespace vigil::testing {

std::vector<OpCase> ConcatCases() {
  struct Layout {
    std::int64_t axis;
    std::vector<Shape> shapes;
  };
  std::vector<OpCase> cases;
  for (const Layout& layout : std::vector<Layout>{{1, {{1, 3, 7, 5}, {1, 4, 7, 5}}},
                                                  {1, {{3, 3, 5, 5}, {3, 1, 5, 5}, {3, 7, 5, 5}}},
                                                  {2, {{3, 2, 3, 7}, {3, 2, 4, 7}}},
                                                  {3, {{1, 3, 5, 7}, {1, 3, 5, 2}, {1, 3, 5, 1}}},
                                                  {3, {{3, 3, 5, 4}, {3, 3, 5, 4}}},
                                                  {1, {{3, 13}, {3, 37}}},
                                                  {1, {{1, 10}, {1, 3}, {1, 1}}},
                                                  {2, {{3, 5, 3}, {3, 5, 4}}},
                                                  {1, {{1, 5, 3}, {1, 2, 3}}},
                                                  {1, {{3, 7, 3, 3}}},
                                                  {1, {{1, 32, 7, 7}, {1, 33, 7, 7}}}}) {
    cases.push_back({ConcatAttrs{layout.axis}, layout.shapes, false, cases.size() + 1201});
  }
  return cases;
}

std::vector<OpCase> FlattenCases() {
  std::vector<OpCase> cases;
  for (const Shape& shape : std::vector<Shape>{{1, 3, 7, 5}, {3, 7, 3, 3}, {3, 13}, {3, 5, 7}}) {
    for (std::int64_t axis = 1; axis <= shape.rank(); ++axis) {
      cases.push_back({FlattenAttrs{axis}, {shape}, false, cases.size() + 1301});
    }
  }
  return cases;
}

std::vector<OpCase> ReshapeCases() {
  std::vector<OpCase> cases;
  const auto add = [&](const Shape& shape, std::vector<std::int64_t> to) {
    cases.push_back({ReshapeAttrs{std::move(to)}, {shape}, false, cases.size() + 1401});
  };
  for (const std::int64_t batch : {1, 3}) {
    add({batch, 4, 3, 7}, {0, -1});
    add({batch, 4, 3, 7}, {0, 7, 3, 4});
    add({batch, 6, 5, 5}, {0, 2, 3, -1});
    add({batch, 6, 5, 5}, {0, 0, 25});
    add({batch, 37}, {0, 37, 1, 1});
    add({batch, 5, 7}, {-1, 7});
    add({batch, 12, 3, 3}, {0, 3, 4, 3, 3});
  }
  return cases;
}

std::vector<OpCase> TransposeCases() {
  std::vector<OpCase> cases;
  const auto add = [&](const Shape& shape, std::vector<std::int64_t> perm) {
    cases.push_back({TransposeAttrs{std::move(perm)}, {shape}, false, cases.size() + 1501});
  };
  for (const std::int64_t batch : {1, 3}) {
    add({batch, 3, 7, 5}, {0, 2, 3, 1});
    add({batch, 7, 5, 3}, {0, 3, 1, 2});
    add({batch, 3, 7, 5}, {0, 1, 3, 2});
    add({batch, 3, 7, 5}, {0, 2, 1, 3});
    add({batch, 3, 7, 5}, {3, 2, 1, 0});
    add({batch, 3, 7, 5}, {0, 1, 2, 3});
    add({batch, 13, 37}, {0, 2, 1});
    add({batch, 13}, {1, 0});
    add({batch, 2, 3, 5, 7}, {0, 2, 1, 3, 4});
    add({batch, 2, 3, 5, 7}, {0, 4, 1, 3, 2});
  }
  return cases;
}

std::vector<OpCase> PadCases() {
  std::vector<OpCase> cases;
  const auto add = [&](const Shape& shape, std::vector<std::int64_t> pads, float value) {
    cases.push_back({PadAttrs{std::move(pads), value}, {shape}, false, cases.size() + 1601});
  };
  for (const std::int64_t batch : {1, 3}) {
    add({batch, 3, 7, 5}, {0, 0, 1, 1, 0, 0, 1, 1}, 0.0f);
    add({batch, 3, 7, 5}, {0, 0, 0, 3, 0, 0, 2, 0}, 0.0f);
    add({batch, 3, 5, 5}, {0, 1, 0, 0, 0, 2, 0, 0}, 0.5f);
    add({batch, 2, 3, 3}, {0, 1, 2, 3, 0, 3, 2, 1}, -1.5f);
    add({batch, 13}, {0, 4, 0, 3}, 2.0f);
    add({batch, 5, 7}, {0, 1, 0, 0, 0, 6}, 0.25f);
  }
  return cases;
}

}  // namespace vigil::testing
