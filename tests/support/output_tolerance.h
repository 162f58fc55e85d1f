// How far a whole network's outputs may be off, computed from what its layers may.
#ifndef VIGIL_TESTS_SUPPORT_OUTPUT_TOLERANCE_H_
#define VIGIL_TESTS_SUPPORT_OUTPUT_TOLERANCE_H_

#include <cstdint>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil::testing {

enum class Storage { kFloat32, kFloat16 };

// Runs the optimised graph through the references several times, each time with every element of
// every layer's output off by an amount that is drawn anew within the layer's own tolerance
// (verify/tolerance.h) and, in float16, within a unit in the last place more: what roundings grow
// to depends on the weights, so it is found by growing some (Monte Carlo arithmetic, Parker 1997).
// In float16 inputs and weights are off as well, by what rounding them to it costs. Of each output:
// the length of its error over its own length, the largest of the runs. A backend whose layers are
// all within their tolerance is as a rule well below, for its roundings are smaller than what is
// allowed. REQUIRES: a graph of float32.
std::vector<double> OutputTolerances(const Graph& graph, const std::vector<Tensor>& inputs,
                                     Storage storage);

// Length of the difference over the length of what was expected.
double RelativeDistance(const Tensor& expected, const Tensor& actual);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_OUTPUT_TOLERANCE_H_
