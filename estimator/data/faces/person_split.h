// Who of Pointing'04's fifteen people trains, validates and tests.
#ifndef VIGIL_ESTIMATOR_DATA_FACES_PERSON_SPLIT_H_
#define VIGIL_ESTIMATOR_DATA_FACES_PERSON_SPLIT_H_

#include <string_view>
#include <vector>

namespace vigil {

inline constexpr int kHeadPosePersons = 15;
inline constexpr int kHeadPoseFolds = 5;
// The fold of the split for a single figure: 1-9 train, 10-12 validate, 13-15 test.
inline constexpr int kSingleFold = 5;

struct PersonSplit {
  std::vector<int> train, validate, test;  // ascending; every person stands in one of them
};

// Leave three persons out: fold k tests persons 3k-2 to 3k, validates on the three before them (in
// a circle) and trains on the other nine. Throws Error (Api, kNotFound) for a fold beyond 1 to 5.
PersonSplit LeaveThreeOut(int fold);

// Those of "train", "validate" or "test"; everybody for "all". Throws Error (Api, kNotFound) that
// lists them.
std::vector<int> PersonsOf(std::string_view part, int fold);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_FACES_PERSON_SPLIT_H_
