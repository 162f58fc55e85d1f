// A backend held against the reference, layer by layer.
#ifndef VIGIL_ENGINE_VERIFY_LAYERS_H_
#define VIGIL_ENGINE_VERIFY_LAYERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/verify/compare.h"

namespace vigil {

// One output of one node of the optimised graph, the node run alone on the reference's inputs: an
// error shows where it is made, not where it arrives.
struct LayerCheck {
  std::string node, op, value;
  Shape shape;
  Deviation deviation;
  std::string mismatch;  // the first element that is off; empty where all are within
};

// An output of the whole model, whose error is the sum of what all layers add. It has no tolerance:
// how errors grow on their way depends on the weights.
struct OutputCheck {
  std::string value;
  double largest_error = 0.0;
  double root_mean_square = 0.0;  // of the reference's output
};

struct LayerReport {
  std::vector<LayerCheck> layers;    // in the order in which they run
  std::vector<OutputCheck> outputs;  // the model as it stands on `reference`, against the backend

  const LayerCheck* FirstOutside() const;  // null where every layer is within its tolerance
};

// Runs the model and each of its layers on `backend`, compiled with `options`, whose batch follows
// from the inputs. The graph's taps are kept as float32 and checked as well: a value that fusion
// swallowed is a further output of its node. Errors as Backend::Compile and Executable::Run; those
// of a layer name it.
// `lowered` is what runs in place of the graph, in another precision (ChoosePrecision): its layers
// are checked, bytes and sums of bytes for equality, and its outputs against the graph's own.
LayerReport VerifyLayers(const Graph& graph, const std::vector<Tensor>& inputs, Backend& backend,
                         const CompileOptions& options,
                         const std::optional<Graph>& lowered = std::nullopt);

// Inputs that follow from the seed alone, on every machine: float32 uniform in [-1, 1), other
// element types all zero.
std::vector<Tensor> RandomInputs(const Graph& graph, std::uint64_t seed);

}  // namespace vigil

#endif  // VIGIL_ENGINE_VERIFY_LAYERS_H_
