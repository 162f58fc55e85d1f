// Names and order of a file's nodes, checked before anything is built. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_NODE_ORDER_H_
#define VIGIL_ENGINE_ONNX_NODE_ORDER_H_

#include <string>
#include <unordered_set>
#include <vector>

#include "engine/onnx/schema.h"

namespace vigil::onnx {

// How messages call a node: by its name, else by its first output's.
std::string NodeLabel(const schema::NodeProto& node);

// Every name that inputs, constants and nodes define. Throws Error (Model, kMalformed) for one that
// is defined twice and for a node without an output.
std::unordered_set<std::string> DefinedNames(const schema::GraphProto& graph);

// Indices of the nodes in an order that can run; a file that is in order stays as it is. Throws
// Error (Model, kMalformed) where nodes form a cycle, and where one reads a name that nothing
// defines.
std::vector<int> NodeOrder(const schema::GraphProto& graph);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_NODE_ORDER_H_
