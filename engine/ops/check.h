// Checks that the operators' shape rules share. Each throws Error (Model) whose message carries the
// numbers; whoever holds the node puts its name in front.
#ifndef VIGIL_ENGINE_OPS_CHECK_H_
#define VIGIL_ENGINE_OPS_CHECK_H_

#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/text.h"
#include "engine/ops/op.h"
#include "engine/tensor/tensor.h"

namespace vigil {

// Attributes that are sizes stay below this, so that sums and products of a few stay in 64 bits.
inline constexpr std::int64_t kMaxAttribute = std::numeric_limits<std::int32_t>::max();

[[noreturn]] void ThrowShape(const std::string& message);  // kInvalidShape
[[noreturn]] void ThrowValue(const std::string& message);  // kInvalidValue

// "2 inputs: expected 3 (x, weights, bias)".
void RequireInputs(std::span<const TensorDesc> in, std::size_t expected, std::string_view roles);
// Throws (Model, kInvalidType) for inputs of another type.
void RequireType(std::span<const TensorDesc> in, DType dtype);
inline void RequireFloat32(std::span<const TensorDesc> in) { RequireType(in, DType::kFloat32); }
// The same for operators that ONNX has for other types too: throws (Model, kUnsupported).
void SupportFloat32Alone(std::span<const TensorDesc> in);
// float32 or integers, all of one type. Throws (Model, kInvalidType).
void RequireNumbers(std::span<const TensorDesc> in);
// "x is 3x8: expected rank 4 (N, C, H, W)".
void RequireRank(std::string_view role, const TensorDesc& desc, int rank, std::string_view dims);
void RequireShape(std::string_view role, const TensorDesc& desc, const Shape& expected);
// At least one element. Throws (Model, kUnsupported): ONNX has empty tensors.
void RequireNonEmpty(std::string_view role, const Shape& shape);
// 0 <= axis < rank; with `end_allowed`, axis == rank too.
void RequireAxis(std::int64_t axis, int rank, bool end_allowed = false);
// Every value in [low, kMaxAttribute].
void RequireRange(std::string_view attribute, std::span<const std::int64_t> values,
                  std::int64_t low);

// Bytes of all inputs and outputs once, and `flops` of arithmetic that is no multiply-accumulate.
OpCost CostOf(std::span<const TensorDesc> in, std::span<const TensorDesc> out,
              std::int64_t macs = 0, std::int64_t flops_beside_macs = 0);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_CHECK_H_
