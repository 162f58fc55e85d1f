// Element types of tensors.
#ifndef VIGIL_ENGINE_TENSOR_DTYPE_H_
#define VIGIL_ENGINE_TENSOR_DTYPE_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace vigil {

enum class DType : std::uint8_t { kFloat32, kFloat16, kInt8, kUInt8, kInt32, kInt64, kBool };

std::size_t DTypeBytes(DType dtype);
std::string_view DTypeName(DType dtype);  // "float32", ...

}  // namespace vigil

#endif  // VIGIL_ENGINE_TENSOR_DTYPE_H_
