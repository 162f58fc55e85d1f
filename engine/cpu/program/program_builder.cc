#include "engine/cpu/program/program_builder.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "engine/cpu/program/arithmetic.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

AlignedBuffer::AlignedBuffer(std::size_t bytes) {
  const std::size_t rounded =
      (std::max<std::size_t>(bytes, 1) + kAlignment - 1) & ~(kAlignment - 1);
  data_.reset(static_cast<std::byte*>(std::aligned_alloc(kAlignment, rounded)));
  if (!data_) {
    throw Error(Fault::kGpu, ErrorCode::kOutOfMemory,
                Text("cpu: the system has no ", rounded, " bytes of memory left"));
  }
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
  const Value& described = graph_.value(value);
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
  const SlotId slot = NewSlot({.bytes = layout.get_size()});
  places(value).push_back({layout, slot, tap_only_, {}});
  return slot;
}

void ProgramBuilder::Alias(ValueId value, SlotId slot, const Layout& layout) {
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
    const TensorDesc& desc = graph_.value(graph_.taps()[i]).desc;
    const std::size_t bytes = static_cast<std::size_t>(desc.shape.rank() ? desc.shape[0] : 1) *
                              EncodedSampleBytes(desc, encodings[i]);
    if (graph_.taps()[i] == value) AddTap(value, encodings[i], offset, bytes);
    offset += bytes;
  }
  tap_only_ = node_is_tap_only;
}

void ProgramBuilder::AddTap(ValueId value, Encoding encoding, std::size_t offset,
                            std::size_t bytes) {
  const TensorDesc& desc = graph_.value(value).desc;
  const auto room = [=, tap_slot = program_.tap_slot](SlotPointers slots) {
    return std::span(slots[static_cast<std::size_t>(tap_slot)] + offset, bytes);
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
  const int step = static_cast<int>(program_.steps.size());
  if (slot.first < 0) slot.first = step;
  slot.last = step;
}

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC
