#include "engine/onnx/file_info.h"

#include "engine/base/text.h"
#include "engine/onnx/file.h"
#include "engine/onnx/import_node.h"
#include "engine/onnx/schema.h"

namespace vigil {

OnnxFileInfo ReadOnnxFileInfo(const std::filesystem::path& path) {
  const std::string bytes = onnx::ReadWholeFile(path);
  onnx::schema::ModelProto model;
  if (!model.ParseFromString(bytes))
    onnx::ThrowMalformed(Text(path.string(), ": no ONNX model, or a truncated one"));
  OnnxFileInfo info{.ir_version = model.ir_version()};
  for (const auto& opset : model.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") info.opset = opset.version();
  }
  return info;
}

OnnxFileInfo WrittenOnnxInfo() {
  return {.ir_version = onnx::kWrittenIrVersion, .opset = onnx::kWrittenOpset};
}

}  // namespace vigil
