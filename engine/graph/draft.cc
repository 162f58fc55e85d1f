#include "engine/graph/draft.h"

#include <functional>
#include <queue>
#include <unordered_map>
#include <utility>

#include "engine/base/text.h"
#include "engine/graph/builder.h"

namespace vigil {
namespace {

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

// Node indices in an order that can run; of the nodes that are ready the one with the smallest
// index comes first.
std::vector<std::size_t> RunOrder(const Draft& draft) {
  std::vector<int> producer(draft.values.size(), Draft::kNoNode);
  for (std::size_t i = 0; i < draft.nodes.size(); ++i) {
    for (const ValueId id : draft.nodes[i].outputs) producer[Index(id)] = static_cast<int>(i);
  }
  std::vector<int> missing(draft.nodes.size(), 0);
  std::vector<std::vector<std::size_t>> readers(draft.nodes.size());
  std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
  std::size_t alive = 0;
  for (std::size_t i = 0; i < draft.nodes.size(); ++i) {
    if (draft.nodes[i].outputs.empty()) continue;
    ++alive;
    for (const ValueId id : draft.nodes[i].inputs) {
      if (producer[Index(id)] == Draft::kNoNode) continue;
      readers[static_cast<std::size_t>(producer[Index(id)])].push_back(i);
      ++missing[i];
    }
    if (missing[i] == 0) ready.push(i);
  }
  std::vector<std::size_t> order;
  while (!ready.empty()) {
    const std::size_t node = ready.top();
    ready.pop();
    order.push_back(node);
    for (const std::size_t reader : readers[node]) {
      if (--missing[reader] == 0) ready.push(reader);
    }
  }
  VIGIL_CHECK(order.size() == alive);
  return order;
}

}  // namespace

Draft::Draft(const Graph& graph)
    : values(graph.values()),
      nodes(graph.nodes()),
      inputs(graph.inputs()),
      outputs(graph.outputs()),
      taps(graph.taps()),
      metadata(graph.metadata()),
      batch_constant(graph.batch_constant_) {
  for (const Value& value : values) names_.insert(value.name);
}

std::string Draft::UniqueName(const std::string& base) {
  std::string name = base;
  for (int i = 2; !names_.insert(name).second; ++i) name = Text(base, "_", i);
  return name;
}

ValueId Draft::NewConstant(const std::string& base, Tensor tensor) {
  const TensorDesc desc = tensor.desc();
  const ValueId id = NewValue(base, desc);
  values.back().constant = std::make_shared<const Tensor>(std::move(tensor));
  return id;
}

ValueId Draft::NewValue(const std::string& base, const TensorDesc& desc) {
  values.push_back({UniqueName(base), desc, nullptr});
  return static_cast<ValueId>(values.size() - 1);
}

Graph Draft::Build() const {
  GraphBuilder builder;
  std::unordered_map<ValueId, ValueId> made;
  for (const ValueId id : inputs) made[id] = builder.Input(value(id).name, value(id).desc);
  const auto find = [&](ValueId id) {
    const auto found = made.find(id);
    if (found != made.end()) return found->second;
    VIGIL_CHECK(is_constant(id));
    return made[id] = builder.Constant(value(id).name, value(id).constant);
  };
  for (const std::size_t index : RunOrder(*this)) {
    const Node& node = nodes[index];
    std::vector<ValueId> node_inputs;
    for (const ValueId id : node.inputs) node_inputs.push_back(find(id));
    std::vector<std::string> names;
    for (const ValueId id : node.outputs) names.push_back(value(id).name);
    const std::vector<ValueId> made_outputs =
        builder.AddNode(node.name, node.attrs, std::move(node_inputs), std::move(names));
    for (std::size_t i = 0; i < node.outputs.size(); ++i) made[node.outputs[i]] = made_outputs[i];
  }
  for (const ValueId id : outputs) builder.Output(find(id));
  for (const ValueId id : taps) builder.Tap(find(id));
  for (const auto& [key, text] : metadata) builder.Metadata(key, text);
  builder.FixBatch(batch_constant);
  return std::move(builder).Build();
}

PathView::PathView(const Draft& draft)
    : producer(draft.values.size(), Draft::kNoNode),
      node_on_path(draft.nodes.size(), false),
      path_reads(draft.values.size(), 0),
      is_output(draft.values.size(), false),
      off_path_wanted(draft.values.size(), false) {
  for (std::size_t i = 0; i < draft.nodes.size(); ++i) {
    for (const ValueId id : draft.nodes[i].outputs) producer[Index(id)] = static_cast<int>(i);
  }
  std::vector<bool> value_on_path(draft.values.size(), false);
  for (const ValueId id : draft.outputs) is_output[Index(id)] = value_on_path[Index(id)] = true;
  // Nodes are in an order that can run, so one sweep from the end reaches everything.
  for (std::size_t i = draft.nodes.size(); i-- > 0;) {
    for (const ValueId id : draft.nodes[i].outputs) {
      if (value_on_path[Index(id)]) node_on_path[i] = true;
    }
    for (const ValueId id : draft.nodes[i].inputs) {
      if (node_on_path[i]) {
        value_on_path[Index(id)] = true;
        ++path_reads[Index(id)];
      } else if (!draft.nodes[i].outputs.empty()) {
        off_path_wanted[Index(id)] = true;
      }
    }
  }
  for (const ValueId id : draft.taps) off_path_wanted[Index(id)] = true;
}

bool PathView::Swallowable(ValueId id) const {
  return path_reads[Index(id)] == 1 && !is_output[Index(id)];
}

}  // namespace vigil
