// Reads what a user gives as a model's input.
#ifndef VIGIL_TOOLS_VIGIL_INPUT_FILE_H_
#define VIGIL_TOOLS_VIGIL_INPUT_FILE_H_

#include <filesystem>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

// By the file's extension: .pb (an ONNX TensorProto), .npy (float32), else an image
// (image_input.h). `input` is one of the graph's inputs; dimension 0, the batch, may be any. Throws
// Error (Input) that names the file: kNotFound, kIo, kMalformed, kInvalidShape, kInvalidType, and
// kInvalidValue with the index of the first element that is not finite.
Tensor LoadInput(const std::filesystem::path& path, const Value& input, const Graph& model);

// "Nx3x224x224".
std::string ShapeWithAnyBatch(const Shape& shape);

// One file an input, in the model's order. Throws as LoadInput, and Error (Input, kInvalidShape)
// for another number of files or batches that differ.
std::vector<Tensor> LoadInputs(const Graph& graph, const std::vector<std::string>& paths);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_INPUT_FILE_H_
