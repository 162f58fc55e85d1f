// Taps that are kept smaller than T made them.
#ifndef VIGIL_ESTIMATOR_TAPS_POOLED_TAP_H_
#define VIGIL_ESTIMATOR_TAPS_POOLED_TAP_H_

#include <span>
#include <string>

#include "engine/graph/graph.h"

namespace vigil {

// T with these taps (Graph::WithTaps). A name that is no value of T but "VALUE/poolK", K from 2 to
// 16, stands for the means of VALUE over K x K places, K apart (those at the lower and right edge
// over what is there): a record of a K-squared-th of the bytes. The mean becomes a node of T that
// only the tap needs, so that T's own answers stay what they were, to the bit.
// Throws Error (Api, kNotFound) as WithTaps; (Api, kUnsupported) where VALUE is not [N, C, H, W].
Graph TappedTarget(const Graph& target, std::span<const std::string> names);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_POOLED_TAP_H_
