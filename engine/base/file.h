// Whole files.
#ifndef VIGIL_ENGINE_BASE_FILE_H_
#define VIGIL_ENGINE_BASE_FILE_H_

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/types.h>

namespace vigil {

// Throws Error naming the file: (Input, kNotFound) where it does not exist, (Input, kIo) where it
// is none or cannot be read.
std::vector<std::byte> ReadFileBytes(const std::filesystem::path& path);

// Tells a file from every other that is there, and from one that has taken its name.
struct FileId {
  dev_t device = 0;
  ino_t inode = 0;
  friend bool operator==(const FileId&, const FileId&) = default;
};
// Of what the path names, without opening it; none where there is nothing.
std::optional<FileId> FileIdOf(const std::filesystem::path& path);

// Writes the file as a whole, and makes it durable: a crash or a loss of power leaves the old one
// or the new one, and so does another writer. Nobody but this user can open it before it has
// `mode`; without one it gets what the process's mask leaves. Returns what the system refused;
// nothing is left behind then.
std::error_code ReplaceFile(const std::filesystem::path& path, std::string_view bytes,
                            std::optional<mode_t> mode = std::nullopt);

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_FILE_H_
