// The folder of real data that lies beside the repository and never in it.
#ifndef VIGIL_TESTS_SUPPORT_SHARED_DATA_H_
#define VIGIL_TESTS_SUPPORT_SHARED_DATA_H_

#include <cstdlib>
#include <filesystem>

namespace vigil::testing {

// $VIGIL_DATA, else ../shared/data beside the source tree; may not exist, and tests skip then.
inline std::filesystem::path SharedData() {
  if (const char* folder = std::getenv("VIGIL_DATA")) return folder;
  return std::filesystem::path(VIGIL_SOURCE_DIR) / "../shared/data";
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_SHARED_DATA_H_
