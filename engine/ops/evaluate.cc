#include "engine/ops/evaluate.h"

namespace vigil {

std::vector<Tensor> EvaluateOp(const OpAttrs& attrs, std::span<const ConstTensorView> inputs) {
  std::vector<TensorDesc> descs;
  for (const ConstTensorView& input : inputs) descs.push_back(input.desc);
  std::vector<Tensor> outputs;
  for (const TensorDesc& desc : OpOf(attrs).infer(attrs, descs)) outputs.emplace_back(desc);
  std::vector<TensorView> views;
  for (Tensor& output : outputs) views.push_back(output.view());
  OpOf(attrs).reference(attrs, inputs, views);
  return outputs;
}

}  // namespace vigil
