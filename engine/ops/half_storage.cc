// float16 for every operator that is written for float32 (MakeOp): numbers are stored in 16 bits
// and computed with in 32. This is the definition of what fp16 means here.
#include <algorithm>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/ops/op.h"

namespace vigil {
namespace {

bool IsHalf(const TensorDesc& desc) { return desc.dtype == DType::kFloat16; }

TensorDesc Widened(TensorDesc desc) {
  if (IsHalf(desc)) desc.dtype = DType::kFloat32;
  return desc;
}

void RequireAlike(std::span<const TensorDesc> in) {
  const auto is_float = [](const TensorDesc& desc) {
    return desc.dtype == DType::kFloat32 || IsHalf(desc);
  };
  const auto first = std::ranges::find_if(in, is_float);
  for (auto desc = first; desc != in.end(); ++desc) {
    if (!is_float(*desc) || desc->dtype == first->dtype) continue;
    throw Error(Fault::kModel, ErrorCode::kInvalidType,
                Text("input ", desc - in.begin(), " is ", DTypeName(desc->dtype), ": expected ",
                     DTypeName(first->dtype), " as input ", first - in.begin()));
  }
}

}  // namespace

std::vector<TensorDesc> InferInHalf(InferFn infer, const OpAttrs& attrs,
                                    std::span<const TensorDesc> in) {
  if (std::ranges::none_of(in, IsHalf)) return infer(attrs, in);
  RequireAlike(in);
  std::vector<TensorDesc> wide(in.begin(), in.end());
  std::ranges::transform(wide, wide.begin(), Widened);
  std::vector<TensorDesc> out = infer(attrs, wide);
  for (TensorDesc& desc : out) {
    if (desc.dtype == DType::kFloat32) desc.dtype = DType::kFloat16;
  }
  return out;
}

void RunInHalf(ReferenceFn reference, const OpAttrs& attrs, std::span<const ConstTensorView> in,
               std::span<const TensorView> out) {
  const auto view_is_half = [](const auto& view) { return IsHalf(view.desc); };
  if (std::ranges::none_of(in, view_is_half) && std::ranges::none_of(out, view_is_half)) {
    return reference(attrs, in, out);
  }
  std::vector<Tensor> made;  // never grows beyond this, so that views stay valid
  made.reserve(in.size() + out.size());
  std::vector<ConstTensorView> wide_in;
  for (const ConstTensorView& view : in) {
    if (!IsHalf(view.desc)) {
      wide_in.push_back(view);
      continue;
    }
    Tensor& tensor = made.emplace_back(Widened(view.desc));
    std::ranges::transform(view.as<std::uint16_t>(), tensor.as<float>().begin(), HalfToFloat);
    wide_in.push_back(tensor.view());
  }
  std::vector<TensorView> wide_out;
  for (const TensorView& view : out) {
    wide_out.push_back(IsHalf(view.desc) ? made.emplace_back(Widened(view.desc)).view() : view);
  }
  reference(attrs, wide_in, wide_out);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!IsHalf(out[i].desc)) continue;
    std::ranges::transform(wide_out[i].as<float>(), out[i].as<std::uint16_t>().begin(),
                           FloatToHalf);
  }
}

}  // namespace vigil
