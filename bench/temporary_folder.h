// A folder of a bench's own, for what it writes.
#ifndef VIGIL_BENCH_TEMPORARY_FOLDER_H_
#define VIGIL_BENCH_TEMPORARY_FOLDER_H_

#include <filesystem>
#include <string_view>
#include <system_error>

#include <unistd.h>

#include "engine/base/text.h"

namespace vigil::bench {

// "vigil-NAME-PROCESS" among the temporary files; goes with its content.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(std::string_view name)
      : path_(std::filesystem::temp_directory_path() / Text("vigil-", name, "-", getpid())) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code unused;
    std::filesystem::remove_all(path_, unused);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_TEMPORARY_FOLDER_H_
