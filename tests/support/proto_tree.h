// A model file as a tree of wire fields, so that a test can spoil any of them and put the file
// together again with lengths that fit.
#ifndef VIGIL_TESTS_SUPPORT_PROTO_TREE_H_
#define VIGIL_TESTS_SUPPORT_PROTO_TREE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vigil::testing {

// One field of a protobuf message. Which length-delimited fields are messages follows from ONNX's
// public schema; all others are bytes.
struct ProtoField {
  enum Wire { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  std::string path;  // "graph.node.attribute.i": for messages, and to tell fields apart
  int number = 0;
  Wire wire = kVarint;
  std::uint64_t varint = 0;
  std::string bytes;  // of kBytes that are no message, and of fixed ones
  bool is_message = false;
  std::vector<ProtoField> fields;  // of a message
};

// REQUIRES: the bytes of a ModelProto (aborts the test otherwise).
ProtoField ParseModel(std::string_view bytes);

std::string Serialize(const ProtoField& model);

// Every field below `model`, parents before their children. The pointers hold until a message's
// list of fields changes.
std::vector<ProtoField*> AllFields(ProtoField& model);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_PROTO_TREE_H_
