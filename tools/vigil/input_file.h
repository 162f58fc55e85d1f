// Reads what a user gives as a model's input.
#ifndef VIGIL_TOOLS_VIGIL_INPUT_FILE_H_
#define VIGIL_TOOLS_VIGIL_INPUT_FILE_H_

#include <filesystem>
#include <string>

#include "engine/graph/graph.h"

namespace vigil {

// By the file's extension: .pb (an ONNX TensorProto), .npy (float32), else an image
// (image_input.h). `input` is one of the graph's inputs; dimension 0, the batch, may be any. Throws
// Error (Input) that names the file: kNotFound, kIo, kMalformed, kInvalidShape, kInvalidType, and
// kInvalidValue with the index of the first element that is not finite.
Tensor LoadInput(const std::filesystem::path& path, const Value& input, const Graph& model);

// "Nx3x224x224".
std::string ShapeWithAnyBatch(const Shape& shape);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_INPUT_FILE_H_
