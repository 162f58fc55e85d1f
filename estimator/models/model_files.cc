#include "estimator/models/model_files.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace vigil {

std::filesystem::path FindModel(std::string_view name) {
  namespace fs = std::filesystem;
  std::vector<fs::path> folders;
  if (const char* chosen = std::getenv("VIGIL_MODELS")) folders.emplace_back(chosen);
  std::error_code unused;
  const fs::path program = fs::read_symlink("/proc/self/exe", unused);
  if (!program.empty())
    folders.push_back(program.parent_path().parent_path() / "share" / "vigil" / "models");
  folders.emplace_back(VIGIL_SOURCE_MODELS);
  std::string places;
  for (const fs::path& folder : folders) {
    fs::path path = folder / Text(name, ".onnx");
    if (fs::exists(path, unused)) return path;
    places += Text(places.empty() ? "" : ", ", folder.string());
  }
  throw Error(Fault::kInput, ErrorCode::kNotFound,
              Text("model '", name, ".onnx' is in none of: ", places));
}

std::uint64_t HashModelFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("model file '", path.string(), "' cannot be opened"));
  }
  Hasher hasher;
  std::vector<char> block(1 << 16);
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) {
    hasher.Add(std::as_bytes(std::span(block.data(), static_cast<std::size_t>(in.gcount()))));
  }
  if (in.bad())
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("model file '", path.string(), "' cannot be read"));
  return hasher.value();
}

}  // namespace vigil
