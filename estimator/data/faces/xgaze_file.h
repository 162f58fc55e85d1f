// One participant's HDF5 file.
#ifndef VIGIL_ESTIMATOR_DATA_FACES_XGAZE_FILE_H_
#define VIGIL_ESTIMATOR_DATA_FACES_XGAZE_FILE_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "estimator/data/dataset.h"

namespace vigil {

inline constexpr int kXgazeSide = 224;

// Thread-safe: the library's calls take turns. Errors as OpenXgaze says.
class XgazeFile {
 public:
  virtual ~XgazeFile() = default;
  // Pitch and yaw of each row, in radians, as the file has them.
  virtual const std::vector<float>& poses() const = 0;
  std::int64_t rows() const { return static_cast<std::int64_t>(poses().size() / 2); }
  virtual Image Read(std::int64_t row) const = 0;
};

// xgaze_file.cc with HDF5, no_xgaze_file.cc without.
bool HaveHdf5();
std::unique_ptr<const XgazeFile> OpenXgazeFile(const std::filesystem::path& path);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_FACES_XGAZE_FILE_H_
