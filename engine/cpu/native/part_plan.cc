// How many samples go through the first layers together. Eight images' planes of a network's first
// layers fit no cache, so that every layer would fetch from memory what the one before has just
// written; its last layers have more weights than values, and want all samples at once.
#include <algorithm>

#include "engine/cpu/native/winograd_plan.h"
#include "engine/cpu/program/arithmetic.h"
#include "engine/ops/elementwise.h"

namespace vigil::cpu::native {
namespace {

// What a process can expect to keep in the last cache.
constexpr std::int64_t kCacheBytes = 4 << 20;

struct NodeBytes {
  std::int64_t values = 0;  // read and written, a sample
  std::int64_t weights = 0;
};

// Whether its samples have nothing to do with each other, and lie one after the other.
bool TakesParts(const Graph& graph, const Node& node) {
  const bool known = std::visit(
      []<typename Attrs>(const Attrs& attrs) {
        if constexpr (std::is_same_v<Attrs, UnaryAttrs>) return !Copies(attrs);
        return std::is_same_v<Attrs, ConvAttrs> || std::is_same_v<Attrs, ConvTransposeAttrs> ||
               std::is_same_v<Attrs, PoolAttrs> || std::is_same_v<Attrs, GlobalPoolAttrs> ||
               std::is_same_v<Attrs, BinaryAttrs> || std::is_same_v<Attrs, BatchNormAttrs> ||
               std::is_same_v<Attrs, ConcatAttrs> || std::is_same_v<Attrs, HalfRoundAttrs> ||
               std::is_same_v<Attrs, QConvAttrs> || std::is_same_v<Attrs, QuantizeAttrs> ||
               std::is_same_v<Attrs, DequantizeAttrs>;
      },
      node.attrs);
  const auto is_of_batch = [&](ValueId id) {
    const Value& value = graph.value(id);
    return value.constant || (value.desc.shape.rank() == 4 && value.desc.shape[0] == graph.batch());
  };
  return known && std::ranges::all_of(node.inputs, is_of_batch) &&
         std::ranges::all_of(node.outputs, is_of_batch);
}

// Of the first nodes, as far as all take parts.
std::vector<NodeBytes> BytesOf(const Graph& graph) {
  std::vector<NodeBytes> all;
  for (const Node& node : graph.nodes()) {
    if (!TakesParts(graph, node)) break;
    NodeBytes bytes;
    const auto count = [&](ValueId id) {
      const Value& value = graph.value(id);
      const auto size = static_cast<std::int64_t>(value.desc.bytes());
      if (value.constant) {
        bytes.weights += size;
      } else {
        bytes.values += size / graph.batch();
      }
    };
    std::ranges::for_each(node.inputs, count);
    std::ranges::for_each(node.outputs, count);
    // Winograd's weights are (M + 2)^2 for 9.
    const int tile = ChooseWinograd(node.attrs, graph.value(node.inputs[0]).desc.shape,
                                    graph.value(node.outputs[0]).desc.shape);
    if (tile > 0) bytes.weights = bytes.weights * (tile + 2) * (tile + 2) / 9;
    all.push_back(bytes);
  }
  return all;
}

// What a node fetches from beyond the caches for `batch` samples.
std::int64_t Fetched(const NodeBytes& node, std::int64_t batch) {
  return node.weights + (batch * node.values > kCacheBytes ? batch * node.values : 0);
}

}  // namespace

PartPlan PlanParts(const Graph& graph) {
  const std::int64_t batch = graph.batch();
  if (batch < 2) return {};
  for (const ValueId id : graph.inputs()) {
    const Shape& shape = graph.value(id).desc.shape;
    if (shape.rank() == 0 || shape[0] != batch) return {};
  }
  const std::vector<NodeBytes> nodes = BytesOf(graph);
  PartPlan best;
  std::int64_t best_part = 0, least = 0;  // against the whole batch at once
  for (std::int64_t part = batch / 2; part > 0; --part) {
    if (batch % part != 0) continue;
    std::int64_t difference = 0;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      difference += batch / part * Fetched(nodes[i], part) - Fetched(nodes[i], batch);
      if (difference >= least) continue;
      least = difference;
      best_part = part;
      best.nodes = static_cast<int>(i) + 1;
    }
  }
  if (best.nodes == 0) return {};
  try {
    best.graph = graph.WithBatch(best_part);
  } catch (const Error&) {
    return {};  // a later layer knows this batch alone
  }
  return best;
}

}  // namespace vigil::cpu::native
