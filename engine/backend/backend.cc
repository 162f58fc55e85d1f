#include "engine/backend/backend.h"

#include "engine/base/text.h"

namespace vigil {
namespace {

template <typename View>
void CheckViews(const Graph& graph, const std::vector<ValueId>& ids, std::span<const View> views,
                std::string_view what) {
  if (views.size() != ids.size()) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text("model wants ", ids.size(), " ", what, "s, got ", views.size()));
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const Value& value = graph.value(ids[i]);
    if (views[i].desc.dtype != value.desc.dtype) {
      throw Error(Fault::kInput, ErrorCode::kInvalidType,
                  Text(what, " '", value.name, "' is ", DTypeName(views[i].desc.dtype),
                       ": expected ", DTypeName(value.desc.dtype)));
    }
    if (!(views[i].desc.shape == value.desc.shape)) {
      throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                  Text(what, " '", value.name, "' has shape ", views[i].desc.shape, ": expected ",
                       value.desc.shape));
    }
  }
}

}  // namespace

void CheckRunArguments(const Graph& graph, std::span<const ConstTensorView> inputs,
                       std::span<const TensorView> outputs, std::size_t tap_slot_size,
                       std::size_t tap_slot_bytes) {
  CheckViews(graph, graph.inputs(), inputs, "input");
  CheckViews(graph, graph.outputs(), outputs, "output");
  if (tap_slot_size != 0 && tap_slot_size != tap_slot_bytes) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("tap slot of ", tap_slot_size, " bytes: expected ", tap_slot_bytes));
  }
}

std::vector<Encoding> TapEncodings(const Graph& graph, const CompileOptions& options) {
  if (options.tap_encodings.empty())
    return std::vector<Encoding>(graph.taps().size(), Encoding::kFloat32);
  if (options.tap_encodings.size() != graph.taps().size()) {
    throw Error(
        Fault::kApi, ErrorCode::kMisuse,
        Text(options.tap_encodings.size(), " tap encodings for ", graph.taps().size(), " taps"));
  }
  return options.tap_encodings;
}

std::size_t TapSlotBytes(const Graph& graph, std::span<const Encoding> encodings) {
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < encodings.size(); ++i) {
    const TensorDesc& desc = graph.value(graph.taps()[i]).desc;
    bytes += static_cast<std::size_t>(desc.shape.rank() ? desc.shape[0] : 1) *
             EncodedSampleBytes(desc, encodings[i]);
  }
  return bytes;
}

}  // namespace vigil
