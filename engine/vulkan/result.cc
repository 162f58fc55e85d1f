#include "engine/vulkan/result.h"

#include "engine/base/text.h"

namespace vigil::vulkan {
namespace {

ErrorCode CodeOf(vk::Result result) {
  switch (result) {
    case vk::Result::eErrorDeviceLost:
      return ErrorCode::kDeviceLost;
    case vk::Result::eErrorOutOfDeviceMemory:
    case vk::Result::eErrorOutOfHostMemory:
    case vk::Result::eErrorOutOfPoolMemory:
    case vk::Result::eErrorFragmentedPool:
    case vk::Result::eErrorTooManyObjects:
    case vk::Result::eErrorMemoryMapFailed:
      return ErrorCode::kOutOfMemory;
    case vk::Result::eTimeout:
    case vk::Result::eNotReady:
      return ErrorCode::kTimeout;
    case vk::Result::eErrorIncompatibleDriver:
    case vk::Result::eErrorInitializationFailed:
    case vk::Result::eErrorLayerNotPresent:
    case vk::Result::eErrorExtensionNotPresent:
      return ErrorCode::kUnavailable;
    default:
      return ErrorCode::kUnsupported;
  }
}

}  // namespace

Error ErrorOf(vk::Result result, std::string_view what) {
  return Error(Fault::kGpu, CodeOf(result), Text("vulkan: ", what, ": ", vk::to_string(result)));
}

}  // namespace vigil::vulkan
