#include "tests/support/proto_tree.h"

#include <cstddef>
#include <map>
#include <utility>

#include "engine/base/error.h"

namespace vigil::testing {
namespace {

struct Known {
  std::string name;
  std::string message;  // the field's type where it is a message
};

// Numbers of ONNX's public schema, as far as the engine reads it.
const Known& KnownField(const std::string& message, int number) {
  static const std::map<std::pair<std::string, int>, Known> fields = {
      {{"Model", 1}, {"ir_version", ""}},
      {{"Model", 2}, {"producer_name", ""}},
      {{"Model", 7}, {"graph", "Graph"}},
      {{"Model", 8}, {"opset_import", "Opset"}},
      {{"Model", 14}, {"metadata_props", "Entry"}},
      {{"Opset", 1}, {"domain", ""}},
      {{"Opset", 2}, {"version", ""}},
      {{"Entry", 1}, {"key", ""}},
      {{"Entry", 2}, {"value", ""}},
      {{"Graph", 1}, {"node", "Node"}},
      {{"Graph", 2}, {"name", ""}},
      {{"Graph", 5}, {"initializer", "Tensor"}},
      {{"Graph", 11}, {"input", "Value"}},
      {{"Graph", 12}, {"output", "Value"}},
      {{"Graph", 13}, {"value_info", "Value"}},
      {{"Node", 1}, {"input", ""}},
      {{"Node", 2}, {"output", ""}},
      {{"Node", 3}, {"name", ""}},
      {{"Node", 4}, {"op_type", ""}},
      {{"Node", 5}, {"attribute", "Attribute"}},
      {{"Node", 7}, {"domain", ""}},
      {{"Attribute", 1}, {"name", ""}},
      {{"Attribute", 2}, {"f", ""}},
      {{"Attribute", 3}, {"i", ""}},
      {{"Attribute", 4}, {"s", ""}},
      {{"Attribute", 5}, {"t", "Tensor"}},
      {{"Attribute", 7}, {"floats", ""}},
      {{"Attribute", 8}, {"ints", ""}},
      {{"Attribute", 20}, {"type", ""}},
      {{"Value", 1}, {"name", ""}},
      {{"Value", 2}, {"type", "Type"}},
      {{"Type", 1}, {"tensor_type", "TensorType"}},
      {{"TensorType", 1}, {"elem_type", ""}},
      {{"TensorType", 2}, {"shape", "Shape"}},
      {{"Shape", 1}, {"dim", "Dim"}},
      {{"Dim", 1}, {"dim_value", ""}},
      {{"Dim", 2}, {"dim_param", ""}},
      {{"Tensor", 1}, {"dims", ""}},
      {{"Tensor", 2}, {"data_type", ""}},
      {{"Tensor", 8}, {"name", ""}},
      {{"Tensor", 9}, {"raw_data", ""}},
      {{"Tensor", 13}, {"external_data", "Entry"}},
      {{"Tensor", 14}, {"data_location", ""}},
  };
  static const Known unknown;
  const auto found = fields.find({message, number});
  return found == fields.end() ? unknown : found->second;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  bool AtEnd() const { return rest_.empty(); }
  std::uint64_t Varint() {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      const auto byte = static_cast<unsigned char>(Bytes(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 127) << shift;
      if (byte < 128) return value;
      VIGIL_CHECK(shift < 63);
    }
  }
  std::string_view Bytes(std::size_t count) {
    VIGIL_CHECK(count <= rest_.size());
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }

 private:
  std::string_view rest_;
};

std::vector<ProtoField> ParseFields(std::string_view bytes, const std::string& message,
                                    const std::string& path) {
  std::vector<ProtoField> fields;
  for (Reader reader(bytes); !reader.AtEnd();) {
    const std::uint64_t tag = reader.Varint();
    ProtoField field;
    field.number = static_cast<int>(tag >> 3);
    field.wire = static_cast<ProtoField::Wire>(tag & 7);
    const Known& known = KnownField(message, field.number);
    VIGIL_CHECK(!known.name.empty());  // a field that the exporter writes and this table lacks
    field.path = path.empty() ? known.name : path + "." + known.name;
    if (field.wire == ProtoField::kVarint) {
      field.varint = reader.Varint();
    } else if (field.wire == ProtoField::kBytes) {
      field.bytes = reader.Bytes(reader.Varint());
    } else {
      field.bytes = reader.Bytes(field.wire == ProtoField::kFixed32 ? 4 : 8);
    }
    if (!known.message.empty()) {
      field.is_message = true;
      field.fields = ParseFields(field.bytes, known.message, field.path);
    }
    fields.push_back(std::move(field));
  }
  return fields;
}

void AppendVarint(std::uint64_t value, std::string& to) {
  for (; value >= 128; value >>= 7) to += static_cast<char>(value | 128);
  to += static_cast<char>(value);
}

void Append(const ProtoField& field, std::string& to) {
  AppendVarint(static_cast<std::uint64_t>(field.number) << 3 | field.wire, to);
  if (field.wire == ProtoField::kVarint) return AppendVarint(field.varint, to);
  const std::string content = field.is_message ? Serialize(field) : field.bytes;
  if (field.wire == ProtoField::kBytes) AppendVarint(content.size(), to);
  to += content;
}

void Collect(ProtoField& message, std::vector<ProtoField*>& all) {
  for (ProtoField& field : message.fields) {
    all.push_back(&field);
    Collect(field, all);
  }
}

}  // namespace

ProtoField ParseModel(std::string_view bytes) {
  ProtoField model;
  model.is_message = true;
  model.fields = ParseFields(bytes, "Model", "");
  return model;
}

std::string Serialize(const ProtoField& model) {
  std::string bytes;
  for (const ProtoField& field : model.fields) Append(field, bytes);
  return bytes;
}

std::vector<ProtoField*> AllFields(ProtoField& model) {
  std::vector<ProtoField*> all;
  Collect(model, all);
  return all;
}

}  // namespace vigil::testing
