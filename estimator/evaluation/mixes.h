// Conditions of the wild, drawn at random: what share of images is touched, by what, and how
// strongly.
#ifndef VIGIL_ESTIMATOR_EVALUATION_MIXES_H_
#define VIGIL_ESTIMATOR_EVALUATION_MIXES_H_

#include <cstdint>

#include "estimator/data/augment/augmented.h"

namespace vigil {

// One draw of conditions: a share of untouched images between 5 and 80 %, one or two operations on
// the others, the operations' weights uniform on the simplex, and a severity anywhere between
// "moderate" and "paper". Calibration is fitted over many draws, so that it holds for a window
// whose conditions nobody has seen (DESIGN.md contract 8). The same (task, seed, index) gives the
// same draw; side is T's input.
AugmentOptions DrawMix(const Task& task, int side, std::uint64_t seed, int index);

// Every range at `share` of the way from `from` to `to`.
AugmentSeverity BlendSeverity(const AugmentSeverity& from, const AugmentSeverity& to, double share);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_MIXES_H_
