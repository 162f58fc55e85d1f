// Whole files.
#ifndef VIGIL_ENGINE_BASE_FILE_H_
#define VIGIL_ENGINE_BASE_FILE_H_

#include <cstddef>
#include <filesystem>
#include <vector>

namespace vigil {

// Throws Error naming the file: (Input, kNotFound) where it does not exist, (Input, kIo) where it
// is none or cannot be read.
std::vector<std::byte> ReadFileBytes(const std::filesystem::path& path);

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_FILE_H_
