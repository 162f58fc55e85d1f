#include "engine/cpu/program/program_builder.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/mman.h>

#include "engine/base/text.h"
#include "engine/cpu/program/arithmetic.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

// Of what is that large, whole pages are asked for, where a system gives them only then: a network
// walks through megabytes of weights, and misses fewer translations of addresses.
constexpr std::size_t kLargePage = 2 << 20;

AlignedBuffer::AlignedBuffer(std::size_t bytes) {
  const std::size_t rounded =
      (std::max<std::size_t>(bytes, 1) + kAlignment - 1) & ~(kAlignment - 1);
  const std::size_t alignment = bytes >= kLargePage ? kLargePage : kAlignment;
  void* data = nullptr;
  if (posix_memalign(&data, alignment, rounded) != 0) {
    throw Error(Fault::kGpu, ErrorCode::kOutOfMemory,
                Text("cpu: the system has no ", rounded, " bytes of memory left"));
  }
  data_.reset(static_cast<std::byte*>(data));
  if (alignment == kLargePage) madvise(data, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);
}

ProgramBuilder::ProgramBuilder(const Graph& graph, Team& team)
    : graph_(graph),
      team_(team),
      places_(graph.values().size()),
      skipped_(graph.nodes().size(), false) {
  for (std::size_t i = 0; i < graph.values().size(); ++i) {
    const Value& value = graph.values()[i];
    if (value.constant) {
      auto* data = const_cast<std::byte*>(value.constant->bytes().data());  // only ever a source
      places_[i].push_back({PlainLayout(value.desc), NewSlot({.fixed = data}), false, {}});
    }
  }
  for (const ValueId id : graph.inputs()) {
    const SlotId slot = NewSlot({.external = true});
    program_.inputs.push_back(slot);
    places(id).push_back({PlainLayout(graph.value(id).desc), slot, false, {}});
  }
  for (std::size_t i = 0; i < graph.outputs().size(); ++i) {
    program_.outputs.push_back(NewSlot({.external = true}));
  }
  program_.tap_slot = NewSlot({.external = true});
}

std::vector<std::uint8_t> ProgramBuilder::LeavingParts(int nodes) const {
  std::vector<std::uint8_t> leaves(graph_.values().size(), 0);
  for (const ValueId id : graph_.outputs()) leaves[static_cast<std::size_t>(id)] = 1;
  for (std::size_t i = static_cast<std::size_t>(nodes); i < graph_.nodes().size(); ++i) {
    const Node& node = graph_.nodes()[i];
    for (const ValueId id : node.inputs) leaves[static_cast<std::size_t>(id)] = 1;
    // Which a node of the parts may make in its stead.
    for (const ValueId id : node.outputs) leaves[static_cast<std::size_t>(id)] = 1;
  }
  return leaves;
}

void ProgramBuilder::BeginParts(const Graph& part, int nodes) {
  VIGIL_CHECK(!part_ && program_.parts.count == 1 && graph_.batch() % part.batch() == 0);
  part_ = &part;
  leaves_ = LeavingParts(nodes);
  wholes_.assign(graph_.values().size(), {});
  program_.parts.count = static_cast<int>(graph_.batch() / part.batch());
  program_.parts.first = program_.steps.size();
  for (const ValueId id : graph_.inputs()) {
    const Layout layout = PlainLayout(part.value(id).desc);
    const SlotId window =
        NewSlot({.whole = places(id).front().slot, .part_bytes = layout.get_size()});
    wholes_[static_cast<std::size_t>(id)] =
        std::exchange(places(id), {{layout, window, false, {}}});
  }
}

void ProgramBuilder::EndParts() {
  VIGIL_CHECK(part_);
  part_ = nullptr;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (!graph_.values()[i].constant) places_[i] = std::move(wholes_[i]);
  }
  program_.parts.end = program_.steps.size();
  // What one part leaves must outlast the others.
  for (const SlotId id : whole_slots_) {
    Slot& slot = program_.slots[static_cast<std::size_t>(id)];
    slot.first = static_cast<int>(program_.parts.first);
    slot.last = static_cast<int>(program_.parts.end) - 1;
  }
}

void ProgramBuilder::Begin(int node, bool tap_only) {
  node_ = node;
  tap_only_ = tap_only;
}

const Layout& ProgramBuilder::ProducedLayout(ValueId value) const {
  return places_[static_cast<std::size_t>(value)].front().layout;
}

SlotId ProgramBuilder::Get(ValueId value, const Layout& want, const Layout& as) {
  for (const Place& place : places(value)) {
    if (place.layout == want && place.as == as && (!place.tap_only || tap_only_)) return place.slot;
  }
  const bool reinterpreted = as != Layout();
  const Value& described = graph().value(value);
  SlotId source = places(value).front().slot;
  Layout from = places(value).front().layout;
  if (reinterpreted) {
    source = Get(value, PlainLayout(described.desc));
    from = as;
    if (from == want) return source;
  }
  SlotId slot = -1;
  if (described.constant) {
    const float* values = described.constant->as<float>().data();
    slot = Pack(want.get_size(), [&](std::byte* packed) { Repack(values, from, packed, want); });
  } else {
    slot = NewSlot({.bytes = want.get_size()});
    AddReorder(*this, source, from, slot, want);
  }
  places(value).push_back({want, slot, tap_only_ && !described.constant, as});
  return slot;
}

SlotId ProgramBuilder::Produce(ValueId value, const Layout& layout) {
  const bool leaves = part_ && leaves_[static_cast<std::size_t>(value)];
  const SlotId slot = leaves ? NewWindow(value, layout) : NewSlot({.bytes = layout.get_size()});
  places(value).push_back({layout, slot, tap_only_, {}});
  return slot;
}

SlotId ProgramBuilder::NewWindow(ValueId value, const Layout& layout) {
  const Layout whole = OfBatch(layout, graph_.batch());
  const std::size_t part_bytes = OfBatch(layout, 2 * part_->batch()).get_size() - layout.get_size();
  const SlotId slot = NewSlot({.bytes = whole.get_size()});
  whole_slots_.push_back(slot);
  wholes_[static_cast<std::size_t>(value)].push_back({whole, slot, tap_only_, {}});
  return NewSlot({.whole = slot, .part_bytes = part_bytes});
}

void ProgramBuilder::Alias(ValueId value, SlotId slot, const Layout& layout) {
  VIGIL_CHECK(!part_ || !leaves_[static_cast<std::size_t>(value)]);
  places(value).push_back({layout, slot, tap_only_, {}});
}

SlotId ProgramBuilder::Scratch(std::size_t bytes) { return NewSlot({.bytes = bytes}); }

SlotId ProgramBuilder::Pack(std::size_t bytes, const std::function<void(std::byte*)>& fill) {
  program_.packed.emplace_back(bytes);
  program_.weight_bytes += bytes;
  fill(program_.packed.back().data());
  return NewSlot({.fixed = program_.packed.back().data()});
}

void ProgramBuilder::AddStep(std::unique_ptr<Step> step, std::span<const SlotId> uses) {
  for (const SlotId slot : uses) Touch(slot);
  program_.steps.push_back({std::move(step), node_, tap_only_});
}

void ProgramBuilder::AddFunction(std::function<void(SlotPointers)> function,
                                 std::span<const SlotId> uses) {
  AddStep(std::make_unique<FunctionStep>(std::move(function)), uses);
}

void ProgramBuilder::AddOutputs() {
  Begin(-1, false);
  for (std::size_t i = 0; i < graph_.outputs().size(); ++i) {
    const ValueId value = graph_.outputs()[i];
    const Layout plain = PlainLayout(graph_.value(value).desc);
    AddReorder(*this, places(value).front().slot, ProducedLayout(value), program_.outputs[i],
               plain);
  }
}

void ProgramBuilder::AddTaps(ValueId value, std::span<const Encoding> encodings) {
  const bool node_is_tap_only = std::exchange(tap_only_, true);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    const auto bytes_of = [&](const Graph& graph) {
      const TensorDesc& desc = graph.value(graph_.taps()[i]).desc;
      return static_cast<std::size_t>(desc.shape.rank() ? desc.shape[0] : 1) *
             EncodedSampleBytes(desc, encodings[i]);
    };
    if (graph_.taps()[i] == value) AddTap(value, encodings[i], offset, bytes_of(graph()));
    offset += bytes_of(graph_);
  }
  tap_only_ = node_is_tap_only;
}

void ProgramBuilder::AddTap(ValueId value, Encoding encoding, std::size_t offset,
                            std::size_t bytes) {
  const TensorDesc& desc = graph().value(value).desc;
  const SlotId window =
      NewSlot({.whole = program_.tap_slot, .offset = offset, .part_bytes = part_ ? bytes : 0});
  const auto room = [=](SlotPointers slots) {
    return std::span(slots[static_cast<std::size_t>(window)], bytes);
  };
  const Layout& produced = ProducedLayout(value);
  const auto order = desc.dtype == DType::kFloat32 ? ChannelOrderOf(produced, desc.shape)
                                                   : std::optional<ChannelOrder>();
  if (encoding == Encoding::kInt8 && order) {
    const SlotId slot = Get(value, produced);
    AddFunction(
        [=, shape = desc.shape, parts = Int8Parts(desc.shape, *order),
         &team = team_](SlotPointers slots) {
          const auto* values =
              reinterpret_cast<const float*>(slots[static_cast<std::size_t>(slot)]);
          const std::span<std::byte> out = room(slots);
          team.ForEach(
              parts, [&](std::int64_t part) { EncodeInt8Part(values, shape, *order, part, out); });
        },
        std::array{slot});
    return;
  }
  const SlotId slot = Get(value, PlainLayout(desc));
  AddFunction(
      [=](SlotPointers slots) {
        Encode({desc, slots[static_cast<std::size_t>(slot)]}, encoding, room(slots));
      },
      std::array{slot});
}

SlotId ProgramBuilder::NewSlot(const Slot& slot) {
  program_.slots.push_back(slot);
  return static_cast<SlotId>(program_.slots.size()) - 1;
}

void ProgramBuilder::Touch(SlotId id) {
  Slot& slot = program_.slots[static_cast<std::size_t>(id)];
  if (slot.whole >= 0) return Touch(slot.whole);
  const int step = static_cast<int>(program_.steps.size());
  if (slot.first < 0) slot.first = step;
  slot.last = step;
}

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC
