// Whole files in and out, with errors that name them. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_FILE_H_
#define VIGIL_ENGINE_ONNX_FILE_H_

#include <filesystem>
#include <string>
#include <string_view>

namespace vigil::onnx {

// Throws Error (Input, kNotFound) where there is no such file, (Input, kIo) for a folder, for more
// than 2 GiB (which protobuf cannot hold) and for what the system refuses.
std::string ReadWholeFile(const std::filesystem::path& path);

// Replaces the file in one step: whoever opens it sees the old bytes or the new ones, also after a
// loss of power. Throws Error (Input, kIo); the old file then stands.
void ReplaceFile(const std::filesystem::path& path, std::string_view bytes);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_FILE_H_
