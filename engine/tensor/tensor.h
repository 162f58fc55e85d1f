// Dense row-major tensors in host memory: a description, two views, and an owner.
#ifndef VIGIL_ENGINE_TENSOR_TENSOR_H_
#define VIGIL_ENGINE_TENSOR_TENSOR_H_

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/error.h"
#include "engine/tensor/dtype.h"
#include "engine/tensor/shape.h"

namespace vigil {

template <typename T>
constexpr DType DTypeOf() {
  if constexpr (std::is_same_v<T, float>)
    return DType::kFloat32;
  else if constexpr (std::is_same_v<T, std::uint16_t>)
    return DType::kFloat16;
  else if constexpr (std::is_same_v<T, std::int8_t>)
    return DType::kInt8;
  else if constexpr (std::is_same_v<T, std::uint8_t>)
    return DType::kUInt8;
  else if constexpr (std::is_same_v<T, std::int32_t>)
    return DType::kInt32;
  else if constexpr (std::is_same_v<T, std::int64_t>)
    return DType::kInt64;
  else if constexpr (std::is_same_v<T, bool>)
    return DType::kBool;
  else
    static_assert(sizeof(T) == 0, "no tensor element type");
}

struct TensorDesc {
  DType dtype = DType::kFloat32;
  Shape shape;

  std::size_t bytes() const {
    return static_cast<std::size_t>(shape.elements()) * DTypeBytes(dtype);
  }
  friend bool operator==(const TensorDesc&, const TensorDesc&) = default;
};

// A view does not own; whoever made it keeps the memory alive.
struct ConstTensorView {
  TensorDesc desc;
  const void* data = nullptr;

  // Aborts where T is not the element type.
  template <typename T>
  std::span<const T> as() const {
    VIGIL_CHECK(desc.dtype == DTypeOf<T>());
    return {static_cast<const T*>(data), static_cast<std::size_t>(desc.shape.elements())};
  }
};

struct TensorView {
  TensorDesc desc;
  void* data = nullptr;

  // NOLINTNEXTLINE(google-explicit-constructor): reading is part of what a writer may do
  operator ConstTensorView() const { return {desc, data}; }
  template <typename T>
  std::span<T> as() const {
    VIGIL_CHECK(desc.dtype == DTypeOf<T>());
    return {static_cast<T*>(data), static_cast<std::size_t>(desc.shape.elements())};
  }
};

// Owns zeroed, 64-byte aligned memory. Movable, not copyable: copies are spelled Clone().
class Tensor {
 public:
  Tensor() = default;
  explicit Tensor(const TensorDesc& desc);
  // float32 of the given shape. REQUIRES: values.size() == shape.elements().
  Tensor(const Shape& shape, std::span<const float> values);

  const TensorDesc& desc() const { return desc_; }
  const Shape& shape() const { return desc_.shape; }
  TensorView view() { return {desc_, data_.get()}; }
  ConstTensorView view() const { return {desc_, data_.get()}; }
  std::span<std::byte> bytes() { return {data_.get(), desc_.bytes()}; }
  std::span<const std::byte> bytes() const { return {data_.get(), desc_.bytes()}; }
  template <typename T>
  std::span<T> as() {
    return view().as<T>();
  }
  template <typename T>
  std::span<const T> as() const {
    return view().as<T>();
  }

  Tensor Clone() const;

 private:
  struct Free {
    void operator()(std::byte* data) const;
  };
  TensorDesc desc_;
  std::unique_ptr<std::byte, Free> data_;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_TENSOR_TENSOR_H_
