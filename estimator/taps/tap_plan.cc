#include "estimator/taps/tap_plan.h"

#include <cstring>

#include "engine/base/text.h"
#include "estimator/taps/image_tap.h"

namespace vigil {
namespace {

Shape SampleShape(const Graph& graph, const Value& tap) {
  const Shape& shape = tap.desc.shape;
  if (shape.rank() == 0 || shape[0] != graph.batch()) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("tap '", tap.name, "' is ", shape, ": expected dimension 0 to be the batch, ",
                     graph.batch()));
  }
  return shape.With(0, 1);
}

void CheckSlot(const TapPlan& plan, std::size_t slot_bytes, std::int64_t batch,
               std::int64_t index) {
  VIGIL_CHECK(batch > 0 && index >= 0 && index < batch);
  VIGIL_CHECK(slot_bytes == plan.SlotBytes(batch));
}

std::size_t OffsetOf(const PlannedTap& tap, std::int64_t batch, std::int64_t index) {
  return static_cast<std::size_t>(batch) * tap.offset_bytes +
         static_cast<std::size_t>(index) * tap.bytes;
}

}  // namespace

TapPlan PlanTaps(const Graph& graph, std::span<const Encoding> encodings, ImageTaps images) {
  const std::size_t count = graph.taps().size();
  if (encodings.size() > 1 && encodings.size() != count) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text(encodings.size(), " tap encodings for ", count,
                     " taps: expected none, one, or one a tap"));
  }
  TapPlan plan;
  for (std::size_t i = 0; i < count; ++i) {
    const Value& value = graph.value(graph.taps()[i]);
    if (images == ImageTaps::kRefused) CheckTapIsNoImage(graph, value.name);
    if (value.desc.dtype != DType::kFloat32) {
      throw Error(Fault::kApi, ErrorCode::kUnsupported,
                  Text("tap '", value.name, "' is ", DTypeName(value.desc.dtype),
                       ": expected float32, which records hold"));
    }
    PlannedTap tap{value.name, SampleShape(graph, value)};
    if (!encodings.empty()) tap.encoding = encodings[encodings.size() == 1 ? 0 : i];
    tap.offset_bytes = plan.record_bytes;
    tap.bytes = EncodedSampleBytes(tap.shape, tap.encoding);
    plan.record_bytes += tap.bytes;
    plan.taps.push_back(std::move(tap));
  }
  return plan;
}

std::vector<StoredTap> SplitSlot(const TapPlan& plan, std::span<const std::byte> slot,
                                 std::int64_t batch, std::int64_t index) {
  CheckSlot(plan, slot.size(), batch, index);
  std::vector<StoredTap> taps;
  taps.reserve(plan.taps.size());
  for (const PlannedTap& tap : plan.taps) {
    const auto part = slot.subspan(OffsetOf(tap, batch, index), tap.bytes);
    taps.push_back({tap.name, tap.shape, tap.encoding, {part.begin(), part.end()}});
  }
  return taps;
}

void JoinSlot(const TapPlan& plan, std::span<const StoredTap> taps, std::span<std::byte> slot,
              std::int64_t batch, std::int64_t index) {
  CheckSlot(plan, slot.size(), batch, index);
  if (taps.size() != plan.taps.size()) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("a record of ", taps.size(), " taps: expected ", plan.taps.size()));
  }
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const PlannedTap& want = plan.taps[i];
    const StoredTap& tap = taps[i];
    if (tap.name != want.name || !(tap.shape == want.shape) || tap.encoding != want.encoding ||
        tap.bytes.size() != want.bytes) {
      throw Error(
          Fault::kInput, ErrorCode::kMalformed,
          Text("tap ", i, " is '", tap.name, "', ", tap.shape, " as ", EncodingName(tap.encoding),
               " in ", tap.bytes.size(), " bytes: expected '", want.name, "', ", want.shape, " as ",
               EncodingName(want.encoding), " in ", want.bytes));
    }
    std::memcpy(slot.data() + OffsetOf(want, batch, index), tap.bytes.data(), tap.bytes.size());
  }
}

}  // namespace vigil
