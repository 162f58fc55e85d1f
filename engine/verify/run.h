// One run of a graph on a backend, with its values by name. Private to the room.
#ifndef VIGIL_ENGINE_VERIFY_RUN_H_
#define VIGIL_ENGINE_VERIFY_RUN_H_

#include <map>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace vigil {

// The graph for these inputs: itself where they have the shapes that it declares, else resized to
// the batch of the first. Throws Error: (Input, kInvalidShape | kInvalidType) where they do not
// fit, (Model, kInvalidShape) as Graph::WithBatch.
Graph SizedFor(const Graph& graph, const std::vector<Tensor>& inputs);

// Outputs and taps (as float32). `options.batch` and its tap encodings are not read. Errors as
// Backend::Compile and Executable::Run. REQUIRES: a graph that is sized for the inputs.
std::map<std::string, Tensor> RunByName(const Graph& graph, const std::vector<Tensor>& inputs,
                                        Backend& backend, CompileOptions options);

}  // namespace vigil

#endif  // VIGIL_ENGINE_VERIFY_RUN_H_
