#include "engine/graph/builder.h"

#include <utility>

#include "engine/base/text.h"

namespace vigil {

GraphBuilder::GraphBuilder(Graph graph) : graph_(std::move(graph)) {
  for (std::size_t i = 0; i < graph_.values_.size(); ++i)
    by_name_.emplace(graph_.values_[i].name, static_cast<ValueId>(i));
}

ValueId GraphBuilder::NewValue(std::string name, const TensorDesc& desc,
                               std::shared_ptr<const Tensor> constant) {
  const ValueId id = static_cast<ValueId>(graph_.values_.size());
  if (name.empty())
    throw Error(Fault::kModel, ErrorCode::kMalformed, Text("value ", id, " has no name"));
  if (!by_name_.emplace(name, id).second) {
    throw Error(Fault::kModel, ErrorCode::kMalformed, Text("value '", name, "' is defined twice"));
  }
  graph_.values_.push_back({std::move(name), desc, std::move(constant)});
  return id;
}

ValueId GraphBuilder::Input(std::string name, const TensorDesc& desc) {
  const ValueId id = NewValue(std::move(name), desc, nullptr);
  graph_.inputs_.push_back(id);
  return id;
}

ValueId GraphBuilder::Constant(std::string name, Tensor tensor) {
  return Constant(std::move(name), std::make_shared<const Tensor>(std::move(tensor)));
}

ValueId GraphBuilder::Constant(std::string name, std::shared_ptr<const Tensor> tensor) {
  const TensorDesc desc = tensor->desc();
  return NewValue(std::move(name), desc, std::move(tensor));
}

ValueId GraphBuilder::Add(std::string name, OpAttrs attrs, std::vector<ValueId> inputs) {
  std::vector<std::string> outputs{name};
  return AddNode(std::move(name), std::move(attrs), std::move(inputs), std::move(outputs)).front();
}

std::vector<ValueId> GraphBuilder::AddNode(std::string node_name, OpAttrs attrs,
                                           std::vector<ValueId> inputs,
                                           std::vector<std::string> output_names) {
  for (const ValueId id : inputs)
    VIGIL_CHECK(id >= 0 && id < static_cast<ValueId>(graph_.values_.size()));
  std::vector<TensorDesc> descs;
  try {
    descs = OpOf(attrs).infer(attrs, graph_.Descs(inputs));
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(),
                Text("node '", node_name, "' (", OpName(attrs), "): ", error.what()));
  }
  if (descs.size() != output_names.size()) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text("node '", node_name, "' (", OpName(attrs), ") names ", output_names.size(),
                     " outputs: expected ", descs.size()));
  }
  std::vector<ValueId> outputs;
  for (std::size_t i = 0; i < descs.size(); ++i) {
    if (descs[i].shape.elements() < 1) {
      throw Error(
          Fault::kModel, ErrorCode::kUnsupported,
          Text("node '", node_name, "' (", OpName(attrs), "): output ", i, " is ", descs[i].shape,
               ": expected at least 1 element; empty tensors are not ", "supported"));
    }
    outputs.push_back(NewValue(std::move(output_names[i]), descs[i], nullptr));
  }
  graph_.nodes_.push_back({std::move(node_name), std::move(attrs), std::move(inputs), outputs});
  return outputs;
}

void GraphBuilder::Output(ValueId value) { graph_.outputs_.push_back(value); }

void GraphBuilder::Tap(ValueId value) { graph_.taps_.push_back(value); }

void GraphBuilder::Metadata(std::string key, std::string text) {
  graph_.metadata_[std::move(key)] = std::move(text);
}

void GraphBuilder::FixBatch(std::string constant_name) {
  graph_.batch_constant_ = std::move(constant_name);
}

std::optional<ValueId> GraphBuilder::Find(std::string_view value_name) const {
  return graph_.Find(value_name);
}

const TensorDesc& GraphBuilder::desc(ValueId value) const { return graph_.value(value).desc; }

Graph GraphBuilder::Build() && {
  if (graph_.outputs_.empty()) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                "model has no outputs: expected at least one");
  }
  return std::move(graph_);
}

}  // namespace vigil
