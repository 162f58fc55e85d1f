// Makes a push-constant struct valid as C++ and as GLSL: members are uint, int or float, or arrays
// of them, so both languages lay them out without padding.
#ifndef VIGIL_SHADERS_PARAMS_TYPES_H_
#define VIGIL_SHADERS_PARAMS_TYPES_H_

#ifdef __cplusplus
#include <cstdint>
#define PARAMS_BEGIN        \
  namespace vigil::params { \
  using uint = std::uint32_t;
// 128 bytes is the least that every Vulkan device takes.
#define PARAMS_END(name)              \
  static_assert(sizeof(name) <= 128); \
  }
#else
// Before anything else in a shader, where extensions have to be.
#ifdef HALF_STORAGE
#extension GL_EXT_shader_16bit_storage : require
#endif
#define PARAMS_BEGIN
#define PARAMS_END(name)
#endif

// Bits of `flags` in operators with an epilogue.
#define FLAG_RESIDUAL 1u  // binding 2 is read and added before the activation
#define FLAG_EXTRA 2u     // binding 2 is written: the value before the activation
#define FLAG_BIAS 4u      // the constants buffer holds a bias

#endif  // VIGIL_SHADERS_PARAMS_TYPES_H_
