// The few numbers about an input that a record keeps beside T's output.
#ifndef VIGIL_ESTIMATOR_SERVICE_INPUT_STATISTICS_H_
#define VIGIL_ESTIMATOR_SERVICE_INPUT_STATISTICS_H_

#include <vector>

#include "engine/tensor/tensor.h"

namespace vigil {

// Mean and standard deviation of each of the first 7 channels, then the least and the greatest
// value: at most 16 numbers. float32 inputs are [1, C, ...] and taken as they are; a picture, uint8
// [1, H, W, C], is taken as bytes / 255. Empty for other element types and for inputs without
// elements.
std::vector<float> InputStatistics(ConstTensorView input);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_INPUT_STATISTICS_H_
