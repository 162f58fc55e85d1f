// Turns a Network into command buffers, with the barriers that its hazards ask for.
#ifndef VIGIL_ENGINE_VULKAN_RECORDER_H_
#define VIGIL_ENGINE_VULKAN_RECORDER_H_

#include <vector>

#include "engine/vulkan/network.h"
#include "engine/vulkan/resources.h"
#include "engine/vulkan/vulkan_api.h"

namespace vigil::vulkan {

// Used while compiling, from one thread; both arguments outlive it. Each method records a whole
// command buffer and throws vk:: exceptions: callers guard.
class Recorder {
 public:
  Recorder(const Network& network, const Resources& resources)
      : network_(network), resources_(resources) {}

  // Inputs in, all dispatches of the network, outputs out. With `with_taps` also those that only
  // taps need.
  void RecordNetwork(const vk::raii::CommandBuffer& commands, bool with_taps) const;

  // Encodes the taps that a network recorded before it in the same submission left in the arena.
  void RecordTaps(const vk::raii::CommandBuffer& commands) const;

  // As RecordNetwork without taps, with a timestamp before the first node and after each node that
  // dispatches anything. Returns those nodes; `queries` holds one more than there are.
  std::vector<int> RecordProfile(const vk::raii::CommandBuffer& commands,
                                 vk::QueryPool queries) const;

 private:
  void CopyInputs(const vk::raii::CommandBuffer& commands) const;
  void CopyOutputs(const vk::raii::CommandBuffer& commands) const;
  void Record(const vk::raii::CommandBuffer& commands, std::size_t dispatch, bool with_taps) const;
  void RecordRange(const vk::raii::CommandBuffer& commands, std::size_t first, std::size_t last,
                   bool with_taps) const;

  const Network& network_;
  const Resources& resources_;
};

// Copies `bytes` from the start of one buffer to the start of another, before shaders read them.
void RecordUpload(const vk::raii::CommandBuffer& commands, vk::Buffer from, vk::Buffer to,
                  std::size_t bytes);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_RECORDER_H_
