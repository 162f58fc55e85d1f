// A vkGetInstanceProcAddr that fails chosen calls, and watches what is made, destroyed and in
// flight. One thread, one device at a time.
#ifndef VIGIL_TESTS_VULKAN_FAULT_INJECTION_H_
#define VIGIL_TESTS_VULKAN_FAULT_INJECTION_H_

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <vulkan/vulkan_core.h>

#include "engine/base/text.h"
#include "engine/vulkan/loader.h"

namespace vigil::testing {

struct InjectedFault {
  VkResult result = VK_ERROR_DEVICE_LOST;
  int call = 1;           // the k-th that counts fails, from 1
  std::string_view only;  // the calls of this function count; empty: of all that return VkResult
  bool for_good = false;  // and all that follow it, as on a device that is really lost
};

// The state behind the injected functions, which have no user data of their own.
class FaultInjector {
 public:
  static FaultInjector& Get() {
    static FaultInjector injector;
    return injector;
  }

  // From here on; nothing: no fault. Forgets what was seen, but not what is alive.
  void Arm(const std::optional<InjectedFault>& fault) {
    fault_ = fault;
    calls_ = 0;
    failed_.clear();
    destroyed_in_flight_.clear();
  }

  // The function that failed first, empty where none did.
  const std::string& failed() const { return failed_; }
  // Kinds of objects that are alive, with their numbers: "Buffer 2, Fence 1"; empty where none.
  std::string Alive() const {
    std::string text;
    for (const auto& [kind, count] : alive_) {
      if (count != 0) text += Text(text.empty() ? "" : ", ", kind, " ", count);
    }
    return text;
  }
  // Functions that destroyed something while a submission was in flight.
  const std::vector<std::string>& destroyed_in_flight() const { return destroyed_in_flight_; }

  // For the injected functions alone.
  bool Fails(std::string_view function) {
    if (!fault_ || (!fault_->only.empty() && fault_->only != function)) return false;
    ++calls_;
    if (calls_ != fault_->call && !(fault_->for_good && calls_ > fault_->call)) return false;
    if (failed_.empty()) failed_ = function;
    return true;
  }
  const InjectedFault& fault() const { return *fault_; }
  void SetInFlight(bool in_flight) { in_flight_ = in_flight; }
  void Count(std::string_view kind, int change) { alive_[std::string(kind)] += change; }
  void OnDestroy(std::string_view function) {
    if (in_flight_) destroyed_in_flight_.emplace_back(function);
  }

 private:
  std::optional<InjectedFault> fault_;
  int calls_ = 0;
  std::string failed_;
  bool in_flight_ = false;
  std::map<std::string, int> alive_;
  std::vector<std::string> destroyed_in_flight_;
};

namespace injected {

template <std::size_t kSize>
struct Name {
  // NOLINTNEXTLINE(google-explicit-constructor): so that a literal can be the argument
  constexpr Name(const char (&literal)[kSize]) { std::copy_n(literal, kSize, text); }
  constexpr std::string_view view() const { return {text, kSize - 1}; }
  char text[kSize];
};

// Objects that a call makes or destroys.
inline int Objects(VkDevice, VkPipelineCache, std::uint32_t count,
                   const VkComputePipelineCreateInfo*, const VkAllocationCallbacks*, VkPipeline*) {
  return static_cast<int>(count);
}
inline int Objects(VkDevice, const VkCommandBufferAllocateInfo* info, VkCommandBuffer*) {
  return static_cast<int>(info->commandBufferCount);
}
inline int Objects(VkDevice, VkCommandPool, std::uint32_t count, const VkCommandBuffer*) {
  return static_cast<int>(count);
}
template <typename Handle>
int Objects(VkDevice, Handle handle, const VkAllocationCallbacks*) {
  return handle != Handle() ? 1 : 0;
}
template <typename... Args>
int Objects(Args...) {
  return 1;
}

// One function: kName, and the kind of object that it makes (returning VkResult) or destroys.
template <Name kName, Name kKind, typename Function>
struct Intercepted;

template <Name kName, Name kKind, typename Result, typename... Args>
struct Intercepted<kName, kKind, Result(VKAPI_PTR*)(Args...)> {
  static inline Result(VKAPI_PTR* real)(Args...) = nullptr;

  static VKAPI_ATTR Result VKAPI_CALL Call(Args... args) {
    FaultInjector& injector = FaultInjector::Get();
    if constexpr (std::is_void_v<Result>) {
      const int objects = Objects(args...);
      injector.Count(kKind.view(), -objects);
      if (objects != 0) injector.OnDestroy(kName.view());
      real(args...);
    } else {
      constexpr bool kWaits = kName.view() == "vkWaitForFences";
      if (injector.Fails(kName.view())) {
        const InjectedFault& fault = injector.fault();
        // A device lost for good has ended what it ran; this one is not really lost.
        if (kWaits && fault.for_good && real(args...) == VK_SUCCESS) injector.SetInFlight(false);
        return fault.result;
      }
      const VkResult result = real(args...);
      if (result != VK_SUCCESS) return result;
      if constexpr (!kKind.view().empty()) injector.Count(kKind.view(), Objects(args...));
      if (kName.view() == "vkQueueSubmit") injector.SetInFlight(true);
      if (kWaits) injector.SetInFlight(false);
      return result;
    }
  }

  // Null where `name` is another function; otherwise the way around `found`, the real one.
  static PFN_vkVoidFunction Around(std::string_view name, PFN_vkVoidFunction found) {
    if (name != kName.view()) return nullptr;
    real = reinterpret_cast<Result(VKAPI_PTR*)(Args...)>(found);
    return reinterpret_cast<PFN_vkVoidFunction>(&Call);
  }
};

// All functions that compute may call and that return VkResult, and all that destroy.
inline PFN_vkVoidFunction Around(std::string_view name, PFN_vkVoidFunction found) {
  using Wrap = PFN_vkVoidFunction (*)(std::string_view, PFN_vkVoidFunction);
  static constexpr Wrap kWraps[] = {
      Intercepted<"vkCreateInstance", "Instance", PFN_vkCreateInstance>::Around,
      Intercepted<"vkDestroyInstance", "Instance", PFN_vkDestroyInstance>::Around,
      Intercepted<"vkCreateDevice", "Device", PFN_vkCreateDevice>::Around,
      Intercepted<"vkDestroyDevice", "Device", PFN_vkDestroyDevice>::Around,
      Intercepted<"vkCreateBuffer", "Buffer", PFN_vkCreateBuffer>::Around,
      Intercepted<"vkDestroyBuffer", "Buffer", PFN_vkDestroyBuffer>::Around,
      Intercepted<"vkCreateBufferView", "BufferView", PFN_vkCreateBufferView>::Around,
      Intercepted<"vkDestroyBufferView", "BufferView", PFN_vkDestroyBufferView>::Around,
      Intercepted<"vkCreateShaderModule", "ShaderModule", PFN_vkCreateShaderModule>::Around,
      Intercepted<"vkDestroyShaderModule", "ShaderModule", PFN_vkDestroyShaderModule>::Around,
      Intercepted<"vkCreatePipelineCache", "PipelineCache", PFN_vkCreatePipelineCache>::Around,
      Intercepted<"vkDestroyPipelineCache", "PipelineCache", PFN_vkDestroyPipelineCache>::Around,
      Intercepted<"vkCreateDescriptorSetLayout", "DescriptorSetLayout",
                  PFN_vkCreateDescriptorSetLayout>::Around,
      Intercepted<"vkDestroyDescriptorSetLayout", "DescriptorSetLayout",
                  PFN_vkDestroyDescriptorSetLayout>::Around,
      Intercepted<"vkCreatePipelineLayout", "PipelineLayout", PFN_vkCreatePipelineLayout>::Around,
      Intercepted<"vkDestroyPipelineLayout", "PipelineLayout", PFN_vkDestroyPipelineLayout>::Around,
      Intercepted<"vkCreateDescriptorPool", "DescriptorPool", PFN_vkCreateDescriptorPool>::Around,
      Intercepted<"vkDestroyDescriptorPool", "DescriptorPool", PFN_vkDestroyDescriptorPool>::Around,
      Intercepted<"vkCreateCommandPool", "CommandPool", PFN_vkCreateCommandPool>::Around,
      Intercepted<"vkDestroyCommandPool", "CommandPool", PFN_vkDestroyCommandPool>::Around,
      Intercepted<"vkCreateFence", "Fence", PFN_vkCreateFence>::Around,
      Intercepted<"vkDestroyFence", "Fence", PFN_vkDestroyFence>::Around,
      Intercepted<"vkCreateQueryPool", "QueryPool", PFN_vkCreateQueryPool>::Around,
      Intercepted<"vkDestroyQueryPool", "QueryPool", PFN_vkDestroyQueryPool>::Around,
      Intercepted<"vkCreateSemaphore", "Semaphore", PFN_vkCreateSemaphore>::Around,
      Intercepted<"vkDestroySemaphore", "Semaphore", PFN_vkDestroySemaphore>::Around,
      Intercepted<"vkCreateEvent", "Event", PFN_vkCreateEvent>::Around,
      Intercepted<"vkDestroyEvent", "Event", PFN_vkDestroyEvent>::Around,
      Intercepted<"vkCreateComputePipelines", "Pipeline", PFN_vkCreateComputePipelines>::Around,
      Intercepted<"vkDestroyPipeline", "Pipeline", PFN_vkDestroyPipeline>::Around,
      Intercepted<"vkAllocateMemory", "DeviceMemory", PFN_vkAllocateMemory>::Around,
      Intercepted<"vkFreeMemory", "DeviceMemory", PFN_vkFreeMemory>::Around,
      Intercepted<"vkAllocateCommandBuffers", "CommandBuffer",
                  PFN_vkAllocateCommandBuffers>::Around,
      Intercepted<"vkFreeCommandBuffers", "CommandBuffer", PFN_vkFreeCommandBuffers>::Around,
      Intercepted<"vkEnumerateInstanceLayerProperties", "",
                  PFN_vkEnumerateInstanceLayerProperties>::Around,
      Intercepted<"vkEnumerateInstanceExtensionProperties", "",
                  PFN_vkEnumerateInstanceExtensionProperties>::Around,
      Intercepted<"vkEnumerateInstanceVersion", "", PFN_vkEnumerateInstanceVersion>::Around,
      Intercepted<"vkEnumeratePhysicalDevices", "", PFN_vkEnumeratePhysicalDevices>::Around,
      Intercepted<"vkEnumerateDeviceExtensionProperties", "",
                  PFN_vkEnumerateDeviceExtensionProperties>::Around,
      Intercepted<"vkAllocateDescriptorSets", "", PFN_vkAllocateDescriptorSets>::Around,
      Intercepted<"vkResetDescriptorPool", "", PFN_vkResetDescriptorPool>::Around,
      Intercepted<"vkBindBufferMemory", "", PFN_vkBindBufferMemory>::Around,
      Intercepted<"vkBindBufferMemory2", "", PFN_vkBindBufferMemory2>::Around,
      Intercepted<"vkMapMemory", "", PFN_vkMapMemory>::Around,
      Intercepted<"vkFlushMappedMemoryRanges", "", PFN_vkFlushMappedMemoryRanges>::Around,
      Intercepted<"vkInvalidateMappedMemoryRanges", "", PFN_vkInvalidateMappedMemoryRanges>::Around,
      Intercepted<"vkGetPipelineCacheData", "", PFN_vkGetPipelineCacheData>::Around,
      Intercepted<"vkMergePipelineCaches", "", PFN_vkMergePipelineCaches>::Around,
      Intercepted<"vkBeginCommandBuffer", "", PFN_vkBeginCommandBuffer>::Around,
      Intercepted<"vkEndCommandBuffer", "", PFN_vkEndCommandBuffer>::Around,
      Intercepted<"vkResetCommandBuffer", "", PFN_vkResetCommandBuffer>::Around,
      Intercepted<"vkResetCommandPool", "", PFN_vkResetCommandPool>::Around,
      Intercepted<"vkQueueSubmit", "", PFN_vkQueueSubmit>::Around,
      Intercepted<"vkQueueWaitIdle", "", PFN_vkQueueWaitIdle>::Around,
      Intercepted<"vkDeviceWaitIdle", "", PFN_vkDeviceWaitIdle>::Around,
      Intercepted<"vkResetFences", "", PFN_vkResetFences>::Around,
      Intercepted<"vkGetFenceStatus", "", PFN_vkGetFenceStatus>::Around,
      Intercepted<"vkWaitForFences", "", PFN_vkWaitForFences>::Around,
      Intercepted<"vkGetQueryPoolResults", "", PFN_vkGetQueryPoolResults>::Around,
  };
  if (!found) return nullptr;
  for (const Wrap wrap : kWraps) {
    if (const PFN_vkVoidFunction call = wrap(name, found)) return call;
  }
  return found;
}

inline PFN_vkGetDeviceProcAddr real_get_device_proc_addr = nullptr;

inline VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL GetDeviceProcAddr(VkDevice device,
                                                                  const char* name) {
  if (name == std::string_view("vkGetDeviceProcAddr")) {
    return reinterpret_cast<PFN_vkVoidFunction>(&GetDeviceProcAddr);
  }
  return Around(name, real_get_device_proc_addr(device, name));
}

inline VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL GetInstanceProcAddr(VkInstance instance,
                                                                    const char* name) {
  const auto real =
      reinterpret_cast<PFN_vkGetInstanceProcAddr>(vulkan::SystemGetInstanceProcAddr());
  const PFN_vkVoidFunction found = real(instance, name);
  if (name != std::string_view("vkGetDeviceProcAddr")) return Around(name, found);
  real_get_device_proc_addr = reinterpret_cast<PFN_vkGetDeviceProcAddr>(found);
  return reinterpret_cast<PFN_vkVoidFunction>(&GetDeviceProcAddr);
}

}  // namespace injected

// For VulkanOptions::get_instance_proc_addr.
inline void* InjectingEntryPoint() {
  return reinterpret_cast<void*>(&injected::GetInstanceProcAddr);
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_VULKAN_FAULT_INJECTION_H_
