// One dispatch as data: which shader, how specialised, on which buffers, with which constants. Made
// by the kernels, turned into commands by the recorder; nothing here knows Vulkan.
#ifndef VIGIL_ENGINE_VULKAN_KERNELS_DISPATCH_H_
#define VIGIL_ENGINE_VULKAN_KERNELS_DISPATCH_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil::vulkan {

// How a shader uses a buffer: as storage, or through a view as texels of one float or of four.
enum class Access { kRead, kWrite, kReadWrite, kFetch1, kFetch4 };

inline bool Fetches(Access access) {
  return access == Access::kFetch1 || access == Access::kFetch4;
}
inline bool Writes(Access access) {
  return access == Access::kWrite || access == Access::kReadWrite;
}

// A part of one of the executable's three buffers.
struct BufferRef {
  enum class Kind { kValue, kScratch, kConstants, kTaps };
  Kind kind = Kind::kValue;
  int value = -1;          // kValue: its ValueId; kScratch: of Lowering::scratch(); both in the
                           // arena, where the memory plan put them
  std::size_t offset = 0;  // kConstants, kTaps: bytes from the start of that buffer
  std::size_t bytes = 0;

  friend bool operator==(const BufferRef&, const BufferRef&) = default;
};

// Bytes of push constants that every device takes, and buffers that every shader may bind.
inline constexpr std::size_t kMaxPushBytes = 128;
inline constexpr int kMaxBuffers = 4;
// Workgroups along one dimension that every device takes.
inline constexpr std::uint32_t kMaxGroups = 65535;
// Specialization constants 0 to 2 are the local size, 3 the activation, from 4 the operator's own.
inline constexpr std::uint32_t kLocalSize = 64;

struct Dispatch {
  std::string_view shader;                    // of EmbeddedShaders; lives as long as the program
  std::vector<std::uint32_t> specialization;  // values of the constants 0, 1, 2, ...
  std::vector<BufferRef> buffers;             // bindings 0, 1, ... of set 0
  std::array<std::byte, kMaxPushBytes> push{};
  std::size_t push_bytes = 0;
  std::array<std::byte, kMaxPushBytes> tapped_push{};  // instead of push in runs that keep taps
  bool differs_when_tapped = false;
  std::array<std::uint32_t, 3> groups{1, 1, 1};
  int node = -1;          // index in graph.nodes(), -1 for tap encoding
  bool tap_only = false;  // no output depends on it: recorded only in runs that keep taps

  template <typename Params>
  void SetPush(const Params& params) {
    static_assert(sizeof(Params) <= kMaxPushBytes);
    std::memcpy(push.data(), &params, sizeof(Params));
    push_bytes = sizeof(Params);
  }
  // REQUIRES: SetPush was called with the same type.
  template <typename Params>
  void SetTappedPush(const Params& params) {
    std::memcpy(tapped_push.data(), &params, sizeof(Params));
    differs_when_tapped = true;
  }
};

// Where a shader finds its buffers and how it uses them; its push constants' bytes; how many
// specialization constants it has. The C++ side of shaders/README.md, checked against SPIR-V by a
// test.
struct ShaderInterface {
  std::string name;
  std::vector<Access> buffers;
  std::size_t push_bytes = 0;
  int specialization_constants = 4;
};

// One for each shader; a shader NAME_f32 and its twin NAME_f16 have the same.
const std::vector<ShaderInterface>& ShaderInterfaces();
// REQUIRES: it is one of ShaderInterfaces().
const ShaderInterface& InterfaceOf(std::string_view shader);

// A count of workgroups as a grid of at most kMaxGroups a dimension; shaders undo it
// (common/grid.glsl). REQUIRES: 0 < count <= kMaxGroups * kMaxGroups.
std::array<std::uint32_t, 3> FoldGroups(std::uint64_t count);

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_KERNELS_DISPATCH_H_
