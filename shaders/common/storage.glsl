// How tensors are declared, loaded and stored. Arithmetic is always float; STORAGE is what memory
// holds (a build-time variant), WEIGHT and WEIGHT4 what packed weights are (Lowering::Weights).
#ifndef VIGIL_SHADERS_COMMON_STORAGE_GLSL_
#define VIGIL_SHADERS_COMMON_STORAGE_GLSL_

#ifndef STORAGE
#define STORAGE float
#endif

#ifdef HALF_STORAGE
#define WEIGHT float16_t
#define WEIGHT4 f16vec4
#else
#define WEIGHT float
#define WEIGHT4 vec4
#endif

#define READ_BUFFER(slot, type, name) \
  layout(std430, set = 0, binding = slot) restrict readonly buffer Block##slot { type data[]; } name;
#define WRITE_BUFFER(slot, type, name) \
  layout(std430, set = 0, binding = slot) restrict writeonly buffer Block##slot { type data[]; } name;
#define READ_WRITE_BUFFER(slot, type, name) \
  layout(std430, set = 0, binding = slot) restrict buffer Block##slot { type data[]; } name;

#define LOAD(buffer_name, index) float(buffer_name.data[index])
#define STORE(buffer_name, index, value) buffer_name.data[index] = STORAGE(value)

#endif
