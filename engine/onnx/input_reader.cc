#include "engine/onnx/input_reader.h"

#include <vector>

#include "engine/base/text.h"
#include "engine/onnx/import_node.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {

InputReader::InputReader(const OnnxReadOptions& options) : options_(options) {
  for (const auto& [key, size] : options_.sizes) {
    if (size >= 1) continue;
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("size of '", key, "' is ", size, ": expected 1 or more"));
  }
}

std::int64_t InputReader::SizeOf(const schema::ValueInfoProto& input, int dimension) const {
  const auto& dim = input.type().tensor_type().shape().dim(dimension);
  if (dim.has_dim_value()) {
    if (dim.dim_value() >= 1) return dim.dim_value();
    if (dim.dim_value() == 0) {
      ThrowUnsupported(Text("input '", input.name(), "': dimension ", dimension,
                            " is 0: empty tensors are not supported"));
    }
    ThrowMalformed(Text("input '", input.name(), "': dimension ", dimension, " is ",
                        dim.dim_value(), ": expected 1 or more"));
  }
  const bool is_batch = dimension == 0;
  // The input's name alone does not mean its batch.
  for (const std::string& key : {Text(input.name(), ":", dimension), dim.dim_param(),
                                 is_batch ? std::string() : input.name()}) {
    if (key.empty()) continue;
    symbols_.insert(key);
    const auto found = options_.sizes.find(key);
    if (found == options_.sizes.end()) continue;
    used_.insert(key);
    return found->second;
  }
  if (is_batch) return 1;
  ThrowUnsupported(
      Text("input '", input.name(), "': dimension ", dimension, " is symbolic ('", dim.dim_param(),
           "'): expected a number, or a size for '",
           dim.dim_param().empty() ? Text(input.name(), ":", dimension) : dim.dim_param(),
           "' when the model is read"));
}

TensorDesc InputReader::Read(const schema::ValueInfoProto& input) const {
  const auto& type = input.type().tensor_type();
  const std::optional<DType> dtype = KeptType(type.elem_type());
  if (!dtype) {
    ThrowUnsupported(Text(
        "input '", input.name(), "' has elements of ", DataTypeName(type.elem_type()),
        ": expected a tensor of float, float16, double, int8, uint8, int32, ", "int64 or bool"));
  }
  if (!type.has_shape()) {
    ThrowUnsupported(Text("input '", input.name(), "' declares no shape: expected one"));
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < type.shape().dim_size(); ++i) dims.push_back(SizeOf(input, i));
  try {
    return {*dtype, Shape(std::span<const std::int64_t>(dims))};
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), Text("input '", input.name(), "': ", error.what()));
  }
}

void InputReader::RequireAllUsed() const {
  for (const auto& [key, size] : options_.sizes) {
    if (used_.contains(key)) continue;
    std::string list;
    for (const std::string& symbol : symbols_)
      list += Text(list.empty() ? "'" : ", '", symbol, "'");
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("size ", size, " of '", key, "' is wanted by no input: expected ",
                     list.empty() ? "none, as all dimensions are numbers" : "one of " + list));
  }
}

Shape AtProbedBatch(const Shape& shape) {
  // Primes, so that a dimension rarely comes to either by chance.
  constexpr std::int64_t kBatch = 7, kOtherBatch = 11;
  if (shape.rank() == 0) return shape;
  try {
    return shape.With(0, shape[0] == kBatch ? kOtherBatch : kBatch);
  } catch (const Error&) {  // too large
    return shape;
  }
}

}  // namespace vigil::onnx
