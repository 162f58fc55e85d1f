// Vulkan's failures as Error. Include vulkan_api.h's cost: for this room's .cc files.
#ifndef VIGIL_ENGINE_VULKAN_RESULT_H_
#define VIGIL_ENGINE_VULKAN_RESULT_H_

#include <string_view>
#include <utility>

#include "engine/base/error.h"
#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

// Lost device, out of memory (device, host, pool) and timeout stay distinct; a missing driver,
// layer or extension is kUnavailable, what else fails kUnsupported. `what` says what was being
// done: "allocating 4096 bytes (weights)".
Error ErrorOf(vk::Result result, std::string_view what);

// Runs `call`; what vk:: throws becomes Error.
template <typename Call>
decltype(auto) Guard(std::string_view what, Call&& call) {
  try {
    return std::forward<Call>(call)();
  } catch (const vk::SystemError& error) {
    throw ErrorOf(static_cast<vk::Result>(error.code().value()), what);
  } catch (const vk::Error& error) {
    throw Error(Fault::kGpu, ErrorCode::kUnsupported,
                "vulkan: " + std::string(what) + ": " + error.what());
  } catch (const std::bad_alloc&) {
    throw ErrorOf(vk::Result::eErrorOutOfHostMemory, what);
  }
}

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_RESULT_H_
