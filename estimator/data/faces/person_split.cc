#include "estimator/data/faces/person_split.h"

#include <numeric>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

PersonSplit LeaveThreeOut(int fold) {
  if (fold < 1 || fold > kHeadPoseFolds) {
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("fold ", fold, ": expected 1 to ", kHeadPoseFolds));
  }
  constexpr int kOut = kHeadPosePersons / kHeadPoseFolds;
  PersonSplit split;
  for (int person = 1; person <= kHeadPosePersons; ++person) {
    const int tested_in = (person - 1) / kOut + 1;
    const bool validates = tested_in % kHeadPoseFolds + 1 == fold;
    (tested_in == fold ? split.test : validates ? split.validate : split.train).push_back(person);
  }
  return split;
}

std::vector<int> PersonsOf(std::string_view part, int fold) {
  PersonSplit split = LeaveThreeOut(fold);
  if (part == "train") return split.train;
  if (part == "validate") return split.validate;
  if (part == "test") return split.test;
  if (part == "all") {
    std::vector<int> everybody(kHeadPosePersons);
    std::iota(everybody.begin(), everybody.end(), 1);
    return everybody;
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("split '", part, "': expected train, validate, test or all"));
}

}  // namespace vigil
