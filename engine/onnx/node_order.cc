#include "engine/onnx/node_order.h"

#include <functional>
#include <queue>
#include <string_view>
#include <unordered_map>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::onnx {
namespace {

using Producers = std::unordered_map<std::string_view, int>;  // value name -> node

// The nodes that make the inputs of `node`.
std::vector<int> NodesBefore(const schema::NodeProto& node, const Producers& producers) {
  std::vector<int> before;
  for (const std::string& name : node.input()) {
    const auto found = producers.find(name);
    if (found != producers.end()) before.push_back(found->second);
  }
  return before;
}

// `waiting`: nodes that never became ready. Going back from one of them along inputs that wait too,
// a node is met again.
[[noreturn]] void ThrowCycle(const schema::GraphProto& graph, const Producers& producers,
                             const std::vector<int>& waiting) {
  int at = 0;
  while (waiting[static_cast<std::size_t>(at)] == 0) ++at;
  std::vector<bool> met(waiting.size(), false);
  while (!met[static_cast<std::size_t>(at)]) {
    met[static_cast<std::size_t>(at)] = true;
    for (const int before : NodesBefore(graph.node(at), producers)) {
      if (waiting[static_cast<std::size_t>(before)] > 0) {
        at = before;
        break;
      }
    }
  }
  throw Error(Fault::kModel, ErrorCode::kMalformed,
              Text("node '", NodeLabel(graph.node(at)),
                   "' is part of a cycle: expected nodes that can run one after the other"));
}

void RequireDefined(const schema::GraphProto& graph, const std::unordered_set<std::string>& names) {
  for (const auto& node : graph.node()) {
    for (const std::string& name : node.input()) {
      if (!name.empty() && !names.contains(name)) {
        throw Error(Fault::kModel, ErrorCode::kMalformed,
                    Text("node '", NodeLabel(node), "' reads '", name, "', which nothing defines"));
      }
    }
  }
}

}  // namespace

std::string NodeLabel(const schema::NodeProto& node) {
  if (!node.name().empty()) return node.name();
  return node.output_size() > 0 ? node.output(0) : std::string("(without a name)");
}

std::unordered_set<std::string> DefinedNames(const schema::GraphProto& graph) {
  std::unordered_set<std::string> names;
  const auto define = [&](const std::string& name, const std::string& where) {
    if (!names.insert(name).second) {
      throw Error(Fault::kModel, ErrorCode::kMalformed,
                  Text(where, " defines '", name, "' a second time"));
    }
  };
  for (const auto& tensor : graph.initializer()) define(tensor.name(), "initializer");
  std::unordered_set<std::string> constants = names;
  for (const auto& input : graph.input()) {
    // Old files list their constants among the inputs, too; once each.
    if (constants.erase(input.name()) == 0) define(input.name(), "input");
  }
  for (const auto& node : graph.node()) {
    if (node.output_size() == 0 || node.output(0).empty()) {
      throw Error(Fault::kModel, ErrorCode::kMalformed,
                  Text("node '", NodeLabel(node), "' (", node.op_type(), ") has no output"));
    }
    for (const std::string& name : node.output()) {
      if (!name.empty()) define(name, Text("node '", NodeLabel(node), "'"));
    }
  }
  return names;
}

std::vector<int> NodeOrder(const schema::GraphProto& graph) {
  RequireDefined(graph, DefinedNames(graph));
  Producers producers;
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const std::string& name : graph.node(i).output()) producers[name] = i;
  }
  producers.erase("");
  const auto count = static_cast<std::size_t>(graph.node_size());
  std::vector<std::vector<int>> readers(count);
  std::vector<int> waiting(count, 0);  // by node: inputs that are not there yet
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (int i = 0; i < graph.node_size(); ++i) {
    for (const int before : NodesBefore(graph.node(i), producers)) {
      readers[static_cast<std::size_t>(before)].push_back(i);
      ++waiting[static_cast<std::size_t>(i)];
    }
    if (waiting[static_cast<std::size_t>(i)] == 0) ready.push(i);
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int node = ready.top();
    ready.pop();
    order.push_back(node);
    for (const int reader : readers[static_cast<std::size_t>(node)]) {
      if (--waiting[static_cast<std::size_t>(reader)] == 0) ready.push(reader);
    }
  }
  if (order.size() < count) ThrowCycle(graph, producers, waiting);
  return order;
}

}  // namespace vigil::onnx
