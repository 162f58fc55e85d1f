#include "estimator/monitor/slices/slice_search.h"

#include <random>

#include <gmock/gmock.h>

#include "tests/monitor/report_fixture.h"

namespace vigil {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kDay;
using testing::kSecond;
using ::testing::SizeIs;

const Calibration kCalibration = testing::AgreedCalibration();

// A device with tags: blocks of a few frames that share their ease, `p_right` by tags and day.
struct World {
  int days = 30, blocks_a_day = 12, frames_a_block = 4;
  std::vector<std::pair<std::string, std::vector<std::string>>> tags = {
      {"camera", {"front", "rear"}}, {"site", {"a", "b", "c", "d"}}};
  std::function<double(const std::map<std::string, std::string>&, int day)> p_right =
      [](const auto&, int) { return 0.8; };
};

std::vector<Verdict> Draw(const World& world, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  std::vector<Verdict> verdicts;
  for (int day = 0; day < world.days; ++day) {
    for (int block = 0; block < world.blocks_a_day; ++block) {
      std::map<std::string, std::string> tags;
      for (const auto& [key, values] : world.tags) tags[key] = values[random() % values.size()];
      const double ease = 0.2 * (uniform(random) - 0.5);
      for (int frame = 0; frame < world.frames_a_block; ++frame) {
        const bool right = uniform(random) < world.p_right(tags, day) + ease;
        verdicts.push_back(
            testing::VerdictAt(day * kDay + (block * 3600 + frame) * kSecond, right));
        verdicts.back().tags = tags;
      }
    }
  }
  return verdicts;
}

std::string Name(const Subgroup& slice) {
  std::string name;
  for (const SliceTag& tag : slice.tags)
    name += (name.empty() ? "" : ", ") + tag.key + "=" + tag.value;
  return name;
}

std::vector<std::string> Names(const std::vector<Subgroup>& slices) {
  std::vector<std::string> names;
  for (const Subgroup& slice : slices) names.push_back(Name(slice));
  return names;
}

SliceFindings Find(const World& world, std::uint64_t seed, const SliceSearchOptions& options = {}) {
  return FindSlices(Draw(world, seed), {}, kCalibration, options);
}

TEST(FindSlices, WhereNoSubgroupDiffers_NamesOneNoMoreOftenThanItsLevel) {
  int named = 0, changed = 0;
  constexpr int kDevices = 200;
  for (int device = 0; device < kDevices; ++device) {
    const SliceFindings findings = Find({}, 1000 + static_cast<std::uint64_t>(device));
    EXPECT_EQ(findings.looked_at, 14);  // 2 + 4 tags, 8 pairs
    named += !findings.worse.empty();
    changed += !findings.changed.empty();
  }
  // 5 % and three standard deviations of 200 draws.
  EXPECT_LE(named, 19);
  EXPECT_LE(changed, 19);
}

TEST(FindSlices, ATagThatFails_IsNamed_WithItsGapWithinTheInterval) {
  World world;
  world.p_right = [](const auto& tags, int) { return tags.at("site") == "c" ? 0.5 : 0.85; };
  int named = 0, held = 0;
  constexpr int kDevices = 50;
  for (int device = 0; device < kDevices; ++device) {
    const SliceFindings findings = Find(world, 1 + static_cast<std::uint64_t>(device));
    ASSERT_FALSE(findings.worse.empty());
    named += Names(findings.worse) == std::vector<std::string>{"site=c"};
    const Interval& gap = findings.worse[0].gap;
    const double truth = (0.5 - 0.85) * 0.7;  // rates of 0.9 and 0.2
    held += gap.low <= truth && truth <= gap.high;
  }
  EXPECT_GE(named, 45);
  EXPECT_GE(held, 47);
}

TEST(FindSlices, APairThatFails_IsNamedFirst) {
  World world;
  world.p_right = [](const auto& tags, int) {
    return tags.at("site") == "b" && tags.at("camera") == "rear" ? 0.35 : 0.85;
  };
  const SliceFindings findings = Find(world, 3);
  ASSERT_FALSE(findings.worse.empty());
  EXPECT_EQ(Name(findings.worse[0]), "camera=rear, site=b");
  EXPECT_LT(findings.worse[0].p, 1e-3);
}

TEST(FindSlices, APairThatIsNoWorseThanItsTag_IsNotNamed) {
  World world;
  world.blocks_a_day = 24;
  world.p_right = [](const auto& tags, int) { return tags.at("site") == "b" ? 0.4 : 0.85; };
  EXPECT_THAT(Names(Find(world, 4).worse), ElementsAre("site=b"));
}

TEST(FindSlices, ASuddenGap_IsToldWithItsDay) {
  World world{.days = 40};
  world.p_right = [](const auto& tags, int day) {
    return tags.at("site") == "d" && day >= 25 ? 0.3 : 0.85;
  };
  const SliceFindings findings = Find(world, 5);
  ASSERT_FALSE(findings.changed.empty());
  const Subgroup& slice = findings.changed[0];
  EXPECT_EQ(Name(slice), "site=d");
  ASSERT_TRUE(slice.sudden);
  EXPECT_FALSE(slice.growing);
  EXPECT_NEAR(static_cast<double>(slice.sudden->micros) / kDay, 25.0, 2.0);
  EXPECT_NEAR(slice.sudden->after - slice.sudden->before, -0.55 * 0.7, 0.1);
}

TEST(FindSlices, ASliceThatGetsSlowlyWorse_IsToldWithItsSlope) {
  World world{.days = 60};
  world.p_right = [](const auto& tags, int day) {
    return tags.at("camera") == "rear" ? 0.85 - 0.008 * day : 0.85;
  };
  double slope = 0.0;
  int as_slope = 0;  // a step may fit as well by chance
  constexpr int kDevices = 20;
  for (int device = 0; device < kDevices; ++device) {
    const SliceFindings findings = Find(world, 60 + static_cast<std::uint64_t>(device));
    ASSERT_FALSE(findings.changed.empty());
    EXPECT_EQ(Name(findings.changed[0]), "camera=rear");
    if (!findings.changed[0].growing) continue;
    ++as_slope;
    slope += findings.changed[0].growing->per_day;
  }
  EXPECT_GE(as_slope, 15);
  EXPECT_NEAR(slope / as_slope, -0.008 * 0.7, 0.0005);
}

TEST(FindSlices, ASliceThatGetsBetter_IsNotToldAsChanged) {
  World world{.days = 60};
  world.p_right = [](const auto& tags, int day) {
    return tags.at("camera") == "rear" ? 0.45 + 0.006 * day : 0.85;
  };
  for (const Subgroup& slice : Find(world, 7).changed) EXPECT_NE(Name(slice), "camera=rear");
}

TEST(FindSlices, OfTooFewVerdictsOrBlocks_NamesNothing) {
  World world;
  world.tags = {{"driver", {"x", "x", "x", "x", "x", "x", "x", "x", "x", "y"}}};
  world.p_right = [](const auto& tags, int) { return tags.at("driver") == "y" ? 0.0 : 0.9; };
  const SliceFindings few = Find(world, 8, {.min_verdicts = 400});
  EXPECT_THAT(few.worse, IsEmpty());
  EXPECT_EQ(few.looked_at, 0);
  EXPECT_EQ(few.too_small, 1);
  EXPECT_THAT(Find(world, 8, {.min_blocks = 100}).worse, IsEmpty());
  EXPECT_THAT(Find(world, 8).worse, SizeIs(1));
}

TEST(FindSlices, BeyondTheMostThatAreLookedAt_CountsTheRest) {
  const SliceFindings findings = Find({}, 9, {.max_slices = 5});
  EXPECT_EQ(findings.looked_at, 5);
  EXPECT_EQ(findings.left_out, 7);  // one tag, and the 6 pairs of the 5
}

TEST(FindSlices, WithoutVerdictsOrTags_FindsNothing) {
  EXPECT_EQ(FindSlices({}, {}, kCalibration).looked_at, 0);
  World world;
  world.tags.clear();
  EXPECT_EQ(Find(world, 10).looked_at, 0);
}

}  // namespace
}  // namespace vigil
