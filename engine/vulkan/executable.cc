#include "engine/vulkan/executable.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/base/text.h"
#include "engine/vulkan/recorder.h"
#include "engine/vulkan/result.h"

namespace vigil::vulkan {
namespace {

// A processor under load compiles a large network for many seconds.
constexpr std::chrono::nanoseconds kWarmUpDeadline = std::chrono::minutes(5);

ExecutableInfo MakeInfo(const Graph& graph, const Network& network,
                        std::span<const Encoding> encodings) {
  ExecutableInfo info;
  info.arena_bytes = network.arena_bytes;
  info.weight_bytes = network.lowering.constants().size();
  info.tap_slot_bytes = TapSlotBytes(graph, encodings);
  for (const Dispatch& dispatch : network.lowering.dispatches()) {
    ++(dispatch.tap_only ? info.tap_dispatches : info.dispatches);
  }
  return info;
}

}  // namespace

VulkanExecutable::VulkanExecutable(std::shared_ptr<Device> device, Graph graph,
                                   const CompileOptions& options)
    : graph_(std::move(graph)),
      network_(graph_, TapEncodings(graph_, options), device->plan()),
      info_(MakeInfo(graph_, network_, TapEncodings(graph_, options))),
      resources_(new Resources(std::move(device), network_, options)) {
  UploadWeights();
  RecordCommands();
  if (resources_->device->plan().compiles_late) WarmUp();
}

void VulkanExecutable::UploadWeights() {
  const std::span<const std::byte> constants = network_.lowering.constants();
  if (constants.empty()) return;
  Resources& r = *resources_;
  if (r.weights.mapped()) {
    std::ranges::copy(constants, r.weights.data());
    r.weights.Flush();
    return;
  }
  r.staging = Buffer(r.device->handle(), r.device->plan(), MemoryUse::kUpload, constants.size());
  std::ranges::copy(constants, r.staging.data());
  r.staging.Flush();
  const vk::raii::CommandBuffer& commands = r.NewCommandBuffer();
  Guard("recording the upload of weights",
        [&] { RecordUpload(commands, r.staging.handle(), r.weights.handle(), constants.size()); });
  r.SubmitAndWait(std::array{*commands}, r.deadline);
  r.command_buffers.clear();
  r.staging = Buffer();
}

void VulkanExecutable::RecordCommands() {
  const Recorder recorder(network_, *resources_);
  run_commands_ = &resources_->NewCommandBuffer();
  Guard("recording commands", [&] { recorder.RecordNetwork(*run_commands_, false); });
  if (graph_.taps().empty()) return;
  tap_commands_ = &resources_->NewCommandBuffer();
  Guard("recording commands", [&] { recorder.RecordTaps(*tap_commands_); });
  if (!network_.tapped_differs) return;
  tapped_commands_ = &resources_->NewCommandBuffer();
  Guard("recording commands", [&] { recorder.RecordNetwork(*tapped_commands_, true); });
}

void VulkanExecutable::WarmUp() {
  if (tap_commands_) {  // they need what the tapped network needs and more
    const auto& network = network_.tapped_differs ? *tapped_commands_ : *run_commands_;
    resources_->SubmitAndWait(std::array{*network, **tap_commands_}, kWarmUpDeadline);
  } else {
    resources_->SubmitAndWait(std::array{**run_commands_}, kWarmUpDeadline);
  }
}

template <typename Step>
void VulkanExecutable::OnDevice(Step step) {
  if (broken_) {
    throw Error(Fault::kGpu, ErrorCode::kDeviceLost,
                "vulkan: an earlier run failed on the device: compile again");
  }
  try {
    step();
  } catch (const Error& error) {
    broken_ = broken_ || error.fault() == Fault::kGpu;
    throw;
  }
}

void VulkanExecutable::WriteInputs(std::span<const ConstTensorView> inputs) {
  const Buffer& buffer = resources_->upload ? resources_->upload : resources_->arena;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Port& port = network_.inputs[i];
    std::memcpy(buffer.data() + (resources_->upload ? port.host_offset : port.arena_offset),
                inputs[i].data, port.bytes);
  }
  buffer.Flush();
}

void VulkanExecutable::ReadOutputs(std::span<const TensorView> outputs) {
  const Buffer& buffer = resources_->readback ? resources_->readback : resources_->arena;
  buffer.Invalidate();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const Port& port = network_.outputs[i];
    const std::byte* from =
        !port.constant.empty()
            ? port.constant.data()
            : buffer.data() + (resources_->readback ? port.host_offset : port.arena_offset);
    std::memcpy(outputs[i].data, from, port.bytes);
  }
}

void VulkanExecutable::ReadTaps(std::span<std::byte> tap_slot) {
  resources_->taps.Invalidate();
  for (const Port& port : network_.taps) {
    const std::byte* from =
        !port.constant.empty() ? port.constant.data() : resources_->taps.data() + port.host_offset;
    std::memcpy(tap_slot.data(), from, port.bytes);
    tap_slot = tap_slot.subspan(port.bytes);
  }
}

void VulkanExecutable::Run(std::span<const ConstTensorView> inputs,
                           std::span<const TensorView> outputs, std::span<std::byte> tap_slot) {
  CheckRunArguments(graph_, inputs, outputs, tap_slot.size(), info_.tap_slot_bytes);
  OnDevice([&] {
    WriteInputs(inputs);
    if (tap_slot.empty()) {
      resources_->SubmitAndWait(std::array{**run_commands_}, resources_->deadline);
    } else {
      const auto& network = network_.tapped_differs ? *tapped_commands_ : *run_commands_;
      resources_->SubmitAndWait(std::array{*network, **tap_commands_}, resources_->deadline);
    }
    ReadOutputs(outputs);
    if (!tap_slot.empty()) ReadTaps(tap_slot);
  });
}

void VulkanExecutable::RecordProfile() {
  if (resources_->device->plan().timestamp_ns == 0.0) {
    throw Error(Fault::kGpu, ErrorCode::kUnsupported, "vulkan: the device has no timestamps");
  }
  Resources& r = *resources_;
  const vk::raii::CommandBuffer& commands = r.NewCommandBuffer();
  Guard("recording a profile", [&] {
    r.queries = vk::raii::QueryPool(
        r.device->handle(),
        vk::QueryPoolCreateInfo({}, vk::QueryType::eTimestamp,
                                static_cast<std::uint32_t>(graph_.nodes().size()) + 1));
    profiled_nodes_ = Recorder(network_, r).RecordProfile(commands, *r.queries);
  });
  profile_commands_ = &commands;
}

std::vector<NodeTime> VulkanExecutable::Profile(std::span<const ConstTensorView> inputs,
                                                std::span<const TensorView> outputs) {
  CheckRunArguments(graph_, inputs, outputs, 0, info_.tap_slot_bytes);
  if (!profile_commands_) RecordProfile();
  std::vector<std::uint64_t> ticks(profiled_nodes_.size() + 1);
  OnDevice([&] {
    WriteInputs(inputs);
    resources_->SubmitAndWait(std::array{**profile_commands_}, resources_->deadline);
    ReadOutputs(outputs);
    Guard("reading timestamps", [&] {
      ticks = resources_->queries
                  .getResults<std::uint64_t>(
                      0, static_cast<std::uint32_t>(ticks.size()), ticks.size() * 8, 8,
                      vk::QueryResultFlagBits::e64 | vk::QueryResultFlagBits::eWait)
                  .second;
    });
  });
  std::vector<NodeTime> times;
  for (std::size_t i = 0; i < profiled_nodes_.size(); ++i) {
    const Node& node = graph_.nodes()[static_cast<std::size_t>(profiled_nodes_[i])];
    const double milliseconds = static_cast<double>(ticks[i + 1] - ticks[i]) *
                                resources_->device->plan().timestamp_ns * 1e-6;
    times.push_back({node.name, OpName(node.attrs), milliseconds});
  }
  return times;
}

}  // namespace vigil::vulkan
