#include "engine/graph/half_emulation.h"

#include <algorithm>

#include "engine/base/half.h"
#include "engine/graph/draft.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

bool IsHalf(const Value& value) { return value.desc.dtype == DType::kFloat16; }

std::shared_ptr<const Tensor> Widened(const Tensor& constant) {
  Tensor wide({DType::kFloat32, constant.shape()});
  std::ranges::transform(constant.as<std::uint16_t>(), wide.as<float>().begin(), HalfToFloat);
  return std::make_shared<const Tensor>(std::move(wide));
}

// A cast between float types on what is float32 already: one to float16 rounds, one back copies.
void ReplaceCast(Node& node) {
  const auto* cast = std::get_if<CastAttrs>(&node.attrs);
  if (!cast) return;
  if (cast->to == DType::kFloat16) {
    node.attrs = HalfRoundAttrs{};
  } else if (cast->to == DType::kFloat32) {
    node.attrs = UnaryAttrs{UnaryKind::kIdentity};
  }
}

}  // namespace

Graph EmulateHalf(const Graph& graph) {
  if (std::ranges::none_of(graph.values(), IsHalf)) return graph;
  Draft draft(graph);
  const std::size_t count = draft.nodes.size();
  for (std::size_t i = 0; i < count; ++i) {
    auto* cast = std::get_if<CastAttrs>(&draft.nodes[i].attrs);
    const DType from = draft.value(draft.nodes[i].inputs.front()).desc.dtype;
    if (cast && cast->to == DType::kFloat16 && from != DType::kFloat32 && from != DType::kFloat16) {
      cast->to = DType::kFloat32;  // of whole numbers; rounded below as any other node's output
      cast = nullptr;
    }
    for (std::size_t o = 0; o < draft.nodes[i].outputs.size() && !cast; ++o) {
      const ValueId id = draft.nodes[i].outputs[o];
      if (!IsHalf(draft.value(id))) continue;
      const std::string name = draft.value(id).name;
      const ValueId unrounded =
          draft.NewValue(name + ".unrounded", {DType::kFloat32, draft.value(id).desc.shape});
      draft.nodes[i].outputs[o] = unrounded;
      draft.nodes.push_back({name + ".round", HalfRoundAttrs{}, {unrounded}, {id}});
    }
  }
  for (Value& value : draft.values) {
    if (!IsHalf(value)) continue;
    if (value.constant) value.constant = Widened(*value.constant);
    value.desc.dtype = DType::kFloat32;
  }
  for (Node& node : draft.nodes) {
    const bool from_half_or_float =
        !node.inputs.empty() && draft.value(node.inputs.front()).desc.dtype == DType::kFloat32;
    if (from_half_or_float) ReplaceCast(node);
  }
  return RemoveIdentities(draft.Build());
}

}  // namespace vigil
