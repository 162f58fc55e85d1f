#include "bench/peers/opencv_file.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <map>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/onnx/schema.h"

namespace vigil::bench {
namespace {

using Initializers = std::map<std::string, const onnx::schema::TensorProto*>;

float ScalarOf(const onnx::schema::TensorProto& tensor) {
  float value = 0.0f;
  if (tensor.float_data_size() > 0) return tensor.float_data(0);
  if (tensor.raw_data().size() == sizeof(value)) {
    std::memcpy(&value, tensor.raw_data().data(), sizeof(value));
  }
  return value;
}

void SetBatch(google::protobuf::RepeatedPtrField<onnx::schema::ValueInfoProto>& values,
              std::int64_t batch) {
  for (auto& value : values) {
    for (auto& dimension :
         *value.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim()) {
      if (!dimension.has_dim_param()) continue;
      dimension.clear_dim_param();
      dimension.set_dim_value(batch);
    }
  }
}

void BoundsToAttributes(onnx::schema::NodeProto& clip, const Initializers& initializers) {
  constexpr const char* kNames[] = {"min", "max"};
  for (int i = 1; i < clip.input_size(); ++i) {
    const auto found = initializers.find(clip.input(i));
    if (found == initializers.end()) continue;
    auto& attribute = *clip.add_attribute();
    attribute.set_name(kNames[i - 1]);
    attribute.set_type(onnx::kAttributeFloat);
    attribute.set_f(ScalarOf(*found->second));
  }
  clip.mutable_input()->DeleteSubrange(1, clip.input_size() - 1);
}

}  // namespace

std::vector<unsigned char> ReadForOpencv(const std::filesystem::path& file, std::int64_t batch) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error(Fault::kInput, ErrorCode::kIo, Text(file.string(), ": cannot be read"));
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  onnx::schema::ModelProto model;
  if (!model.ParseFromString(bytes)) {
    throw Error(Fault::kInput, ErrorCode::kMalformed, Text(file.string(), ": no ONNX model"));
  }
  auto& graph = *model.mutable_graph();
  Initializers initializers;
  for (const auto& tensor : graph.initializer()) initializers[tensor.name()] = &tensor;
  for (auto& node : *graph.mutable_node()) {
    if (node.op_type() == "Clip" && node.input_size() > 1) BoundsToAttributes(node, initializers);
  }
  SetBatch(*graph.mutable_input(), batch);
  SetBatch(*graph.mutable_output(), batch);
  const std::string rewritten = model.SerializeAsString();
  return {rewritten.begin(), rewritten.end()};
}

}  // namespace vigil::bench
