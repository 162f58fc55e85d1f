// Code that is written once for all element types.
#ifndef VIGIL_ENGINE_OPS_ELEMENT_TYPE_H_
#define VIGIL_ENGINE_OPS_ELEMENT_TYPE_H_

#include <type_traits>

#include "engine/base/error.h"
#include "engine/tensor/tensor.h"

namespace vigil {

// Calls visit with a value of the element type, to tell the type; float16's is std::uint16_t, which
// is no other's.
template <typename Visit>
void WithElementType(DType dtype, const Visit& visit) {
  switch (dtype) {
    case DType::kFloat32:
      return visit(float{});
    case DType::kInt8:
      return visit(std::int8_t{});
    case DType::kUInt8:
      return visit(std::uint8_t{});
    case DType::kInt32:
      return visit(std::int32_t{});
    case DType::kInt64:
      return visit(std::int64_t{});
    case DType::kBool:
      return visit(bool{});
    case DType::kFloat16:
      return visit(std::uint16_t{});
  }
  VIGIL_CHECK(false);
}

// Types that are computed with: float32 and the integers. float16 reaches references as float32
// (half_storage.cc), and of bool there is logic alone.
template <typename T>
inline constexpr bool kIsNumber = !std::is_same_v<T, bool> && !std::is_same_v<T, std::uint16_t>;
inline bool IsNumber(DType dtype) { return dtype != DType::kBool && dtype != DType::kFloat16; }
inline bool IsInteger(DType dtype) { return IsNumber(dtype) && dtype != DType::kFloat32; }

// WithElementType for those alone. REQUIRES: IsNumber(dtype), as the shape rule made sure.
template <typename Visit>
void WithNumberType(DType dtype, const Visit& visit) {
  WithElementType(dtype, [&](auto type) {
    if constexpr (kIsNumber<decltype(type)>) {
      visit(type);
    } else {
      VIGIL_CHECK(!"a type that is no number");
    }
  });
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_ELEMENT_TYPE_H_
