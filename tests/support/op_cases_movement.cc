#include <limits>

#include "tests/support/op_cases.h"

namespace vigil::testing {
namespace {

constexpr std::int64_t kEnd = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kStart = std::numeric_limits<std::int64_t>::min();

// One case after the other, with seeds of their own.
class Cases {
 public:
  explicit Cases(std::uint64_t first_seed) : seed_(first_seed) {}
  void Add(OpAttrs attrs, const Shape& x) {
    cases_.push_back({std::move(attrs), {x}, false, seed_++});
  }
  void Gather(std::int64_t axis, const Shape& x, const Shape& indices,
              std::vector<std::int64_t> values) {
    cases_.push_back({GatherAttrs{axis}, {x, indices}, true, seed_++, {{1, std::move(values)}}});
  }
  std::vector<OpCase> Take() { return std::move(cases_); }

 private:
  std::uint64_t seed_;
  std::vector<OpCase> cases_;
};

}  // namespace

std::vector<OpCase> SqueezeCases() {
  Cases cases(1701);
  for (const std::int64_t batch : {1, 3}) {
    cases.Add(SqueezeAttrs{{2, 3}}, {batch, 13, 1, 1});
    cases.Add(SqueezeAttrs{{1}}, {batch, 1, 7, 5});
    cases.Add(SqueezeAttrs{{1, 4}}, {batch, 1, 3, 5, 1, 7});
    cases.Add(SqueezeAttrs{}, {batch, 7});
  }
  return cases.Take();
}

std::vector<OpCase> UnsqueezeCases() {
  Cases cases(1721);
  for (const std::int64_t batch : {1, 3}) {
    cases.Add(UnsqueezeAttrs{{2, 3}}, {batch, 13});
    cases.Add(UnsqueezeAttrs{{1}}, {batch, 7, 5});
    cases.Add(UnsqueezeAttrs{{4, 1}}, {batch, 3, 5, 7});
    cases.Add(UnsqueezeAttrs{{1}}, {5 * batch});
  }
  return cases.Take();
}

std::vector<OpCase> SliceCases() {
  Cases cases(1741);
  for (const std::int64_t batch : {1, 3}) {
    cases.Add(SliceAttrs{{1}, {3}, {1}, {1}}, {batch, 4, 7, 5});
    cases.Add(SliceAttrs{{0, 1}, {kEnd, kEnd}, {2, 3}, {2, 2}}, {batch, 3, 7, 5});
    cases.Add(SliceAttrs{{-3}, {-1}, {3}, {1}}, {batch, 3, 7, 5});
    cases.Add(SliceAttrs{{-1}, {kStart}, {2}, {-1}}, {batch, 3, 7, 5});
    cases.Add(SliceAttrs{{5, 4}, {0, kStart}, {2, 3}, {-2, -3}}, {batch, 3, 7, 5});
    cases.Add(SliceAttrs{{2}, {9}, {1}, {3}}, {batch, 13});
    cases.Add(SliceAttrs{{1, 0, 1}, {3, 2, 4}, {2, 3, 5}, {1, 1, 1}}, {batch, 2, 3, 2, 3, 5});
    cases.Add(SliceAttrs{}, {batch, 5});
  }
  return cases.Take();
}

std::vector<OpCase> SplitCases() {
  Cases cases(1771);
  for (const std::int64_t batch : {1, 3}) {
    cases.Add(SplitAttrs{1, {3, 4}}, {batch, 7, 3, 5});
    cases.Add(SplitAttrs{1, {2, 2, 2}}, {batch, 6, 3, 5});
    cases.Add(SplitAttrs{3, {1, 4, 2}}, {batch, 3, 5, 7});
    cases.Add(SplitAttrs{1, {13}}, {batch, 13});
    cases.Add(SplitAttrs{2, {3, 3, 1}}, {batch, 5, 7});
  }
  return cases.Take();
}

std::vector<OpCase> ExpandCases() {
  Cases cases(1791);
  for (const std::int64_t batch : {1, 3}) {
    cases.Add(ExpandAttrs{{1, 1, 7, 5}}, {batch, 3, 1, 5});
    cases.Add(ExpandAttrs{{1, 7, 3, 5}}, {batch, 1, 3, 1});
    cases.Add(ExpandAttrs{{5}}, {batch, 3, 1});
    cases.Add(ExpandAttrs{{1}}, {batch, 7});
    cases.Add(ExpandAttrs{{1, 2, 1, 3, 1, 4}}, {batch, 1, 5, 3, 2, 1});
  }
  return cases.Take();
}

std::vector<OpCase> TileCases() {
  Cases cases(1811);
  for (const std::int64_t batch : {1, 3}) {
    cases.Add(TileAttrs{{1, 1, 2, 3}}, {batch, 3, 7, 5});
    cases.Add(TileAttrs{{1, 4, 1, 1}}, {batch, 3, 5, 2});
    cases.Add(TileAttrs{{1, 3}}, {batch, 13});
    cases.Add(TileAttrs{{1, 2, 1, 2, 1, 2}}, {batch, 3, 2, 1, 3, 2});
    cases.Add(TileAttrs{{1, 1}}, {batch, 5});
  }
  return cases.Take();
}

std::vector<OpCase> GatherCases() {
  Cases cases(1831);
  for (const std::int64_t batch : {1, 3}) {
    cases.Gather(1, {batch, 7, 3, 5}, {3}, {6, 0, 3});
    cases.Gather(2, {batch, 3, 7, 5}, {}, {4});
    cases.Gather(3, {batch, 3, 7, 5}, {4}, {-1, -5, 2, 2});
    cases.Gather(1, {batch, 13}, {2, 3}, {0, 12, 5, 5, -2, 7});
    cases.Gather(2, {batch, 2, 5, 3}, {1, 2, 2}, {4, 3, 2, 0});
    cases.Gather(1, {batch, 4}, {1}, {3});
  }
  return cases.Take();
}

std::vector<OpCase> DepthToSpaceCases() {
  Cases cases(1851);
  for (const std::int64_t batch : {1, 3}) {
    for (const bool crd : {false, true}) {
      cases.Add(DepthToSpaceAttrs{2, crd}, {batch, 12, 3, 5});
      cases.Add(DepthToSpaceAttrs{3, crd}, {batch, 9, 7, 2});
      cases.Add(DepthToSpaceAttrs{1, crd}, {batch, 3, 5, 5});
    }
  }
  return cases.Take();
}

std::vector<OpCase> SpaceToDepthCases() {
  Cases cases(1871);
  for (const std::int64_t batch : {1, 3}) {
    cases.Add(SpaceToDepthAttrs{2}, {batch, 3, 6, 10});
    cases.Add(SpaceToDepthAttrs{3}, {batch, 2, 9, 3});
    cases.Add(SpaceToDepthAttrs{1}, {batch, 3, 5, 7});
  }
  return cases.Take();
}

std::vector<OpCase> PadModeCases() {
  Cases cases(1881);
  for (const std::int64_t batch : {1, 3}) {
    for (const PadMode mode : {PadMode::kReflect, PadMode::kEdge, PadMode::kWrap}) {
      cases.Add(PadAttrs{{0, 0, 1, 2, 0, 0, 3, 1}, 0.0f, mode}, {batch, 3, 7, 5});
      cases.Add(PadAttrs{{0, 1, 0, 0, 0, 2, 0, 0}, 0.0f, mode}, {batch, 5, 3, 3});
      cases.Add(PadAttrs{{0, 6, 0, 5}, 0.0f, mode}, {batch, 7});
      cases.Add(PadAttrs{{0, 7, 0, 11}, 0.0f, mode}, {batch, 3});
      cases.Add(PadAttrs{{0, 0, -1, 2, 0, 0, 2, -2}, 0.0f, mode}, {batch, 3, 7, 5});
    }
    cases.Add(PadAttrs{{0, 0, -1, 2, 0, 0, 2, -2}, 0.75f}, {batch, 3, 7, 5});
    cases.Add(PadAttrs{{0, -2, 0, -1}, 0.0f}, {batch, 7});
  }
  return cases.Take();
}

}  // namespace vigil::testing
