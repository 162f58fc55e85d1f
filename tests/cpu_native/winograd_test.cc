// Winograd's convolutions against sums in double, at the edges of images and tiles.
#include <algorithm>
#include <ostream>

#include <gtest/gtest.h>

#include "engine/cpu/arithmetics.h"
#include "engine/cpu/native/instruction_set.h"
#include "engine/cpu/native/winograd_plan.h"
#include "tests/support/window_case.h"

namespace vigil::cpu::native {
namespace {

using testing::WindowCase;
using testing::WindowData;
using testing::WindowErrors;

struct Case {
  WindowCase window;
  int tile;             // that is chosen
  bool shared = false;  // groups of tiles, on one thread
};
void PrintTo(const Case& of, std::ostream* out) { PrintTo(of.window, out); }

const Case kCases[] = {
    {{{1, 64, 56, 56}, 64, {1, 1, 1, 1}}, 4},    // whole tiles
    {{{1, 40, 19, 27}, 24, {1, 1, 1, 1}}, 4},    // tiles cut off, blocks not full
    {{{3, 32, 23, 22}, 48, {0, 1, 2, 0}}, 4},    // several samples, other pads
    {{{1, 200, 15, 13}, 328, {0, 0, 0, 0}}, 2},  // one group; shared on more threads
    // Weights that would be fetched for every group: the team takes larger ones together.
    {{{1, 256, 14, 14}, 256, {1, 1, 1, 1}}, 2, true},
    {{{2, 512, 14, 9}, 264, {1, 1, 1, 1}}, 2, true},
    {{{4, 200, 20, 20}, 330, {1, 1, 1, 1}}, 4, true},  // two groups, blocks not full
};

class Winograd : public ::testing::TestWithParam<Case> {};

Tensor AnswerOf(const WindowCase& of, const WindowData& data, int threads) {
  Tensor y(data.residual.desc());
  CompileGraph(MakeGraph(of, data), {.batch = of.x[0], .threads = threads})
      ->Run(std::array{data.x.view(), data.residual.view()}, std::array{y.view()});
  return y;
}

// Errors against those of the plain sum in float32: Lavin and Gray (2015, Table 3) measured 0.4
// times as much with tiles of 2 and 7 times as much with tiles of 4.
TEST_P(Winograd, Answers_AreTheSums_OnAnyNumberOfThreads) {
  const auto& [window, tile, shared] = GetParam();
  ASSERT_EQ(ChooseWinograd(window.x, window.y()), tile);
  const WinogradPlan plan(window.x, window.y(), window.pads, ChosenKernels(), 1);
  EXPECT_EQ(plan.shared, shared);
  const WindowData data(window);
  const Tensor y = AnswerOf(window, data, 1);
  const WindowErrors errors = ErrorsOf(window, data, y);
  EXPECT_LT(errors.of_answer, (tile == 4 ? 12 : 2) * errors.of_plain_sums);
  for (const int threads : {2, 3}) {
    const Tensor again = AnswerOf(window, data, threads);
    EXPECT_TRUE(std::ranges::equal(again.as<float>(), y.as<float>())) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Winograd, ::testing::ValuesIn(kCases));

TEST(ChooseWinograd, WhereSumsAreFaster_IsNotUsed) {
  EXPECT_EQ(ChooseWinograd({1, 3, 224, 224}, {1, 32, 224, 224}), 0);  // hardly any channels
  EXPECT_EQ(ChooseWinograd({1, 512, 7, 7}, {1, 512, 7, 7}), 0);       // weights are all there is
  EXPECT_EQ(ChooseWinograd({1, 64, 0, 56}, {1, 64, 0, 56}), 0);       // nothing
}

}  // namespace
}  // namespace vigil::cpu::native
