// A Vulkan instance, with the validation layer where that is asked for and installed.
#ifndef VIGIL_ENGINE_VULKAN_INSTANCE_H_
#define VIGIL_ENGINE_VULKAN_INSTANCE_H_

#include <functional>
#include <memory>
#include <string>

#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

// Owns everything below it in Vulkan; outlives every handle made of it.
class Instance {
 public:
  // `get_instance_proc_addr` null: the system's. Throws Error (Gpu, kUnavailable | kOutOfMemory).
  Instance(void* get_instance_proc_addr, bool validation,
           std::function<void(const std::string&)> on_message);

  const vk::raii::Instance& handle() const { return instance_; }

 private:
  using MessageSink = std::function<void(const std::string&)>;

  std::unique_ptr<MessageSink> sink_;  // its address is the messenger's user data
  vk::raii::Context context_;
  vk::raii::Instance instance_{nullptr};
  vk::raii::DebugUtilsMessengerEXT messenger_{nullptr};
};

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_INSTANCE_H_
