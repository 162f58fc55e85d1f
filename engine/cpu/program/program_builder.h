// Builds a Program value by value: keeps track of the layouts in which each value exists and
// inserts the reorders that consumers need.
#ifndef VIGIL_ENGINE_CPU_PROGRAM_PROGRAM_BUILDER_H_
#define VIGIL_ENGINE_CPU_PROGRAM_PROGRAM_BUILDER_H_

#include <vector>

#include "engine/backend/backend.h"
#include "engine/cpu/program/layout.h"
#include "engine/cpu/program/program.h"
#include "engine/cpu/program/team.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

// Not thread-safe; exceptions of the arithmetic pass through (the caller knows the node).
class ProgramBuilder {
 public:
  ProgramBuilder(const Graph& graph, Team& team);

  // Steps added from here to EndParts run part by part of the batch: they belong to the first
  // `nodes` nodes, and graph() is `part`, the same network at a part's batch. Once, and no alias in
  // between may be of a value that later nodes read. REQUIRES: `part` outlives this; its batch
  // divides the whole.
  void BeginParts(const Graph& part, int nodes);
  void EndParts();

  // Steps added from now on belong to this node, and are left out of runs without taps if told so.
  void Begin(int node, bool tap_only);

  // Whether somebody has produced it by now.
  bool Has(ValueId value) const { return !places_[static_cast<std::size_t>(value)].empty(); }
  // A node that another one's steps do the work of: no steps of its own are added.
  void Skip(int node) { skipped_[static_cast<std::size_t>(node)] = true; }
  bool IsSkipped(int node) const { return skipped_[static_cast<std::size_t>(node)]; }

  // As its producer left it; plain for graph inputs and constants.
  const Layout& ProducedLayout(ValueId value) const;
  // The slot that holds `value` in layout `want`, by a reorder if need be; a constant is reordered
  // now. With `as`, the plain value is first taken for one of these dimensions and strides.
  SlotId Get(ValueId value, const Layout& want, const Layout& as = Layout());
  // A new slot of the arena that holds `value` from now on.
  SlotId Produce(ValueId value, const Layout& layout);
  // `value` is what already lies in `slot`, seen with another shape.
  void Alias(ValueId value, SlotId slot, const Layout& layout);
  SlotId Scratch(std::size_t bytes);
  // Memory of so many bytes that `fill` fills now and nobody writes again.
  SlotId Pack(std::size_t bytes, const std::function<void(std::byte*)>& fill);

  // `uses`: the slots that the step touches.
  void AddStep(std::unique_ptr<Step> step, std::span<const SlotId> uses);
  void AddFunction(std::function<void(SlotPointers)> function, std::span<const SlotId> uses);

  // Copies outputs to the caller's memory; call last.
  void AddOutputs();
  // Encodes the taps that this value is, at their places in the caller's tap slot.
  void AddTaps(ValueId value, std::span<const Encoding> encodings);

  // The node that is being added runs by its operator's plain loops.
  void CountPlain(std::int64_t operations) { program_.plain_operations += operations; }

  // What is being built: shapes are those that the steps will see.
  const Graph& graph() const { return part_ ? *part_ : graph_; }
  // The threads that the program will run on.
  Team& team() { return team_; }
  // Null in a run that keeps no taps.
  SlotId tap_slot() const { return program_.tap_slot; }
  Program Finish() && { return std::move(program_); }

 private:
  struct Place {
    Layout layout;
    SlotId slot = -1;
    bool tap_only = false;  // exists only in runs that keep taps
    Layout as;              // what the plain value was taken for; empty: itself
  };

  // One of them, whose encoded batch, or part of it, has `bytes` from `offset` of the tap slot on.
  // One that is encoded straight from the layout that its producer chose spares T a copy in the
  // plain one.
  void AddTap(ValueId value, Encoding encoding, std::size_t offset, std::size_t bytes);
  SlotId NewSlot(const Slot& slot);
  // A window on memory for the whole batch, which later nodes find.
  SlotId NewWindow(ValueId value, const Layout& layout);
  // Of the values that the parts make: those that somebody wants as a whole.
  std::vector<std::uint8_t> LeavingParts(int nodes) const;
  void Touch(SlotId slot);  // by the step that is about to be added
  std::vector<Place>& places(ValueId value) { return places_[static_cast<std::size_t>(value)]; }

  const Graph& graph_;
  Team& team_;
  Program program_;
  std::vector<std::vector<Place>> places_;  // by value; the first is the producer's
  std::vector<bool> skipped_;               // by node
  // While parts are built: the network at their batch, which values leave them, and where those,
  // and the graph's inputs, lie as a whole; by value.
  const Graph* part_ = nullptr;
  std::vector<std::uint8_t> leaves_;
  std::vector<std::vector<Place>> wholes_;
  std::vector<SlotId> whole_slots_;  // that parts write
  int node_ = -1;
  bool tap_only_ = false;
};

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC

#endif  // VIGIL_ENGINE_CPU_PROGRAM_PROGRAM_BUILDER_H_
