#include "tools/vigil/input_file.h"

#include <algorithm>
#include <cmath>

#include "engine/base/file.h"
#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "tools/vigil/image_input.h"
#include "tools/vigil/npy.h"

namespace vigil {
namespace {

void CheckDesc(const std::filesystem::path& path, const Tensor& tensor, const Value& input) {
  if (tensor.desc().dtype != input.desc.dtype) {
    throw Error(Fault::kInput, ErrorCode::kInvalidType,
                Text(path.string(), ": elements are ", DTypeName(tensor.desc().dtype),
                     " for input '", input.name, "': expected ", DTypeName(input.desc.dtype)));
  }
  const Shape& got = tensor.shape();
  const Shape& want = input.desc.shape;
  const bool fits = got.rank() == want.rank() &&
                    (got.rank() == 0 || (got[0] > 0 && got.With(0, want[0]) == want));
  if (!fits) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text(path.string(), ": shape ", got, " for input '", input.name, "': expected ",
                     ShapeWithAnyBatch(want)));
  }
}

void CheckFinite(const std::filesystem::path& path, const Tensor& tensor) {
  const auto values = tensor.as<float>();
  const auto bad = std::ranges::find_if(values, [](float x) { return !std::isfinite(x); });
  if (bad == values.end()) return;
  std::int64_t rest = bad - values.begin();
  std::string index;
  for (int axis = 0; axis < tensor.shape().rank(); ++axis) {
    const std::int64_t stride = tensor.shape().ElementsFrom(axis + 1);
    index += Text(axis ? ", " : "", rest / stride);
    rest %= stride;
  }
  throw Error(
      Fault::kInput, ErrorCode::kInvalidValue,
      Text(path.string(), ": element [", index, "] is ", *bad, ": expected finite numbers only"));
}

}  // namespace

std::string ShapeWithAnyBatch(const Shape& shape) {
  std::string text = "N";
  for (int i = 1; i < shape.rank(); ++i) text += Text("x", shape[i]);
  return text;
}

Tensor LoadInput(const std::filesystem::path& path, const Value& input, const Graph& model) {
  const std::string extension = path.extension();
  Tensor tensor = extension == ".pb"    ? LoadTensorProto(path)
                  : extension == ".npy" ? ParseNpy(ReadFileBytes(path), path.string())
                                        : LoadImageInput(path, input, model);
  CheckDesc(path, tensor, input);
  if (tensor.desc().dtype == DType::kFloat32) CheckFinite(path, tensor);
  return tensor;
}

std::vector<Tensor> LoadInputs(const Graph& graph, const std::vector<std::string>& paths) {
  if (paths.size() != graph.inputs().size()) {
    std::string names;
    for (const ValueId id : graph.inputs()) names += Text(" '", graph.value(id).name, "'");
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text(paths.size(), " input files for ", graph.inputs().size(), " inputs:", names));
  }
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    tensors.push_back(LoadInput(paths[i], graph.value(graph.inputs()[i]), graph));
    if (tensors[i].shape().rank() > 0 && tensors[i].shape()[0] != tensors[0].shape()[0]) {
      throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                  Text(paths[i], ": batch ", tensors[i].shape()[0], ": expected ",
                       tensors[0].shape()[0], " as in ", paths[0]));
    }
  }
  return tensors;
}

}  // namespace vigil
