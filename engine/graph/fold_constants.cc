#include <algorithm>

#include "engine/graph/draft.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

// A constant larger than this is not worth its memory: a file of a few bytes could otherwise ask
// for gigabytes.
constexpr std::int64_t kMaxFoldedElements = std::int64_t{1} << 26;

bool Foldable(const Draft& draft, const Node& node) {
  return std::ranges::all_of(node.inputs, [&](ValueId id) { return draft.is_constant(id); }) &&
         std::ranges::all_of(node.outputs, [&](ValueId id) {
           return draft.value(id).desc.shape.elements() <= kMaxFoldedElements;
         });
}

std::vector<Tensor> Evaluate(const Draft& draft, const Node& node) {
  std::vector<ConstTensorView> inputs;
  for (const ValueId id : node.inputs) {
    inputs.push_back(draft.value(id).constant->view());
  }
  std::vector<Tensor> outputs;
  for (const ValueId id : node.outputs) outputs.emplace_back(draft.value(id).desc);
  std::vector<TensorView> views;
  for (Tensor& output : outputs) views.push_back(output.view());
  OpOf(node.attrs).reference(node.attrs, inputs, views);
  return outputs;
}

// A value that is an output or a tap keeps its node; its readers get a constant of another name.
void ReplaceByConstants(Draft& draft, std::size_t index) {
  std::vector<Tensor> results = Evaluate(draft, draft.nodes[index]);
  bool named_outside = false;
  for (const ValueId id : draft.nodes[index].outputs) {
    named_outside = named_outside || std::ranges::count(draft.outputs, id) ||
                    std::ranges::count(draft.taps, id);
  }
  if (!named_outside) {
    for (std::size_t i = 0; i < results.size(); ++i) {
      const ValueId id = draft.nodes[index].outputs[i];
      draft.values[static_cast<std::size_t>(id)].constant =
          std::make_shared<const Tensor>(std::move(results[i]));
    }
    draft.nodes[index].outputs.clear();
    return;
  }
  for (std::size_t i = 0; i < results.size(); ++i) {
    const ValueId id = draft.nodes[index].outputs[i];
    const ValueId folded =
        draft.NewConstant(draft.value(id).name + ".folded", std::move(results[i]));
    for (std::size_t reader = index + 1; reader < draft.nodes.size(); ++reader) {
      std::ranges::replace(draft.nodes[reader].inputs, id, folded);
    }
  }
}

}  // namespace

Graph FoldConstants(const Graph& graph) {
  Draft draft(graph);
  for (std::size_t i = 0; i < draft.nodes.size(); ++i) {
    if (Foldable(draft, draft.nodes[i])) ReplaceByConstants(draft, i);
  }
  return draft.Build();
}

}  // namespace vigil
