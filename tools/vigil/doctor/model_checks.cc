// The family Model: what can be seen in the weights, and what a few runs show.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "engine/base/text.h"
#include "engine/graph/half_plan.h"
#include "engine/graph/passes.h"
#include "engine/session/backends.h"
#include "engine/session/observe.h"
#include "estimator/report/words.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/taps/tap_plan.h"
#include "tools/vigil/doctor/patient.h"
#include "tools/vigil/format.h"

namespace vigil::doctor {
namespace {

constexpr int kSamples = 12;
constexpr double kMostlySaturated = 0.9;

// "a, b, c and 4 more"
std::string Listed(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::string list;
  for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i)
    list += Text(list.empty() ? "" : ", ", names[i]);
  if (names.size() > kShown) list += Text(" and ", names.size() - kShown, " more");
  return list;
}

// Output channels whose weights are all zero: they say the same of every input.
struct Weights {
  std::int64_t channels = 0, dead = 0, not_finite = 0, beyond_half = 0;
  std::vector<std::string> dead_nodes;
};

// Weights [M, ...] of Conv, [M, K] or [K, M] of Gemm; after folding, so that a batch norm that
// switches a channel off counts.
Weights LookAtWeights(const Graph& graph) {
  Weights weights;
  for (const Node& node : graph.nodes()) {
    const auto* conv = std::get_if<ConvAttrs>(&node.attrs);
    const auto* gemm = std::get_if<GemmAttrs>(&node.attrs);
    if ((!conv && !gemm) || node.inputs.size() < 2) continue;
    const Value& value = graph.value(node.inputs[1]);
    if (!value.constant || value.desc.dtype != DType::kFloat32 || value.desc.shape.rank() < 2)
      continue;
    const auto numbers = value.constant->as<float>();
    const bool by_column = gemm && !gemm->trans_b;
    const auto rows = static_cast<std::size_t>(value.desc.shape[by_column ? 1 : 0]);
    const std::size_t each = numbers.size() / rows;
    std::int64_t dead = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      bool alive = false;
      for (std::size_t i = 0; i < each; ++i)
        alive |= std::abs(numbers[by_column ? i * rows + row : row * each + i]) > 1e-30f;
      dead += alive ? 0 : 1;
    }
    weights.channels += static_cast<std::int64_t>(rows);
    weights.dead += dead;
    if (dead > 0)
      weights.dead_nodes.push_back(Text("'", node.name, "' (", dead, " of ", rows, ")"));
  }
  for (const Value& value : graph.values()) {
    if (!value.constant || value.desc.dtype != DType::kFloat32) continue;
    for (const float v : value.constant->as<float>()) {
      weights.not_finite += std::isfinite(v) ? 0 : 1;
      weights.beyond_half += std::isfinite(v) && std::abs(v) > kHalfMax ? 1 : 0;
    }
  }
  return weights;
}

Said SayWeights(const Weights& weights) {
  if (weights.not_finite > 0) {
    return {Result::kFail, Text(weights.not_finite, " weights are infinite or NaN"),
            "Training has diverged: train again with a lower rate, or take an older checkpoint."};
  }
  if (weights.dead > 0) {
    return {Result::kWarn,
            Text(weights.dead, " of ", weights.channels,
                 " output channels have weights of zero: ", Listed(weights.dead_nodes)),
            "They cost time and memory and say nothing: prune them, or train longer with a lower "
            "rate or weight decay."};
  }
  return {Result::kOk, Text("none of ", weights.channels, " output channels has weights of zero"),
          ""};
}

// What a value came to over the runs.
struct Reach {
  float low = std::numeric_limits<float>::infinity(), high = -low;
  std::int64_t values = 0, not_finite = 0, at_low = 0, at_high = 0;
  std::vector<float> channel_low, channel_high;
};

struct Bound {  // of an activation
  float low, high;
};

// Of functions that flatten out where they are driven too far.
std::optional<Bound> BoundOf(const OpAttrs& attrs) {
  const auto* unary = std::get_if<UnaryAttrs>(&attrs);
  if (!unary) return {};
  switch (unary->kind) {
    case UnaryKind::kSigmoid:
      return Bound{0.001f, 0.999f};
    case UnaryKind::kTanh:
      return Bound{-0.999f, 0.999f};
    default:
      return {};
  }
}

void Add(const Tensor& value, const std::optional<Bound>& bound, Reach& reach) {
  const Shape& shape = value.shape();
  const std::int64_t channels = shape.rank() >= 2 ? shape[1] : 1;
  const auto each = static_cast<std::size_t>(shape.elements() / shape[0] / channels);
  reach.channel_low.resize(static_cast<std::size_t>(channels),
                           std::numeric_limits<float>::infinity());
  reach.channel_high.resize(static_cast<std::size_t>(channels),
                            -std::numeric_limits<float>::infinity());
  const auto numbers = value.as<float>();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const float v = numbers[i];
    const std::size_t c = i / each % static_cast<std::size_t>(channels);
    ++reach.values;
    if (!std::isfinite(v)) {
      ++reach.not_finite;
      continue;
    }
    reach.low = std::min(reach.low, v);
    reach.high = std::max(reach.high, v);
    reach.channel_low[c] = std::min(reach.channel_low[c], v);
    reach.channel_high[c] = std::max(reach.channel_high[c], v);
    if (bound) {
      reach.at_low += v <= bound->low ? 1 : 0;
      reach.at_high += v >= bound->high ? 1 : 0;
    }
  }
}

struct Activations {
  std::map<std::string, Reach> reaches;  // by value
  std::string source;
};

Activations Run(const Graph& graph, const std::vector<std::vector<Tensor>>& samples) {
  const std::vector<std::string> names = FloatValues(graph);
  std::map<std::string, std::optional<Bound>> bounds;
  for (const Node& node : graph.nodes()) {
    for (const ValueId output : node.outputs)
      bounds[graph.value(output).name] = BoundOf(node.attrs);
  }
  const std::shared_ptr<Backend> backend = OpenBackend("cpu");
  Observer observer(*backend, graph, names);
  Activations activations;
  for (const std::vector<Tensor>& sample : samples) {
    std::vector<ConstTensorView> views;
    for (const Tensor& tensor : sample) views.push_back(tensor.view());
    observer.Run(views);
    for (std::size_t i = 0; i < names.size(); ++i)
      Add(observer.values()[i], bounds[names[i]], activations.reaches[names[i]]);
  }
  return activations;
}

// Of activations alone: before them a channel may differ and not be heard.
std::set<std::string> ActivationsOf(const Graph& graph) {
  std::set<std::string> names;
  for (const Node& node : graph.nodes()) {
    if (std::holds_alternative<UnaryAttrs>(node.attrs))
      names.insert(graph.value(node.outputs[0]).name);
  }
  return names;
}

bool IsInput(const Graph& graph, const std::string& name) {
  return std::ranges::any_of(graph.inputs(),
                             [&](ValueId id) { return graph.value(id).name == name; });
}

Said SaySilent(const Graph& graph, const Activations& activations) {
  const std::set<std::string> heard = ActivationsOf(graph);
  std::int64_t channels = 0, silent = 0;
  std::vector<std::string> where;
  for (const auto& [name, reach] : activations.reaches) {
    // A vector's entries are no channels: an output that never fires may be of a rare class.
    const std::optional<ValueId> id = graph.Find(name);
    if (!id || !heard.contains(name) || graph.value(*id).desc.shape.rank() != 4) continue;
    std::int64_t here = 0;
    for (std::size_t c = 0; c < reach.channel_low.size(); ++c)
      here += reach.channel_low[c] == reach.channel_high[c] ? 1 : 0;
    channels += static_cast<std::int64_t>(reach.channel_low.size());
    silent += here;
    if (here > 0)
      where.push_back(Text("'", name, "' (", here, " of ", reach.channel_low.size(), ")"));
  }
  const double share =
      static_cast<double>(silent) / static_cast<double>(std::max<std::int64_t>(channels, 1));
  const std::string found = Text(silent, " of ", channels, " channels never change over ",
                                 activations.source, where.empty() ? "" : ": " + Listed(where));
  if (share > 0.1) {
    return {Result::kWarn, found,
            "Much of the network does nothing on such inputs: look at initialisation, rate and "
            "weight decay, and whether these inputs are what it was trained on."};
  }
  return {Result::kOk, found, ""};
}

Said SaySaturated(const Activations& activations) {
  std::vector<std::string> where;
  int bounded = 0;
  for (const auto& [name, reach] : activations.reaches) {
    if (reach.not_finite > 0) {
      return {Result::kFail,
              Text("'", name, "' holds ", reach.not_finite, " infinite or NaN of ", reach.values,
                   " values on ", activations.source),
              "Look for a division by zero or an overflow before it: `vigil verify` says where."};
    }
    if (reach.at_low + reach.at_high == 0) continue;
    ++bounded;
    const double share =
        static_cast<double>(reach.at_low + reach.at_high) / static_cast<double>(reach.values);
    if (share > kMostlySaturated)
      where.push_back(Text("'", name, "' (", FormatFixed(share * 100.0, 0), " %)"));
  }
  if (!where.empty()) {
    return {Result::kWarn, Text("flat at their ends on ", activations.source, ": ", Listed(where)),
            "Inputs are scaled too large, or weights have grown: look at the normalisation first."};
  }
  return {Result::kOk, Text("finite on ", activations.source, "; none is driven flat"), ""};
}

Said SayHalf(const Graph& graph, const Weights& weights, const Activations& activations) {
  float most = 0.0f;
  std::string where;
  for (const auto& [name, reach] : activations.reaches) {
    if (IsInput(graph, name)) continue;
    const float reached = std::max(std::abs(reach.low), std::abs(reach.high));
    if (reached > most && std::isfinite(reached)) {
      most = reached;
      where = name;
    }
  }
  const std::string found = Text("largest activation ", FormatFixed(static_cast<double>(most), 1),
                                 ", in '", where, "'; float16 ends at 65504");
  if (weights.beyond_half > 0 || most > kHalfSafe) {
    return {Result::kWarn,
            weights.beyond_half > 0 ? Text(weights.beyond_half, " weights are beyond it; ", found)
                                    : found,
            "With --precision fp16 these layers stay in float32, which `vigil bench` shows."};
  }
  return {Result::kOk, found, ""};
}

Said SayTaps(const Model& model) {
  const Graph tapped = TappedTarget(*model.target->graph, model.estimator->taps);
  for (std::size_t i = 0; i < model.estimator->taps.size(); ++i) {
    const Shape made = tapped.value(tapped.taps()[i]).desc.shape;
    const Value& wanted = model.graph->value(model.graph->inputs()[i]);
    if (made.With(0, 1) != wanted.desc.shape.With(0, 1)) {
      return {Result::kFail,
              Text("tap '", model.estimator->taps[i], "' of ", model.target->name, " is ", made,
                   ", but PE's input '", wanted.name, "' is ", wanted.desc.shape),
              "This PE belongs to another T: train one with `vigil train estimator`."};
    }
  }
  // Refuses what would keep T's pictures.
  const TapPlan plan = PlanTaps(tapped, {});
  return {Result::kOk,
          Text(CountOfText(static_cast<std::int64_t>(model.estimator->taps.size()), "tap", "taps"),
               " of ", model.target->name, ", ", FormatBytes(plan.record_bytes), " a record"),
          ""};
}

// A few samples as lists of inputs; empty where nobody knows what the model takes.
std::vector<std::vector<Tensor>> SamplesFor(const Patient& patient, const Model& model,
                                            std::string& source) {
  std::vector<std::vector<Tensor>> samples;
  if (model.IsPicture()) {
    for (Tensor& input : SampleInputs(patient, model, kSamples, source)) {
      samples.emplace_back();
      samples.back().push_back(std::move(input));
    }
    return samples;
  }
  if (!model.estimator || !model.target || !model.target->IsPicture()) return {};
  // PE's inputs are what T leaves.
  const Graph tapped = TappedTarget(*model.target->graph, model.estimator->taps);
  std::vector<std::string> names;
  for (const ValueId tap : tapped.taps()) names.push_back(tapped.value(tap).name);
  names.push_back(tapped.value(tapped.outputs().at(0)).name);
  Observer observer(*OpenBackend("cpu"), tapped, names);
  for (const Tensor& input : SampleInputs(patient, *model.target, kSamples, source)) {
    observer.Run(std::array<ConstTensorView, 1>{input.view()});
    samples.emplace_back();
    for (const Tensor& value : observer.values()) samples.back().push_back(value.Clone());
  }
  source = Text("what ", model.target->name, " makes of ", source);
  return samples;
}

}  // namespace

void CheckModels(const Patient& patient, Findings& findings) {
  for (const Model& model : patient.models) {
    if (!model.graph) continue;
    const Graph graph = model.graph->WithBatch(1);
    const Weights weights = LookAtWeights(Optimize(graph));
    findings.Check(Fault::kModel, "dead weights", model.name, [&] { return SayWeights(weights); });
    Activations activations;
    findings.Check(Fault::kModel, "activations", model.name, [&] {
      std::string source;
      const auto samples = SamplesFor(patient, model, source);
      if (samples.empty()) {
        return Said{Result::kSkipped,
                    model.estimator ? "its T is not among the models: name it too"
                                    : "it takes no pictures [N,3,H,W]: nobody knows its inputs",
                    ""};
      }
      activations = Run(graph, samples);
      activations.source = source;
      return SaySaturated(activations);
    });
    if (!activations.reaches.empty()) {
      findings.Check(Fault::kModel, "silent channels", model.name,
                     [&] { return SaySilent(graph, activations); });
      findings.Check(Fault::kModel, "fits fp16", model.name,
                     [&] { return SayHalf(graph, weights, activations); });
    }
    if (model.target) {
      findings.Check(
          Fault::kModel, "taps fit T", model.name, [&] { return SayTaps(model); },
          "This PE belongs to another T: train one with `vigil train estimator`.");
    }
  }
}

}  // namespace vigil::doctor
