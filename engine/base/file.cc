#include "engine/base/file.h"

#include <fstream>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {

std::vector<std::byte> ReadFileBytes(const std::filesystem::path& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) {
    throw Error(Fault::kInput, ErrorCode::kNotFound, Text("'", path.string(), "': no such file"));
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("'", path.string(), "': expected a file, found a folder or a device"));
  }
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  std::ifstream in(path, std::ios::binary);
  if (!in || failure) {
    throw Error(Fault::kInput, ErrorCode::kIo, Text("'", path.string(), "': cannot be opened"));
  }
  std::vector<std::byte> bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(in.gcount()) != size) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("'", path.string(), "': read ", in.gcount(), " of ", size, " bytes"));
  }
  return bytes;
}

}  // namespace vigil
