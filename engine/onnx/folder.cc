#include "engine/onnx/folder.h"

#include <algorithm>

namespace vigil::onnx {

bool Folder::Fold(const schema::NodeProto& proto) {
  budget_.Begin();
  if (!IsFolded(proto.op_type()) || proto.input_size() == 0) return false;
  if (ReadsShapeAlone(proto.op_type())) {
    const FoldArguments arguments{proto, opset_, {}, budget_};
    const ProbedShape probed = values_.ProbedShapeOf(proto.input(0));
    Define(proto.output(0), FoldShape(arguments, values_.ShapeOf(proto.input(0))),
           probed ? std::optional(FoldShape(arguments, *probed)) : std::nullopt);
    return true;
  }
  std::vector<ConstantTensor> inputs, probed_inputs;
  bool differs = false;
  for (const std::string& name : proto.input()) {
    inputs.push_back(name.empty() ? nullptr : values_.ConstantOf(name));
    if (!name.empty() && !inputs.back()) return false;
    probed_inputs.push_back(name.empty() ? nullptr : values_.ProbedConstantOf(name));
    differs = differs || probed_inputs.back();
    if (!probed_inputs.back()) probed_inputs.back() = inputs.back();
  }
  const auto outputs = FoldNode({proto, opset_, inputs, budget_});
  if (!outputs) return false;
  std::optional<std::vector<ConstantTensor>> probed;
  try {
    if (differs) probed = FoldNode({proto, opset_, probed_inputs, budget_});
  } catch (const Error&) {  // the batch is baked in
  }
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    const int at = static_cast<int>(i);
    if (at >= proto.output_size() || proto.output(at).empty()) continue;
    Define(proto.output(at), (*outputs)[i], probed ? (*probed)[i] : nullptr);
  }
  return true;
}

std::string Folder::Reason() const {
  return budget_.refused() ? budget_.Refusal()
                           : "an input is known only at run time: expected constants";
}

void Folder::Define(const std::string& name, Tensor tensor, std::optional<Tensor> probed) {
  Define(name, std::make_shared<const Tensor>(std::move(tensor)),
         probed ? std::make_shared<const Tensor>(std::move(*probed)) : nullptr);
}

void Folder::Define(const std::string& name, ConstantTensor tensor, ConstantTensor probed) {
  const bool same = probed && probed->desc() == tensor->desc() &&
                    std::ranges::equal(probed->bytes(), tensor->bytes());
  if (same) probed = nullptr;
  budget_.Take(tensor->bytes().size() + (probed ? probed->bytes().size() : 0));
  values_.DefineConstant(name, std::move(tensor), std::move(probed));
}

}  // namespace vigil::onnx
