// One operator with attributes, shapes and data, as a case that every backend and oracle can run.
#ifndef VIGIL_TESTS_SUPPORT_OP_CASE_H_
#define VIGIL_TESTS_SUPPORT_OP_CASE_H_

#include <map>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace vigil::testing {

// A case is data: the same case always has the same inputs. Weights, statistics and every input
// whose dimension 0 is not the batch's are constants of the graph; the others are its inputs.
struct OpCase {
  OpAttrs attrs;
  std::vector<Shape> shapes;   // of the node's inputs, in their order
  bool constant_tail = false;  // all inputs but the first are constants, though they need not be
  std::uint64_t seed = 1;
  std::map<std::size_t, std::vector<std::int64_t>> integers{};  // inputs that are int64, and these
  bool value_tail = false;  // inputs that usually are weights are inputs of the graph
};

// Everything that it takes to run the case again: "Conv x 1x3x7x7 ... kernel 3x3 ... seed 1".
std::string ToString(const OpCase& op_case);

// Uniform in [-1, 1], but for variances ([0.5, 1.5]), what goes into exponentials ([-4, 4]), and
// what has to stay away from zero (logarithms, divisors, bases of powers).
std::vector<Tensor> MakeInputs(const OpCase& op_case);

// The operator's own reference on these inputs: the first output, then the epilogue's further ones.
std::vector<Tensor> RunReference(const OpAttrs& attrs, const std::vector<Tensor>& inputs);

bool IsConstantInput(const OpCase& op_case, std::size_t input);

// The node alone. Its first output is the graph's; further ones are taps. Values are called "in0",
// "in1", ... and "out0", ...
Graph MakeGraph(const OpCase& op_case, const std::vector<Tensor>& inputs);

struct OpRun {
  std::vector<Tensor> outputs;         // as RunReference orders them
  bool identical_without_taps = true;  // the first output, bit for bit, of a run that keeps no tap
};
OpRun RunOn(Backend& backend, const OpCase& op_case, const std::vector<Tensor>& inputs);
// The same for what a pass made of MakeGraph's graph.
OpRun RunOn(Backend& backend, const Graph& graph, const OpCase& op_case,
            const std::vector<Tensor>& inputs);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_OP_CASE_H_
