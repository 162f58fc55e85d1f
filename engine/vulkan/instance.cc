#include "engine/vulkan/instance.h"

#include <array>
#include <cstring>

#include "engine/base/log.h"
#include "engine/vulkan/loader.h"
#include "engine/vulkan/result.h"

namespace vigil::vulkan {
namespace {

constexpr const char* kValidationLayer = "VK_LAYER_KHRONOS_validation";

VKAPI_ATTR VkBool32 VKAPI_CALL OnMessage(VkDebugUtilsMessageSeverityFlagBitsEXT,
                                         VkDebugUtilsMessageTypeFlagsEXT,
                                         const VkDebugUtilsMessengerCallbackDataEXT* data,
                                         void* user_data) noexcept {
  const auto& sink = *static_cast<const std::function<void(const std::string&)>*>(user_data);
  try {
    if (sink) {
      sink(data->pMessage);
    } else {
      Log(LogLevel::kWarning, data->pMessage);
    }
  } catch (...) {  // nothing may pass through the driver's frames
  }
  return VK_FALSE;
}

vk::raii::Context MakeContext(void* get_instance_proc_addr) {
  void* const entry = get_instance_proc_addr ? get_instance_proc_addr : SystemGetInstanceProcAddr();
  return Guard("opening the loader", [&] {
    return vk::raii::Context(reinterpret_cast<PFN_vkGetInstanceProcAddr>(entry));
  });
}

bool HasValidationLayer(const vk::raii::Context& context) {
  for (const vk::LayerProperties& layer : context.enumerateInstanceLayerProperties()) {
    if (std::strcmp(layer.layerName, kValidationLayer) == 0) return true;
  }
  return false;
}

}  // namespace

Instance::Instance(void* get_instance_proc_addr, bool validation, MessageSink on_message)
    : sink_(std::make_unique<MessageSink>(std::move(on_message))),
      context_(MakeContext(get_instance_proc_addr)) {
  Guard("creating an instance", [&] {
    if (validation && !HasValidationLayer(context_)) {
      Log(LogLevel::kWarning, "vulkan: the validation layer is not installed");
      validation = false;
    }
    const vk::ApplicationInfo application("vigil", 1, "vigil", 1, VK_API_VERSION_1_1);
    vk::InstanceCreateInfo info({}, &application);
    using Severity = vk::DebugUtilsMessageSeverityFlagBitsEXT;
    using Type = vk::DebugUtilsMessageTypeFlagBitsEXT;
    const std::array enabled{vk::ValidationFeatureEnableEXT::eSynchronizationValidation};
    const vk::ValidationFeaturesEXT features(enabled);
    const vk::DebugUtilsMessengerCreateInfoEXT messenger({}, Severity::eWarning | Severity::eError,
                                                         Type::eValidation | Type::ePerformance,
                                                         OnMessage, sink_.get(), &features);
    const std::array extensions{VK_EXT_DEBUG_UTILS_EXTENSION_NAME,
                                VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME};
    const std::array layers{kValidationLayer};
    if (validation) {
      info.setPEnabledExtensionNames(extensions).setPEnabledLayerNames(layers).setPNext(&messenger);
    }
    instance_ = vk::raii::Instance(context_, info);
    if (validation) {
      vk::DebugUtilsMessengerCreateInfoEXT own = messenger;
      own.pNext = nullptr;
      messenger_ = vk::raii::DebugUtilsMessengerEXT(instance_, own);
    }
  });
}

}  // namespace vigil::vulkan
