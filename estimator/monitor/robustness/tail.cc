#include "estimator/monitor/robustness/tail.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/graph/passes.h"

namespace vigil {
namespace {

// Of values that T's records keep, those alone that T itself computes on its way.
Tail CutAt(const Graph& target, const std::string& tap) {
  Tail tail{tap, Optimize(TailFrom(target, tap))};
  const Value& input = tail.graph.value(tail.graph.inputs()[0]);
  if (input.desc.dtype != DType::kFloat32 || input.desc.shape.rank() < 2) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("tail from '", tap, "': the value is ", DTypeName(input.desc.dtype), " ",
                     input.desc.shape, ", expected float32 of rank 2 or more"));
  }
  return tail;
}

}  // namespace

Tail ChooseTail(const Graph& target, std::span<const std::string> taps, TailChoice choice) {
  std::optional<Tail> chosen;
  std::string reasons;
  for (const std::string& tap : taps) {
    try {
      Tail tail = CutAt(target, tap);
      const auto cost = [](const Tail& of) {
        return std::pair(of.graph.Cost().macs, of.graph.nodes().size());
      };
      const bool better = !chosen || (choice == TailChoice::kDeepest ? cost(tail) < cost(*chosen)
                                                                     : cost(tail) > cost(*chosen));
      if (better) chosen = std::move(tail);
    } catch (const Error& error) {
      reasons += Text(reasons.empty() ? "" : "; ", error.what());
    }
  }
  if (chosen) return *std::move(chosen);
  throw Error(Fault::kModel, ErrorCode::kUnsupported,
              Text("the target cannot be run again from any of its taps: ", reasons));
}

Tail ChooseTail(const Graph& target, std::span<const std::string> taps, std::string_view choice) {
  if (choice == "deepest") return ChooseTail(target, taps, TailChoice::kDeepest);
  if (choice == "earliest") return ChooseTail(target, taps, TailChoice::kEarliest);
  const auto tap = std::ranges::find(taps, choice);
  if (tap != taps.end()) return CutAt(target, *tap);
  std::string names;
  for (const std::string& name : taps) names += Text(", '", name, "'");
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("tail from '", choice, "': expected deepest, earliest", names));
}

}  // namespace vigil
