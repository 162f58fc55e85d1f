// Pad, ONNX 1-21 (pads and value folded to attributes).
#ifndef VIGIL_ENGINE_OPS_PAD_H_
#define VIGIL_ENGINE_OPS_PAD_H_

#include <cstdint>
#include <vector>

namespace vigil {

// What stands around the input: a value; its mirror image, the edge itself not doubled; its
// outermost element; or the input again, from its other end.
enum class PadMode { kConstant = 0, kReflect = 1, kEdge = 2, kWrap = 3 };  // numbers: shaders' ABI

// pads: rank begins, then rank ends. Negative ones cut off first; what is left is padded.
struct PadAttrs {
  std::vector<std::int64_t> pads;
  float value = 0.0f;  // kConstant; as the element type has it
  PadMode mode = PadMode::kConstant;
};

// One dimension. Output element i stands at place i - begin of what was left of the input.
struct PadAxis {
  std::int64_t begin = 0;   // elements padded in front, 0 or more
  std::int64_t crop = 0;    // elements cut off in front, 0 or more
  std::int64_t length = 0;  // elements left
};
// REQUIRES: pads that the shape rule accepts; `size` is the input's.
PadAxis PadAxisOf(const PadAttrs& attrs, int axis, std::int64_t size);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_PAD_H_
