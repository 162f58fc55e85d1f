// Writes ONNX files field by field, so that tests can say what our own writer never would.
#ifndef VIGIL_TESTS_ONNX_WIRE_H_
#define VIGIL_TESTS_ONNX_WIRE_H_

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

namespace vigil::testing {

// The bytes of one protobuf message.
class Wire {
 public:
  Wire& Int(int field, std::int64_t value) {
    Varint(static_cast<std::uint64_t>(field) << 3);
    Varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  Wire& Float(int field, float value) {
    Varint((static_cast<std::uint64_t>(field) << 3) | 5);
    char raw[4];
    std::memcpy(raw, &value, 4);
    bytes_.append(raw, 4);
    return *this;
  }
  Wire& Bytes(int field, const std::string& bytes) {
    Varint((static_cast<std::uint64_t>(field) << 3) | 2);
    Varint(bytes.size());
    bytes_ += bytes;
    return *this;
  }
  Wire& Message(int field, const Wire& message) { return Bytes(field, message.bytes_); }

  const std::string& bytes() const { return bytes_; }

 private:
  void Varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) bytes_ += static_cast<char>(value | 128);
    bytes_ += static_cast<char>(value);
  }

  std::string bytes_;
};

template <typename T>
std::string RawData(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

// TensorProto: `type` is 1 for float, 7 for int64.
inline Wire TensorWire(const std::string& name, int type, const std::vector<std::int64_t>& dims,
                       const std::string& raw) {
  Wire tensor;
  for (const std::int64_t dim : dims) tensor.Int(1, dim);
  return tensor.Int(2, type).Bytes(8, name).Bytes(9, raw);
}

inline Wire IntAttribute(const std::string& name, std::int64_t value) {
  return Wire().Bytes(1, name).Int(3, value).Int(20, 2);
}

inline Wire FloatAttribute(const std::string& name, float value) {
  return Wire().Bytes(1, name).Float(2, value).Int(20, 1);
}

inline Wire StringAttribute(const std::string& name, const std::string& value) {
  return Wire().Bytes(1, name).Bytes(4, value).Int(20, 3);
}

inline Wire IntsAttribute(const std::string& name, const std::vector<std::int64_t>& values) {
  Wire attribute = Wire().Bytes(1, name);
  for (const std::int64_t value : values) attribute.Int(8, value);
  return attribute.Int(20, 7);
}

inline Wire NodeWire(const std::string& op_type, std::initializer_list<std::string> inputs,
                     std::initializer_list<std::string> outputs,
                     std::initializer_list<Wire> attributes = {}) {
  Wire node;
  for (const std::string& input : inputs) node.Bytes(1, input);
  for (const std::string& output : outputs) node.Bytes(2, output);
  node.Bytes(3, "the_" + op_type).Bytes(4, op_type);
  for (const Wire& attribute : attributes) node.Message(5, attribute);
  return node;
}

inline Wire TensorAttribute(const std::string& name, const Wire& tensor) {
  return Wire().Bytes(1, name).Message(5, tensor).Int(20, 4);
}

inline Wire FloatsAttribute(const std::string& name, const std::vector<float>& values) {
  Wire attribute = Wire().Bytes(1, name);
  for (const float value : values) attribute.Float(7, value);
  return attribute.Int(20, 6);
}

inline Wire Int64Wire(const std::string& name, const std::vector<std::int64_t>& values) {
  return TensorWire(name, 7, {static_cast<std::int64_t>(values.size())}, RawData(values));
}

// ValueInfoProto of float, or of another type; a dimension of 0 becomes the symbol "n".
inline Wire ValueWire(const std::string& name, const std::vector<std::int64_t>& dims,
                      int type = 1) {
  Wire shape;
  for (const std::int64_t dim : dims) {
    shape.Message(1, dim == 0 ? Wire().Bytes(2, "n") : Wire().Int(1, dim));
  }
  const Wire tensor_type = Wire().Int(1, type).Message(2, shape);
  return Wire().Bytes(1, name).Message(2, Wire().Message(1, tensor_type));
}

// What a model file holds; Bytes() puts it together.
struct WireModel {
  std::vector<Wire> nodes, initializers, inputs;
  std::vector<std::string> outputs;
  std::int64_t opset = 13;

  std::string Bytes() const {
    Wire graph;
    for (const Wire& node : nodes) graph.Message(1, node);
    for (const Wire& tensor : initializers) graph.Message(5, tensor);
    for (const Wire& input : inputs) graph.Message(11, input);
    for (const std::string& output : outputs) graph.Message(12, Wire().Bytes(1, output));
    return Wire().Int(1, 7).Message(7, graph).Message(8, Wire().Int(2, opset)).bytes();
  }
};

// x [1, 2, 4, 4] -> `node`, which reads x and writes y.
inline WireModel OneNode(const Wire& node, std::int64_t opset) {
  return {.nodes = {node},
          .initializers = {},
          .inputs = {ValueWire("x", {1, 2, 4, 4})},
          .outputs = {"y"},
          .opset = opset};
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_ONNX_WIRE_H_
