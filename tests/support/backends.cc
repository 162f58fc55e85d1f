#include "tests/support/backends.h"

#include <cstdlib>
#include <map>
#include <mutex>
#include <utility>

#include "engine/cpu/cpu_backend.h"
#include "engine/reference/reference_backend.h"
#if VIGIL_HAVE_VULKAN
#include "engine/vulkan/capped_backend.h"
#include "engine/vulkan/vulkan_backend.h"
#endif

namespace vigil::testing {
namespace {

std::mutex message_mutex;
std::vector<std::string> messages;  // guarded by message_mutex

std::shared_ptr<Backend> Open(const std::string& name) {
  if (name == "reference") return MakeReferenceBackend();
  if (name == "cpu") return MakeCpuBackend();
#if VIGIL_HAVE_VULKAN
  VulkanOptions options;
  options.validation = true;
  options.on_validation_message = [](const std::string& message) {
    const std::lock_guard lock(message_mutex);
    messages.push_back(message);
  };
  if (name == "vulkan_without_lanes") {
    return vulkan::MakeCappedBackend(options, {.no_shuffle = true});
  }
  return MakeVulkanBackend(options);
#else
  throw Error(Fault::kGpu, ErrorCode::kUnavailable, "built without Vulkan");
#endif
}

bool Required(std::string name) {
  name = name.substr(0, name.find('_'));  // a smaller device of the same backend
  const char* list = std::getenv("VIGIL_REQUIRE_BACKENDS");
  return list && ("," + std::string(list) + ",").find("," + name + ",") != std::string::npos;
}

}  // namespace

std::vector<std::string> BackendNames() { return {"reference", "cpu", "vulkan"}; }

OpenedBackend OpenForTest(const std::string& name) {
  static std::map<std::string, OpenedBackend> opened;
  if (auto found = opened.find(name); found != opened.end()) return found->second;
  OpenedBackend result;
  try {
    result.backend = Open(name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnavailable || Required(name)) throw;
    result.reason = error.what();
  }
  return opened[name] = result;
}

std::vector<std::string> TakeValidationMessages() {
  const std::lock_guard lock(message_mutex);
  return std::exchange(messages, {});
}

}  // namespace vigil::testing
