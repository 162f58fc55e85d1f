#include "engine/vulkan/peaks/peaks.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "engine/vulkan/candidates.h"
#include "engine/vulkan/device.h"
#include "engine/vulkan/kernels/dispatch.h"
#include "engine/vulkan/memory.h"
#include "engine/vulkan/result.h"

namespace vigil {
namespace vulkan {
namespace {

// NOLINTBEGIN(readability-identifier-naming): called as their shaders are
constexpr std::uint32_t k_multiply_add[] =
#include "peaks/multiply_add.inc"
    ;
constexpr std::uint32_t k_copy[] =
#include "peaks/copy.inc"
    ;
constexpr std::uint32_t k_copy_fetch[] =
#include "peaks/copy_fetch.inc"
    ;
// NOLINTEND(readability-identifier-naming)

constexpr std::uint32_t kLocal = 64, kChains = 12, kUnrolled = 8;  // of the shaders
constexpr std::uint32_t kGroups = 1024;  // of sums: enough for the widest device
constexpr std::size_t kCopyBytes = std::size_t{64} << 20;
constexpr double kEnough = 0.005;  // seconds of a run of sums, beside which submitting it is little
constexpr int kTries = 40;         // so that some are left alone
constexpr std::chrono::nanoseconds kDeadline = std::chrono::seconds(30);

// A buffer to read and one to write, for one shader after the other. One thread's.
class Bench {
 public:
  Bench(std::shared_ptr<Device> device, bool is_processor)
      : device_(std::move(device)),
        is_processor_(is_processor),
        from_(device_->handle(), device_->plan(), MemoryUse::kArena, kCopyBytes),
        to_(device_->handle(), device_->plan(), MemoryUse::kArena, kCopyBytes) {
    const vk::raii::Device& handle = device_->handle();
    Guard("preparing to measure", [&] {
      pool_ = vk::raii::CommandPool(
          handle, vk::CommandPoolCreateInfo(vk::CommandPoolCreateFlagBits::eResetCommandBuffer,
                                            device_->plan().queue_family));
      commands_ = std::move(
          vk::raii::CommandBuffers(
              handle, vk::CommandBufferAllocateInfo(*pool_, vk::CommandBufferLevel::ePrimary, 1))
              .front());
      fence_ = vk::raii::Fence(handle, vk::FenceCreateInfo());
      // Small numbers, of which no sum overflows: 0.
      commands_.begin(vk::CommandBufferBeginInfo());
      commands_.fillBuffer(from_.handle(), 0, VK_WHOLE_SIZE, 0);
      commands_.end();
    });
    Submit();
  }

  // Makes `words` the shader that runs, from texels of four floats or from storage.
  void Use(std::span<const std::uint32_t> words, bool fetches) {
    const vk::raii::Device& handle = device_->handle();
    Guard("preparing a shader that measures", [&] {
      const auto read =
          fetches ? vk::DescriptorType::eUniformTexelBuffer : vk::DescriptorType::eStorageBuffer;
      const auto write = vk::DescriptorType::eStorageBuffer;
      const auto compute = vk::ShaderStageFlagBits::eCompute;
      const std::array bindings{vk::DescriptorSetLayoutBinding(0, read, 1, compute),
                                vk::DescriptorSetLayoutBinding(1, write, 1, compute)};
      set_layout_ =
          vk::raii::DescriptorSetLayout(handle, vk::DescriptorSetLayoutCreateInfo({}, bindings));
      const vk::PushConstantRange push(compute, 0, sizeof(std::uint32_t));
      layout_ =
          vk::raii::PipelineLayout(handle, vk::PipelineLayoutCreateInfo({}, *set_layout_, push));
      vk::ShaderModuleCreateInfo module_info;
      module_info.codeSize = words.size_bytes();
      module_info.pCode = words.data();
      const vk::raii::ShaderModule module(handle, module_info);
      pipeline_ = vk::raii::Pipeline(
          handle, nullptr,
          vk::ComputePipelineCreateInfo(
              {}, vk::PipelineShaderStageCreateInfo({}, compute, *module, "main"), *layout_));
      const std::array sizes{vk::DescriptorPoolSize(read, 1), vk::DescriptorPoolSize(write, 1)};
      descriptors_ = vk::raii::DescriptorPool(handle, vk::DescriptorPoolCreateInfo({}, 1, sizes));
      set_ = vk::raii::DescriptorSets(handle,
                                      vk::DescriptorSetAllocateInfo(*descriptors_, *set_layout_))
                 .front()
                 .release();
      view_ = nullptr;
      if (fetches) {
        view_ = vk::raii::BufferView(
            handle, vk::BufferViewCreateInfo({}, from_.handle(), vk::Format::eR32G32B32A32Sfloat, 0,
                                             VK_WHOLE_SIZE));
      }
      const vk::DescriptorBufferInfo from(from_.handle(), 0, VK_WHOLE_SIZE),
          to(to_.handle(), 0, VK_WHOLE_SIZE);
      vk::WriteDescriptorSet reads(set_, 0, 0, 1, read, nullptr, fetches ? nullptr : &from);
      const vk::BufferView view = *view_;
      if (fetches) reads.pTexelBufferView = &view;
      handle.updateDescriptorSets({reads, vk::WriteDescriptorSet(set_, 1, 0, write, {}, to)}, {});
    });
  }

  // Seconds of one run of the shader with `count` as its push constant.
  double Seconds(std::array<std::uint32_t, 3> groups, std::uint32_t count) {
    Guard("recording a shader that measures", [&] {
      commands_.begin(vk::CommandBufferBeginInfo());
      commands_.bindPipeline(vk::PipelineBindPoint::eCompute, *pipeline_);
      commands_.bindDescriptorSets(vk::PipelineBindPoint::eCompute, *layout_, 0, set_, {});
      commands_.pushConstants<std::uint32_t>(*layout_, vk::ShaderStageFlagBits::eCompute, 0, count);
      commands_.dispatch(groups[0], groups[1], groups[2]);
      commands_.end();
    });
    return Submit();
  }

 private:
  // How long it took: of a device that is a processor, whose work is this process's own, as if no
  // other process had wanted its cores.
  double Submit() {
    const auto begin = std::chrono::steady_clock::now();
    const std::clock_t worked = std::clock();
    device_->Submit(std::array{*commands_}, *fence_, false);
    const vk::Result result = Guard("waiting for a measurement", [&] {
      return device_->handle().waitForFences(*fence_, VK_TRUE,
                                             static_cast<std::uint64_t>(kDeadline.count()));
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    const double work = static_cast<double>(std::clock() - worked) / CLOCKS_PER_SEC;
    if (result != vk::Result::eSuccess) throw ErrorOf(result, "waiting for a measurement");
    Guard("resetting a fence", [&] { device_->handle().resetFences(*fence_); });
    return is_processor_ ? work / std::max(1u, std::thread::hardware_concurrency()) : took.count();
  }

  std::shared_ptr<Device> device_;  // outlives the rest
  const bool is_processor_;
  Buffer from_, to_;
  vk::raii::BufferView view_{nullptr};
  vk::raii::DescriptorSetLayout set_layout_{nullptr};
  vk::raii::PipelineLayout layout_{nullptr};
  vk::raii::Pipeline pipeline_{nullptr};
  vk::raii::DescriptorPool descriptors_{nullptr};
  vk::DescriptorSet set_;  // freed with its pool
  vk::raii::CommandPool pool_{nullptr};
  vk::raii::CommandBuffer commands_{nullptr};
  vk::raii::Fence fence_{nullptr};
};

double Gflops(Bench& bench) {
  bench.Use(k_multiply_add, false);
  const std::array<std::uint32_t, 3> groups{kGroups, 1, 1};
  std::uint32_t steps = 4;
  while (bench.Seconds(groups, steps) < kEnough && steps < (1u << 24)) steps *= 2;
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < kTries; ++i) least = std::min(least, bench.Seconds(groups, steps));
  return 2.0 * kChains * kUnrolled * steps * kLocal * kGroups / least / 1e9;
}

double CopyGbSecond(Bench& bench, std::span<const std::uint32_t> words, bool fetches) {
  bench.Use(words, fetches);
  constexpr std::uint32_t kVectors = kCopyBytes / 16;
  double least = std::numeric_limits<double>::max();
  for (int i = 0; i < kTries; ++i)
    least = std::min(least, bench.Seconds(FoldGroups(kVectors / kLocal), kVectors));
  return 2.0 * static_cast<double>(kCopyBytes) / least / 1e9;
}

}  // namespace
}  // namespace vulkan

VulkanPeaks MeasureVulkanPeaks(int device) {
  auto instance = std::make_shared<vulkan::Instance>(nullptr, false, nullptr);
  const std::vector<vulkan::Candidate> found = vulkan::FindDevices(*instance, {});
  const vulkan::Candidate& picked = vulkan::Pick(found, device);
  auto opened = std::make_shared<vulkan::Device>(std::move(instance), picked.handle,
                                                 picked.snapshot, vulkan::DeviceCaps{}, "");
  const vulkan::DevicePlan plan = opened->plan();
  // Buffers are of texels only where kernels read them so.
  const bool texels = plan.lanes != 0 && plan.max_texels >= vulkan::kCopyBytes / 16;
  vulkan::Bench bench(std::move(opened), picked.snapshot.kind == vulkan::DeviceKind::kCpu);
  VulkanPeaks peaks;
  peaks.gflops = vulkan::Gflops(bench);
  peaks.copy_gb_second = vulkan::CopyGbSecond(bench, vulkan::k_copy, false);
  if (texels) {
    peaks.copy_gb_second =
        std::max(peaks.copy_gb_second, vulkan::CopyGbSecond(bench, vulkan::k_copy_fetch, true));
  }
  return peaks;
}

}  // namespace vigil
