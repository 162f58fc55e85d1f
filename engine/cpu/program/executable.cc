#include "engine/cpu/program/executable.h"

#include <algorithm>
#include <chrono>

#include "engine/base/text.h"
#include "engine/cpu/program/arithmetic.h"
#include "engine/graph/memory_plan.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {
namespace {

// Which values some of `roots` depend on, by value id.
std::vector<std::uint8_t> NeededBy(const Graph& graph, std::span<const ValueId> roots) {
  std::vector<std::uint8_t> needed(graph.values().size(), 0);
  const auto at = [&](ValueId id) -> std::uint8_t& { return needed[static_cast<std::size_t>(id)]; };
  for (const ValueId id : roots) at(id) = 1;
  for (auto node = graph.nodes().rbegin(); node != graph.nodes().rend(); ++node) {
    bool wanted = false;
    for (const ValueId id : node->outputs) wanted |= at(id) != 0;
    if (!wanted) continue;
    for (const ValueId id : node->inputs) at(id) = 1;
  }
  return needed;
}

}  // namespace

CpuExecutable::CpuExecutable(Graph graph, const CompileOptions& options)
    : graph_(std::move(graph)), options_(options), team_(options.threads, options.low_priority) {
  team_.Run([this] {
    Build();
    Place();
  });
}

void CpuExecutable::Build() {
  const std::vector<Encoding> encodings = TapEncodings(graph_, options_);
  std::vector<ValueId> everything = graph_.outputs();
  everything.insert(everything.end(), graph_.taps().begin(), graph_.taps().end());
  const std::vector<std::uint8_t> by_outputs = NeededBy(graph_, graph_.outputs());
  const std::vector<std::uint8_t> at_all = NeededBy(graph_, everything);

  const PartPlan parts = PlanParts(graph_);
  const auto part_nodes = static_cast<std::size_t>(parts.nodes);
  ProgramBuilder builder(graph_, team_);
  const auto add_taps = [&](ValueId id, int node) {
    builder.Begin(node, true);
    builder.AddTaps(id, encodings);
  };
  for (std::size_t i = 0; i < graph_.values().size(); ++i) {
    const auto id = static_cast<ValueId>(i);
    const bool is_input = std::ranges::find(graph_.inputs(), id) != graph_.inputs().end();
    if (is_input || graph_.value(id).constant) add_taps(id, -1);
  }
  const auto add_node = [&](std::size_t i) {
    const Node& node = graph_.nodes()[i];
    const auto is_needed = [&](ValueId id) { return at_all[static_cast<std::size_t>(id)] != 0; };
    if (std::ranges::none_of(node.outputs, is_needed)) return;
    if (!builder.IsSkipped(static_cast<int>(i)))
      BuildNode(builder, node, static_cast<int>(i), by_outputs, at_all);
    for (const ValueId id : node.outputs) {
      if (is_needed(id)) add_taps(id, static_cast<int>(i));
    }
  };
  if (part_nodes > 0) {
    builder.BeginParts(*parts.graph, parts.nodes);
    for (std::size_t i = 0; i < part_nodes; ++i) add_node(i);
    builder.EndParts();
  }
  for (std::size_t i = part_nodes; i < graph_.nodes().size(); ++i) add_node(i);
  builder.AddOutputs();
  program_ = std::move(builder).Finish();
  info_.tap_slot_bytes = TapSlotBytes(graph_, encodings);
}

void CpuExecutable::Place() {
  std::vector<Lifetime> lifetimes;
  for (const Slot& slot : program_.slots) {
    const bool in_arena = !slot.external && !slot.fixed && slot.whole < 0 && slot.first >= 0;
    lifetimes.push_back(in_arena ? Lifetime{slot.bytes, slot.first, slot.last} : Lifetime{});
  }
  const MemoryPlan plan = PlanMemory(lifetimes, AlignedBuffer::kAlignment);
  arena_ = std::make_unique<AlignedBuffer>(plan.arena_bytes);
  std::vector<std::uint8_t> moves;
  for (std::size_t i = 0; i < program_.slots.size(); ++i) {
    const Slot& slot = program_.slots[i];
    moves.push_back(slot.external || slot.whole >= 0);
    if (slot.whole >= 0) windows_.push_back(i);
    pointers_.push_back(moves.back() ? nullptr
                        : slot.fixed ? slot.fixed
                                     : arena_->data() + plan.offsets[i]);
  }
  const Parts& parts = program_.parts;
  for (std::size_t i = 0; i < program_.steps.size(); ++i) {
    const ProgramStep& step = program_.steps[i];
    step.step->Bind(pointers_, moves);
    const int times = i >= parts.first && i < parts.end ? parts.count : 1;
    (step.tap_only ? info_.tap_dispatches : info_.dispatches) += times;
  }
  info_.arena_bytes = plan.arena_bytes;
  info_.weight_bytes = program_.weight_bytes;
}

void CpuExecutable::BindCaller(std::span<const ConstTensorView> inputs,
                               std::span<const TensorView> outputs, std::span<std::byte> tap_slot) {
  CheckRunArguments(graph_, inputs, outputs, tap_slot.size(), info_.tap_slot_bytes);
  const auto at = [&](SlotId slot) -> std::byte*& {
    return pointers_[static_cast<std::size_t>(slot)];
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    // Slots are not const, but no step writes to an input's.
    at(program_.inputs[i]) = static_cast<std::byte*>(const_cast<void*>(inputs[i].data));
  }
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    at(program_.outputs[i]) = static_cast<std::byte*>(outputs[i].data);
  }
  at(program_.tap_slot) = tap_slot.empty() ? nullptr : tap_slot.data();
}

void CpuExecutable::MoveWindows(int part) {
  for (const std::size_t i : windows_) {
    const Slot& slot = program_.slots[i];
    std::byte* whole = pointers_[static_cast<std::size_t>(slot.whole)];
    const std::size_t from = slot.offset + static_cast<std::size_t>(part) * slot.part_bytes;
    pointers_[i] = whole ? whole + from : nullptr;
  }
}

void CpuExecutable::Execute(std::size_t index, bool keep_taps,
                            const std::function<void(std::size_t)>* done) {
  const ProgramStep& step = program_.steps[index];
  if (step.tap_only && !keep_taps) return;
  try {
    step.step->Run(pointers_);
  } catch (const Error& error) {
    const std::string where =
        step.node < 0
            ? "outputs"
            : Text("node '", graph_.nodes()[static_cast<std::size_t>(step.node)].name, "'");
    throw Error(error.fault(), error.code(), Text(where, ": ", error.what()));
  }
  if (done) (*done)(index);
}

void CpuExecutable::Execute(bool keep_taps, const std::function<void(std::size_t)>* done) {
  const Parts& parts = program_.parts;
  MoveWindows(0);
  for (std::size_t i = 0; i < parts.first; ++i) Execute(i, keep_taps, done);
  for (int part = 0; part < parts.count; ++part) {
    MoveWindows(part);
    for (std::size_t i = parts.first; i < parts.end; ++i) Execute(i, keep_taps, done);
  }
  for (std::size_t i = parts.end; i < program_.steps.size(); ++i) Execute(i, keep_taps, done);
}

void CpuExecutable::Run(std::span<const ConstTensorView> inputs,
                        std::span<const TensorView> outputs, std::span<std::byte> tap_slot) {
  BindCaller(inputs, outputs, tap_slot);
  team_.Run([this, keep_taps = !tap_slot.empty()] { Execute(keep_taps, nullptr); });
}

std::vector<NodeTime> CpuExecutable::Profile(std::span<const ConstTensorView> inputs,
                                             std::span<const TensorView> outputs) {
  BindCaller(inputs, outputs, {});
  std::vector<NodeTime> times;
  for (const Node& node : graph_.nodes()) times.push_back({node.name, OpName(node.attrs), 0.0});
  times.push_back({"outputs", "Copy", 0.0});
  auto before = std::chrono::steady_clock::now();
  const std::function<void(std::size_t)> done = [&](std::size_t i) {
    const auto now = std::chrono::steady_clock::now();
    const int node = program_.steps[i].node;
    const std::size_t row = node < 0 ? times.size() - 1 : static_cast<std::size_t>(node);
    times[row].milliseconds += std::chrono::duration<double, std::milli>(now - before).count();
    before = now;
  };
  team_.Run([&] {
    before = std::chrono::steady_clock::now();
    Execute(false, &done);
  });
  return times;
}

std::unique_ptr<CompiledGraph> CompileGraph(const Graph& graph, const CompileOptions& options) {
  Start();
  return std::make_unique<CpuExecutable>(graph, options);
}

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC
