// Intervals of 95 % hold the truth in 93 to 97 % of windows, when calibration set and window are
// both drawn anew. With 1,000 redraws a true 95 % comes out within 93.3 and 96.7 in 98 of 100 runs;
// the seeds are fixed.
#include <cstdio>
#include <string>

#include <gtest/gtest.h>

#include "tests/monitor/simulation.h"

namespace vigil::simulation {
namespace {

constexpr int kRedraws = 1000;

struct Case {
  std::string name;
  Design design;
  double most = 0.97;
};

// Two-second scenes at 30 Hz, judged a few a minute; blocks of 60 s.
Design Bursts(double persistence, double seconds, int judged_a_minute) {
  return {.frames = static_cast<int>(30 * seconds),
          .frames_a_scene = 60,
          .persistence = persistence,
          .frames_an_epoch = 1800,
          .judged_an_epoch = judged_a_minute};
}

Design Independent() { return {.options = {.blocks = {.independent = true}}}; }

std::vector<Case> Cases() {
  std::vector<Case> cases;
  cases.push_back({"IndependentImages", Independent()});
  cases.push_back({"ShippedCalibration", Independent()});
  cases.back().design.mixes = 25;
  cases.back().design.images_a_mix = 200;
  cases.push_back({"AlikeMixes", Independent()});
  cases.back().design.variety = 0.0;
  cases.push_back({"DullEstimator", Independent()});
  cases.back().design.blindness = 3.0;
  cases.push_back({"PartOfEachEpoch", Independent()});
  cases.back().design.frames = 4000;
  cases.back().design.judged_an_epoch = 250;
  cases.push_back({"BurstsOfTwoSeconds", Bursts(0.5, 1200, 60)});
  cases.push_back({"BurstsInAlikeMixes", Bursts(0.9, 1200, 60)});
  cases.back().design.variety = 0.0;
  // Nothing in the scores tells bursts that they follow from bursts that they miss, and the larger
  // of the two is allowed for (performance.h): where the mixes add nothing, that shows.
  cases.back().most = 0.99;
  cases.push_back({"BurstsAllJudged", Bursts(0.8, 600, 1800)});
  return cases;
}

class IntervalCoverage : public ::testing::TestWithParam<Case> {};

TEST_P(IntervalCoverage, IntervalsHoldTheTruthAsOftenAsTheyPromise) {
  const Coverage coverage = MeasureCoverage(GetParam().design, kRedraws, 1);
  std::printf("%-20s inside %.1f %%, width %.2f, error %.2f points, outside calibration %.1f %%\n",
              GetParam().name.c_str(), 100 * coverage.inside, 100 * coverage.mean_width,
              100 * coverage.mean_error, 100 * coverage.flagged);
  EXPECT_GE(coverage.inside, 0.93);
  EXPECT_LE(coverage.inside, GetParam().most);
}

INSTANTIATE_TEST_SUITE_P(Worlds, IntervalCoverage, ::testing::ValuesIn(Cases()),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace vigil::simulation
