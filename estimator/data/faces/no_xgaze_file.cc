// In place of xgaze_file.cc where this build has no HDF5.
#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/faces/xgaze_file.h"

namespace vigil {

bool HaveHdf5() { return false; }

std::unique_ptr<const XgazeFile> OpenXgazeFile(const std::filesystem::path& path) {
  throw Error(Fault::kApi, ErrorCode::kUnavailable,
              Text("'", path.string(), "': this vigil was built without HDF5 (libhdf5-dev)"));
}

}  // namespace vigil
