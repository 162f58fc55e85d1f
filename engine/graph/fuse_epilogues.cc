#include <algorithm>

#include "engine/graph/draft.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

Epilogue* LinearEpilogueOf(OpAttrs& attrs) {
  if (auto* conv = std::get_if<ConvAttrs>(&attrs)) return &conv->epilogue;
  if (auto* conv = std::get_if<ConvTransposeAttrs>(&attrs)) return &conv->epilogue;
  if (auto* gemm = std::get_if<GemmAttrs>(&attrs)) return &gemm->epilogue;
  return nullptr;
}

Epilogue* EpilogueOf(OpAttrs& attrs) {
  if (auto* binary = std::get_if<BinaryAttrs>(&attrs)) return &binary->epilogue;
  return LinearEpilogueOf(attrs);
}

Activation FusedActivation(const Node& node) {
  const auto* unary = std::get_if<UnaryAttrs>(&node.attrs);
  return unary ? ActivationOf(*unary) : Activation{};
}

class Fuser {
 public:
  explicit Fuser(const Graph& graph) : draft_(graph), path_(draft_) {}

  Graph Run() {
    for (std::size_t i = 0; i < draft_.nodes.size(); ++i) {
      if (!path_.node_on_path[i]) continue;
      FuseResidual(i);
      FuseActivation(i);
    }
    return draft_.Build();
  }

 private:
  // The node that makes `id`, where the node that reads it may swallow it.
  Node* SwallowableProducer(ValueId id) {
    const int producer = path_.Producer(id);
    if (producer == Draft::kNoNode || !path_.Swallowable(id)) return nullptr;
    return &draft_.nodes[static_cast<std::size_t>(producer)];
  }

  // Whether input `side` of the Add comes from a Conv or Gemm that can add the other input itself.
  bool CanAddResidual(const Node& add, std::size_t side) {
    Node* linear = SwallowableProducer(add.inputs[side]);
    if (!linear) return false;
    const Epilogue* epilogue = LinearEpilogueOf(linear->attrs);
    const ValueId other = add.inputs[1 - side];
    // To a product of two values, kernels add no third.
    const bool weighted = std::all_of(linear->inputs.begin() + 1, linear->inputs.end(),
                                      [&](ValueId id) { return draft_.is_constant(id); });
    return epilogue && *epilogue == Epilogue{} && weighted && !draft_.is_constant(other) &&
           draft_.value(other).desc == draft_.value(add.inputs[side]).desc;
  }

  void FuseResidual(std::size_t index) {
    Node& add = draft_.nodes[index];
    const auto* binary = std::get_if<BinaryAttrs>(&add.attrs);
    if (!binary || binary->kind != BinaryKind::kAdd || !(binary->epilogue == Epilogue{})) return;
    const bool first = CanAddResidual(add, 0), second = CanAddResidual(add, 1);
    if (!first && !second) return;
    std::size_t side = first ? 0 : 1;
    // Of two candidates the later one, as its other input is then computed already.
    if (first && second && path_.Producer(add.inputs[1]) > path_.Producer(add.inputs[0])) side = 1;
    const ValueId swallowed = add.inputs[side], residual = add.inputs[1 - side];
    const bool store = path_.WantedOffPath(swallowed);
    Node& fused = Swallow(index, swallowed, store);
    fused.inputs.push_back(residual);
    Epilogue& epilogue = *EpilogueOf(fused.attrs);
    epilogue.residual = true;
    epilogue.store_accumulator = store;
  }

  void FuseActivation(std::size_t index) {
    const Activation activation = FusedActivation(draft_.nodes[index]);
    if (activation.kind == Activation::Kind::kNone) return;
    const ValueId swallowed = draft_.nodes[index].inputs.front();
    Node* producer = SwallowableProducer(swallowed);
    const Epilogue* before = producer ? EpilogueOf(producer->attrs) : nullptr;
    if (!before || before->activation.kind != Activation::Kind::kNone) return;
    const bool store = path_.WantedOffPath(swallowed);
    Epilogue& epilogue = *EpilogueOf(Swallow(index, swallowed, store).attrs);
    epilogue.activation = activation;
    epilogue.store_pre_activation = store;
  }

  // Moves the node that makes `swallowed` to the place of the node `index`, whose output becomes
  // its first; further outputs stay, and `swallowed` follows them where it is still wanted.
  Node& Swallow(std::size_t index, ValueId swallowed, bool store) {
    Node& producer = draft_.nodes[static_cast<std::size_t>(path_.Producer(swallowed))];
    Node fused = producer;
    fused.outputs.front() = draft_.nodes[index].outputs.front();
    if (store) fused.outputs.push_back(swallowed);
    producer.outputs.clear();
    draft_.nodes[index] = std::move(fused);
    for (const ValueId id : draft_.nodes[index].outputs) {
      path_.producer[static_cast<std::size_t>(id)] = static_cast<int>(index);
    }
    return draft_.nodes[index];
  }

  Draft draft_;
  PathView path_;
};

}  // namespace

Graph FuseEpilogues(const Graph& graph) { return Fuser(graph).Run(); }

}  // namespace vigil
