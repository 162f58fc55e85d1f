#include "engine/graph/half_plan.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/graph/draft.h"

namespace vigil {
namespace {

float MagnitudeOf(const Tensor& constant) {
  float largest = 0.0f;
  for (const float x : constant.as<float>()) {
    if (!(std::abs(x) <= largest)) largest = std::isnan(x) ? INFINITY : std::abs(x);
  }
  return largest;
}

bool IsFloat32(const Value& value) { return value.desc.dtype == DType::kFloat32; }

// Why the node cannot be stored in float16; empty where it can.
std::string ReasonToKeep(const Graph& graph, const Node& node, const Magnitudes& magnitudes) {
  const auto look = [&](ValueId id, std::string_view role) -> std::string {
    const Value& value = graph.value(id);
    if (!IsFloat32(value)) return {};
    if (value.constant) {
      const float largest = MagnitudeOf(*value.constant);
      if (largest <= kHalfMax) return {};
      return Text("constant '", value.name, "' holds ", largest, ", float16 ends at ", kHalfMax);
    }
    const auto found = magnitudes.find(value.name);
    if (found == magnitudes.end() || found->second <= kHalfSafe) return {};
    return Text(role, " '", value.name, "' reached ", found->second, " in a probe run, safe is ",
                kHalfSafe);
  };
  for (const ValueId id : node.inputs) {
    if (std::string reason = look(id, "input"); !reason.empty()) return reason;
  }
  for (const ValueId id : node.outputs) {
    if (std::string reason = look(id, "output"); !reason.empty()) return reason;
  }
  return {};
}

// Operators whose types are what they are about.
bool ChangesType(const OpAttrs& attrs) {
  return std::holds_alternative<CastAttrs>(attrs) || std::holds_alternative<HalfRoundAttrs>(attrs);
}

std::shared_ptr<const Tensor> Halved(const Tensor& constant) {
  Tensor half({DType::kFloat16, constant.shape()});
  std::ranges::transform(constant.as<float>(), half.as<std::uint16_t>().begin(), FloatToHalf);
  return std::make_shared<const Tensor>(std::move(half));
}

class HalfWriter {
 public:
  HalfWriter(const Graph& graph, const HalfPlan& plan)
      : draft_(graph), halves_(graph.values().size()), made_(graph.values().size(), false) {
    for (const KeptNode& kept : plan.kept) kept_.insert(kept.node);
    for (const ValueId id : graph.outputs()) outside_.insert(id);
    for (const ValueId id : graph.taps()) outside_.insert(id);
  }

  Graph Run() {
    const std::size_t count = draft_.nodes.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (TakesHalf(draft_.nodes[i])) Convert(i);
    }
    // Nodes in float32 read what the casts back make, under the old name.
    for (std::size_t i = 0; i < count; ++i) {
      if (converted_.contains(i)) continue;
      for (const ValueId id : draft_.nodes[i].inputs) NeedFloat32(id);
    }
    for (const ValueId id : outside_) NeedFloat32(id);
    return draft_.Build();
  }

 private:
  bool TakesHalf(const Node& node) const {
    const auto is_float32 = [&](ValueId id) { return IsFloat32(draft_.value(id)); };
    return !node.outputs.empty() && !kept_.contains(node.name) && !ChangesType(node.attrs) &&
           std::ranges::any_of(node.inputs, is_float32) &&
           std::ranges::all_of(node.outputs, is_float32);
  }

  void Convert(std::size_t index) {
    converted_.insert(index);
    for (std::size_t i = 0; i < draft_.nodes[index].inputs.size(); ++i) {
      const ValueId id = draft_.nodes[index].inputs[i];
      if (IsFloat32(draft_.value(id))) draft_.nodes[index].inputs[i] = HalfOf(id);
    }
    for (std::size_t i = 0; i < draft_.nodes[index].outputs.size(); ++i) {
      const ValueId id = draft_.nodes[index].outputs[i];
      draft_.nodes[index].outputs[i] = *(halves_[Index(id)] = NewHalf(id));
      made_[Index(id)] = true;
    }
  }

  // The float16 value that stands for `id`; made by a cast where float32 comes first.
  ValueId HalfOf(ValueId id) {
    std::optional<ValueId>& half = halves_[Index(id)];
    if (half) return *half;
    const std::string name = draft_.value(id).name;
    half = NewHalf(id);
    if (draft_.is_constant(id)) {
      draft_.values[Index(*half)].constant = Halved(*draft_.value(id).constant);
    } else {
      draft_.nodes.push_back({name + ".to_f16", CastAttrs{DType::kFloat16}, {id}, {*half}});
    }
    return *half;
  }

  ValueId NewHalf(ValueId id) {
    const std::string name = draft_.value(id).name + ".f16";
    return draft_.NewValue(name, {DType::kFloat16, draft_.value(id).desc.shape});
  }

  // Casts back a value that a converted node makes, once.
  void NeedFloat32(ValueId id) {
    if (Index(id) >= made_.size() || !made_[Index(id)]) return;
    made_[Index(id)] = false;
    draft_.nodes.push_back({draft_.value(id).name + ".to_f32",
                            CastAttrs{DType::kFloat32},
                            {*halves_[Index(id)]},
                            {id}});
  }

  static std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

  Draft draft_;
  std::vector<std::optional<ValueId>> halves_;  // by value of the original
  std::vector<bool> made_;                      // by value: float16 comes first, no cast back yet
  std::set<std::string> kept_;
  std::set<ValueId> outside_;
  std::set<std::size_t> converted_;
};

}  // namespace

HalfPlan PlanHalf(const Graph& graph, const Magnitudes& magnitudes) {
  HalfPlan plan;
  for (const Node& node : graph.nodes()) {
    std::string reason = ReasonToKeep(graph, node, magnitudes);
    if (!reason.empty()) plan.kept.push_back({node.name, std::move(reason)});
  }
  return plan;
}

Graph WithHalfStorage(const Graph& graph, const HalfPlan& plan) {
  return HalfWriter(graph, plan).Run();
}

}  // namespace vigil
