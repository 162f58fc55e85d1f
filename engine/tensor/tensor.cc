#include "engine/tensor/tensor.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "engine/base/text.h"

namespace vigil {
namespace {
constexpr std::size_t kAlignment = 64;
}

Tensor::Tensor(const TensorDesc& desc) : desc_(desc) {
  const std::size_t bytes =
      (std::max<std::size_t>(desc.bytes(), 1) + kAlignment - 1) / kAlignment * kAlignment;
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, bytes)));
  if (!data_) {
    throw Error(Fault::kModel, ErrorCode::kOutOfMemory,
                Text("no memory for a tensor of ", desc.shape, " ", DTypeName(desc.dtype), " (",
                     bytes, " bytes)"));
  }
  std::memset(data_.get(), 0, bytes);
}

Tensor::Tensor(const Shape& shape, std::span<const float> values)
    : Tensor(TensorDesc{DType::kFloat32, shape}) {
  VIGIL_CHECK(static_cast<std::int64_t>(values.size()) == shape.elements());
  std::ranges::copy(values, as<float>().begin());
}

Tensor Tensor::Clone() const {
  Tensor copy(desc_);
  std::ranges::copy(bytes(), copy.bytes().begin());
  return copy;
}

void Tensor::Free::operator()(std::byte* data) const { std::free(data); }

}  // namespace vigil
