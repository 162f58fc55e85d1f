#include "estimator/detect/box_decoder.h"

#include "engine/base/text.h"
#include "estimator/detect/box_decoders.h"

namespace vigil {

std::optional<std::size_t> FindOutput(const Graph& graph, const std::string& name) {
  for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
    if (graph.value(graph.outputs()[i]).name == name) return i;
  }
  return std::nullopt;
}

DetectorInput SizeOfInput(const Graph& detector) {
  if (detector.inputs().size() != 1) return {};
  const TensorDesc& desc = detector.value(detector.inputs()[0]).desc;
  if (desc.dtype != DType::kFloat32 || desc.shape.rank() != 4 || desc.shape[1] != 3) return {};
  return {.width = desc.shape[3], .height = desc.shape[2]};
}

std::unique_ptr<BoxDecoder> MakeBoxDecoder(const Graph& detector) {
  if (SizeOfInput(detector).width > 0) {
    for (const auto& attempt : {TryUltraFace, TryYuNet, TryGrid}) {
      if (auto decoder = attempt(detector)) return decoder;
    }
  }
  std::string found;
  for (const auto& ids : {detector.inputs(), detector.outputs()}) {
    for (const ValueId id : ids) {
      const Value& value = detector.value(id);
      found += Text(found.empty() ? "" : ", ", value.name, " ", value.desc.shape);
    }
  }
  throw Error(Fault::kModel, ErrorCode::kUnsupported,
              Text("no face detector that is known here: inputs and outputs are ", found,
                   "; expected one image [N, 3, H, W] and the outputs of UltraFace (scores, "
                   "boxes), of YuNet (cls_8, obj_8, bbox_8, ...), or faces [N, 5, rows, columns]"));
}

}  // namespace vigil
