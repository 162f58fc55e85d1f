#include "estimator/data/faces/person_split.h"

#include <set>

#include "tests/data/fixtures.h"

namespace vigil {
namespace {

TEST(LeaveThreeOut, EveryPersonIsTestedOnce_AndStandsOnOneSideOfEachFold) {
  std::multiset<int> tested;
  for (int fold = 1; fold <= kHeadPoseFolds; ++fold) {
    const PersonSplit split = LeaveThreeOut(fold);
    EXPECT_EQ(split.train.size(), 9u);
    EXPECT_EQ(split.validate.size(), 3u);
    EXPECT_EQ(split.test.size(), 3u);
    std::set<int> all(split.train.begin(), split.train.end());
    all.insert(split.validate.begin(), split.validate.end());
    all.insert(split.test.begin(), split.test.end());
    EXPECT_EQ(all.size(), 15u) << fold;
    tested.insert(split.test.begin(), split.test.end());
  }
  EXPECT_EQ(tested.size(), 15u);
  EXPECT_EQ(std::set<int>(tested.begin(), tested.end()).size(), 15u);
}

TEST(LeaveThreeOut, SingleFold_IsTheSplitForASingleFigure) {
  const PersonSplit split = LeaveThreeOut(kSingleFold);
  EXPECT_EQ(split.train, (std::vector<int>{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(split.validate, (std::vector<int>{10, 11, 12}));
  EXPECT_EQ(split.test, (std::vector<int>{13, 14, 15}));
}

TEST(PersonsOf, UnknownPartOrFold_IsRefusedByName) {
  EXPECT_EQ(PersonsOf("test", 1), (std::vector<int>{1, 2, 3}));
  EXPECT_EQ(PersonsOf("all", 1).size(), 15u);
  EXPECT_THAT(ErrorOf([] { PersonsOf("tests", 1); }).what(),
              ::testing::HasSubstr("split 'tests': expected train, validate, test or all"));
  EXPECT_THAT(ErrorOf([] { LeaveThreeOut(6); }).what(), ::testing::HasSubstr("fold 6"));
  EXPECT_THAT(ErrorOf([] { LeaveThreeOut(0); }).what(), ::testing::HasSubstr("expected 1 to 5"));
}

}  // namespace
}  // namespace vigil
