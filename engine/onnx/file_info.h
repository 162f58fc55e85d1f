// What a model's file says of itself, without reading its network.
#ifndef VIGIL_ENGINE_ONNX_FILE_INFO_H_
#define VIGIL_ENGINE_ONNX_FILE_INFO_H_

#include <cstdint>
#include <filesystem>

namespace vigil {

struct OnnxFileInfo {
  std::int64_t ir_version = 0;
  std::int64_t opset = 0;  // of ONNX's own domain; 0: none is named
};

// Throws Error (Input, kNotFound | kIo) for the file, (Model, kMalformed) for one that is no
// message of ONNX.
OnnxFileInfo ReadOnnxFileInfo(const std::filesystem::path& path);

// What SaveOnnx writes: files that are newer may hold what was not there when this was made.
OnnxFileInfo WrittenOnnxInfo();

}  // namespace vigil

#endif  // VIGIL_ENGINE_ONNX_FILE_INFO_H_
