// Runs a graph node by node through the operators' references and keeps every value.
#ifndef VIGIL_TESTS_SUPPORT_EVALUATE_H_
#define VIGIL_TESTS_SUPPORT_EVALUATE_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "engine/graph/graph.h"

namespace vigil::testing {

// All values that are no constants, by name. `inputs` follow the graph's order.
std::map<std::string, Tensor> Evaluate(const Graph& graph, std::span<const Tensor> inputs);

// float32 with values in [-1, 1) that follow from the seed alone, on every machine.
Tensor RandomTensor(const Shape& shape, std::uint64_t seed);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_EVALUATE_H_
