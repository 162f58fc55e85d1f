// ONNX files in and out.
#ifndef VIGIL_ENGINE_ONNX_ONNX_H_
#define VIGIL_ENGINE_ONNX_ONNX_H_

#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

struct OnnxReadOptions {
  // Tensors that take the place of inputs, in the file's order (initializers not counted); null,
  // and where the list ends: stays an input. What an operator wants to know before it runs (a
  // shape, pads, bounds) can so be given when the model is loaded.
  std::vector<std::shared_ptr<const Tensor>> constant_inputs;
  // Sizes of symbolic dimensions of inputs, by "input:dimension" ("image:2"), by the symbol
  // ("height"), or by "input" for all of its symbols; the first of these that is there counts.
  std::map<std::string, std::int64_t> sizes;
  // Bytes that constants computed while the model is read may take in all: a file of a few bytes
  // could otherwise ask for all memory. The default holds the weights of a VGG19 whose file fills
  // them in with ConstantOfShape.
  std::size_t max_folded_bytes = std::size_t{1} << 30;
};

// Reads a model. Outputs may be constants, inputs may be none. Constants and inputs in float16 and
// double become float32. A symbolic first dimension of an input is the batch, read as 1 where the
// options give no size. What depends on shapes alone is computed now; where it depends on the
// batch, the graph follows the batch. Tensors kept in other files are read from the model's own
// folder and those below it. Throws Error: (Input, kNotFound | kIo) for the file; (Model,
// kMalformed) for one that is truncated, cyclic, has dangling or duplicate names, or points outside
// of its folder; (Model, kUnsupported) that names the node, its operator and the opset, or a
// dimension without a size, an empty tensor, a rank above Shape::kMaxRank, or constants beyond
// max_folded_bytes; (Api, kNotFound) for a size that no dimension wants.
Graph LoadOnnx(const std::filesystem::path& path, const OnnxReadOptions& options = {});
// From memory there is no folder: tensors in other files are refused.
Graph ParseOnnx(std::span<const std::byte> bytes, std::string_view name_for_messages,
                const OnnxReadOptions& options = {});

struct OnnxWriteOptions {
  bool half_weights =
      false;  // large float constants as float16: half the file, read back as float32
};

// Writes opset 17, IR 8, batch as a symbolic dimension. The same Graph gives the same bytes. The
// file is replaced atomically. REQUIRES: no fused epilogues (export what was built, not what was
// optimised). Throws Error (Input, kIo).
void SaveOnnx(const Graph& graph, const std::filesystem::path& path,
              const OnnxWriteOptions& options = {});

// Puts one entry into a file's metadata_props, in place of those of the same key; whatever else is
// in the file stays byte for byte, also what LoadOnnx does not support. The file is replaced
// atomically. Throws Error (Input, kNotFound | kIo) for the file, (Model, kMalformed) for one that
// is no message of ONNX.
void SetOnnxMetadata(const std::filesystem::path& path, const std::string& key,
                     const std::string& text);

// Throws Error (Model, kUnsupported) where an input or output of the model is no tensor but a
// sequence, a map or optional: files with its data are not TensorProto then. Else as LoadOnnx.
void RequireOnnxTensors(const std::filesystem::path& path);

// A TensorProto file (ONNX's test data). Throws as LoadOnnx.
Tensor LoadTensorProto(const std::filesystem::path& path);

}  // namespace vigil

#endif  // VIGIL_ENGINE_ONNX_ONNX_H_
