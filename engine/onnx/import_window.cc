// Operators that slide a window: Conv and the pools.
#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/onnx/import_operators.h"

namespace vigil::onnx {
namespace {

struct WindowAttrs {
  std::array<std::int64_t, 2> kernel{1, 1}, strides{1, 1}, dilations{1, 1};
  std::array<std::int64_t, 4> pads{0, 0, 0, 0};
};

template <std::size_t count>
void ReadInts(const Attributes& attributes, std::string_view name,
              std::array<std::int64_t, count>& values) {
  const auto given = attributes.Ints(name);
  if (!given) return;
  if (given->size() != count) {
    ThrowUnsupported(Text("attribute '", name, "' has ", given->size(), " entries: expected ",
                          count, " (two spatial dimensions)"));
  }
  std::ranges::copy(*given, values.begin());
}

// Padding that makes the output ceil(in / stride) long; an odd rest goes where `upper` says.
void PadToSame(WindowAttrs& window, const Shape& x, bool upper) {
  for (std::size_t i = 0; i < 2; ++i) {
    constexpr std::int64_t kLimit = std::int64_t{1} << 31;  // products stay within 64 bits
    for (const std::int64_t size : {window.kernel[i], window.strides[i], window.dilations[i]}) {
      if (size < 1 || size >= kLimit) {
        ThrowMalformed(
            Text("kernel, stride or dilation is ", size, ": expected 1 to ", kLimit - 1));
      }
    }
    const std::int64_t in = x[static_cast<int>(i) + 2], stride = window.strides[i];
    const std::int64_t out = (in + stride - 1) / stride;
    const std::int64_t extent = window.dilations[i] * (window.kernel[i] - 1) + 1;
    const std::int64_t total = std::max<std::int64_t>(0, (out - 1) * stride + extent - in);
    const std::int64_t less = total / 2, more = total - less;
    window.pads[i] = upper ? less : more;
    window.pads[i + 2] = upper ? more : less;
  }
}

WindowAttrs ReadWindow(ImportNode& node, std::array<std::int64_t, 2> default_kernel) {
  const Shape& x = node.InputShape(0);
  if (x.rank() != 4) {
    ThrowUnsupported(Text("input '", node.InputName(0), "' is ", x,
                          ": expected rank 4 (N, C, H, W); other ranks are not supported"));
  }
  const Attributes attributes = node.attributes();
  WindowAttrs window{.kernel = default_kernel};
  ReadInts(attributes, "kernel_shape", window.kernel);
  ReadInts(attributes, "strides", window.strides);
  ReadInts(attributes, "dilations", window.dilations);
  const std::string auto_pad = attributes.String("auto_pad", "NOTSET");
  if (auto_pad == "NOTSET") {
    ReadInts(attributes, "pads", window.pads);
  } else if (auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER") {
    PadToSame(window, x, auto_pad == "SAME_UPPER");
  } else if (auto_pad != "VALID") {
    ThrowMalformed(
        Text("auto_pad is '", auto_pad, "': expected NOTSET, SAME_UPPER, SAME_LOWER or VALID"));
  }
  return window;
}

PoolAttrs ReadPool(ImportNode& node, PoolKind kind) {
  node.RequireInputs(1, 1);
  const Attributes attributes = node.attributes();
  if (!attributes.Has("kernel_shape")) ThrowMalformed("attribute 'kernel_shape' is missing");
  const WindowAttrs window = ReadWindow(node, {1, 1});
  return {.kind = kind,
          .kernel = window.kernel,
          .strides = window.strides,
          .pads = window.pads,
          .dilations = window.dilations,
          .ceil_mode = attributes.Int("ceil_mode", 0) != 0,
          .count_include_pad = attributes.Int("count_include_pad", 0) != 0};
}

}  // namespace

std::optional<MappedNode> MapConv(ImportNode& node) {
  node.RequireInputs(2, 3);
  const Shape& weights = node.InputShape(1);
  if (weights.rank() != 4) {
    ThrowUnsupported(Text("weights '", node.InputName(1), "' are ", weights,
                          ": expected rank 4; only two-dimensional convolutions are supported"));
  }
  const WindowAttrs window = ReadWindow(node, {weights[2], weights[3]});
  ConvAttrs attrs{.kernel = window.kernel,
                  .strides = window.strides,
                  .pads = window.pads,
                  .dilations = window.dilations,
                  .groups = node.attributes().Int("group", 1),
                  .has_bias = node.HasInput(2)};
  std::vector<ValueId> inputs{node.Input(0), node.Input(1)};
  if (attrs.has_bias) inputs.push_back(node.Input(2));
  return MappedNode{attrs, std::move(inputs)};
}

std::optional<MappedNode> MapMaxPool(ImportNode& node) {
  return MappedNode{ReadPool(node, PoolKind::kMax), {node.Input(0)}};
}

std::optional<MappedNode> MapAveragePool(ImportNode& node) {
  return MappedNode{ReadPool(node, PoolKind::kAverage), {node.Input(0)}};
}

std::optional<MappedNode> MapGlobalAveragePool(ImportNode& node) {
  node.RequireInputs(1, 1);
  return MappedNode{GlobalPoolAttrs{}, {node.Input(0)}};
}

}  // namespace vigil::onnx
