// A network compiled for one Vulkan device.
#ifndef VIGIL_ENGINE_VULKAN_EXECUTABLE_H_
#define VIGIL_ENGINE_VULKAN_EXECUTABLE_H_

#include <memory>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/vulkan/network.h"
#include "engine/vulkan/resources.h"

namespace vigil::vulkan {

// Commands are recorded in the constructor; Run writes inputs, submits, waits, reads outputs. After
// any fault of the device it refuses further runs.
class VulkanExecutable final : public Executable {
 public:
  // `graph`: optimised, of the batch of `options`. Throws Error (Gpu | Model).
  VulkanExecutable(std::shared_ptr<Device> device, Graph graph, const CompileOptions& options);

  void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
           std::span<std::byte> tap_slot) override;
  std::vector<NodeTime> Profile(std::span<const ConstTensorView> inputs,
                                std::span<const TensorView> outputs) override;
  const ExecutableInfo& info() const override { return info_; }

 private:
  void UploadWeights();
  void RecordCommands();
  // Runs everything once, on what the memory holds, where pipelines are compiled only then: a run
  // compiles nothing.
  void WarmUp();
  void RecordProfile();
  void WriteInputs(std::span<const ConstTensorView> inputs);
  void ReadOutputs(std::span<const TensorView> outputs);
  void ReadTaps(std::span<std::byte> tap_slot);
  // Runs `step`; an Error of the Gpu family makes the executable unusable.
  template <typename Step>
  void OnDevice(Step step);

  const Graph graph_;
  const Network network_;
  ExecutableInfo info_;
  bool broken_ = false;
  ResourcesPtr resources_;
  // Owned by resources_, which outlives what is in flight.
  const vk::raii::CommandBuffer* run_commands_ = nullptr;      // the network
  const vk::raii::CommandBuffer* tapped_commands_ = nullptr;   // null where taps change nothing
  const vk::raii::CommandBuffer* tap_commands_ = nullptr;      // encoding; null without taps
  const vk::raii::CommandBuffer* profile_commands_ = nullptr;  // null before the first Profile
  std::vector<int> profiled_nodes_;                            // those that have a time
};

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_EXECUTABLE_H_
