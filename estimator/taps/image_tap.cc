#include "estimator/taps/image_tap.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "engine/base/text.h"

namespace vigil {
namespace {

enum class Effect { kKeepsPicture, kMixesOperands, kJoins, kEndsPicture };

// Every operator has to be named here, so that a new one is not let through by oversight.
Effect EffectOf(const OpAttrs& attrs) {
  return std::visit(
      [](const auto& op) {
        using Op = std::decay_t<decltype(op)>;
        if constexpr (std::is_same_v<Op, UnaryAttrs> || std::is_same_v<Op, BatchNormAttrs> ||
                      std::is_same_v<Op, FlattenAttrs> || std::is_same_v<Op, ReshapeAttrs> ||
                      std::is_same_v<Op, TransposeAttrs> || std::is_same_v<Op, PadAttrs> ||
                      std::is_same_v<Op, PoolAttrs> || std::is_same_v<Op, SqueezeAttrs> ||
                      std::is_same_v<Op, UnsqueezeAttrs> || std::is_same_v<Op, SliceAttrs> ||
                      std::is_same_v<Op, SplitAttrs> || std::is_same_v<Op, ExpandAttrs> ||
                      std::is_same_v<Op, TileAttrs> || std::is_same_v<Op, GatherAttrs> ||
                      std::is_same_v<Op, DepthToSpaceAttrs> ||
                      std::is_same_v<Op, SpaceToDepthAttrs> || std::is_same_v<Op, ResizeAttrs> ||
                      std::is_same_v<Op, CastAttrs> || std::is_same_v<Op, InstanceNormAttrs> ||
                      std::is_same_v<Op, LrnAttrs> || std::is_same_v<Op, ReduceAttrs> ||
                      std::is_same_v<Op, HalfRoundAttrs> || std::is_same_v<Op, QuantizeAttrs> ||
                      std::is_same_v<Op, DequantizeAttrs>) {
          return Effect::kKeepsPicture;
        } else if constexpr (std::is_same_v<Op, BinaryAttrs>) {
          return Effect::kMixesOperands;
        } else if constexpr (std::is_same_v<Op, ConcatAttrs> || std::is_same_v<Op, WhereAttrs>) {
          return Effect::kJoins;
        } else {
          static_assert(std::is_same_v<Op, ConvAttrs> || std::is_same_v<Op, GemmAttrs> ||
                        std::is_same_v<Op, GlobalPoolAttrs> || std::is_same_v<Op, SoftmaxAttrs> ||
                        std::is_same_v<Op, ArgMaxAttrs> || std::is_same_v<Op, MatMulAttrs> ||
                        std::is_same_v<Op, ConvTransposeAttrs> || std::is_same_v<Op, QConvAttrs> ||
                        std::is_same_v<Op, QGemmAttrs>);
          return Effect::kEndsPicture;
        }
      },
      attrs);
}

}  // namespace

bool IsImageCopy(const Graph& graph, ValueId value) {
  std::vector<bool> copies(graph.values().size(), false);
  const auto is_copy = [&](ValueId id) { return copies[static_cast<std::size_t>(id)]; };
  for (const ValueId id : graph.inputs()) copies[static_cast<std::size_t>(id)] = true;
  for (const Node& node : graph.nodes()) {  // in topological order
    bool copy = false;
    switch (EffectOf(node.attrs)) {
      case Effect::kKeepsPicture:
        copy = is_copy(node.inputs[0]);
        break;
      case Effect::kMixesOperands:
        copy = std::ranges::any_of(node.inputs, is_copy) &&
               std::ranges::all_of(node.inputs, [&](ValueId id) {
                 return is_copy(id) || graph.value(id).constant != nullptr;
               });
        break;
      case Effect::kJoins:
        copy = std::ranges::any_of(node.inputs, is_copy);
        break;
      case Effect::kEndsPicture:
        break;
    }
    for (const ValueId id : node.outputs) copies[static_cast<std::size_t>(id)] = copy;
  }
  return is_copy(value);
}

void CheckTapIsNoImage(const Graph& graph, std::string_view tap_name) {
  const std::optional<ValueId> id = graph.Find(tap_name);
  if (!id) {
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("tap '", tap_name, "' is no value of the model"));
  }
  if (!IsImageCopy(graph, *id)) return;
  throw Error(Fault::kApi, ErrorCode::kUnsupported,
              Text("tap '", tap_name, "' (", graph.value(*id).desc.shape,
                   ") is only a copy of the model's input: expected a value behind the first "
                   "convolution, since images are never stored"));
}

}  // namespace vigil
