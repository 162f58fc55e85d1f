// OpAttrs -> ONNX nodes of the opset that we write. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_EXPORT_NODE_H_
#define VIGIL_ENGINE_ONNX_EXPORT_NODE_H_

#include <string>
#include <unordered_set>

#include "engine/graph/graph.h"
#include "engine/onnx/schema.h"

namespace vigil::onnx {

// Adds nodes, and the constants that size them, to a GraphProto. Names of the graph stay; what an
// operator needs beside them gets names that nothing else has.
class NodeWriter {
 public:
  // Both outlive the writer.
  NodeWriter(const Graph& graph, schema::GraphProto& proto);

  // Throws Error (Model, kUnsupported) for a node that this opset cannot say.
  void Write(const Node& node);

  std::string UniqueName(const std::string& base);

 private:
  void WriteFlatSoftmax(const Node& node);
  std::string WriteSizes(const Node& node);
  // False where the node is not of a quantised operator (export_quantized.cc).
  bool WriteQuantized(const Node& node);

  const Graph& graph_;
  schema::GraphProto& proto_;
  std::unordered_set<std::string> names_;
};

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_EXPORT_NODE_H_
