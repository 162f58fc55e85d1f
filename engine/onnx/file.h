// Files read with errors that name them. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_FILE_H_
#define VIGIL_ENGINE_ONNX_FILE_H_

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace vigil::onnx {

// Throws Error (Input, kNotFound) where there is no such file, (Input, kIo) for a folder, for more
// than 2 GiB (which protobuf cannot hold) and for what the system refuses.
std::string ReadWholeFile(const std::filesystem::path& path);

// `length` bytes from `offset` on, without a length all that follow. A link in place of the file is
// refused. Throws as ReadWholeFile, and (Model, kMalformed) where the file is shorter.
std::string ReadPartOfFile(const std::filesystem::path& path, std::uint64_t offset,
                           std::optional<std::uint64_t> length);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_FILE_H_
