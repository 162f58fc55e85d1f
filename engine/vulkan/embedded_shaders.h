// The SPIR-V that was compiled at build time (shaders/variants.cmake).
#ifndef VIGIL_ENGINE_VULKAN_EMBEDDED_SHADERS_H_
#define VIGIL_ENGINE_VULKAN_EMBEDDED_SHADERS_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace vigil::vulkan {

struct EmbeddedShader {
  std::string_view name;  // of the variant: "conv_f32"
  std::span<const std::uint32_t> words;
};

std::span<const EmbeddedShader> EmbeddedShaders();

}  // namespace vigil::vulkan

#endif  // VIGIL_ENGINE_VULKAN_EMBEDDED_SHADERS_H_
