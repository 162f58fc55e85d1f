// The one list of backends that tests run on.
#ifndef VIGIL_TESTS_SUPPORT_BACKENDS_H_
#define VIGIL_TESTS_SUPPORT_BACKENDS_H_

#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"

namespace vigil::testing {

// Names of all backends, for INSTANTIATE_TEST_SUITE_P.
std::vector<std::string> BackendNames();  // "reference", "cpu", "vulkan"

// A software device as a GPU's kernels see it (DevicePlan::lanes): only for tests of kernels.
inline constexpr const char* kVulkanWithoutLanes = "vulkan_without_lanes";

struct OpenedBackend {
  std::shared_ptr<Backend> backend;  // null: skip with `reason`
  std::string reason;
};
// Vulkan opens with the validation layer and synchronization validation where the layer is
// installed. A backend named in the environment variable VIGIL_REQUIRE_BACKENDS (comma-separated;
// CI sets all three) that does not open is a test failure, never a skip. Opened once a process.
OpenedBackend OpenForTest(const std::string& name);

// Validation messages since the last call; tests assert that there are none.
std::vector<std::string> TakeValidationMessages();

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_BACKENDS_H_
