#include "params/resize.h"

#include <bit>

#include "engine/ops/resize_plan.h"
#include "engine/vulkan/kernels/kernel.h"

namespace vigil::vulkan {
namespace {

// Appends a dimension's taps to the table; one that stays as it is has one for each element.
std::uint32_t AppendTaps(const ResizeAxis& axis, std::int64_t size,
                         std::vector<std::uint32_t>& table) {
  for (std::int64_t i = 0; axis.count == 0 && i < size; ++i) {
    table.push_back(U32(i));
    table.push_back(std::bit_cast<std::uint32_t>(1.0f));
  }
  for (const ResizeTap& tap : axis.taps) {
    table.push_back(tap.index == ResizeTap::kOutside ? RESIZE_OUTSIDE : U32(tap.index));
    table.push_back(std::bit_cast<std::uint32_t>(tap.weight));
  }
  return axis.count == 0 ? 1 : static_cast<std::uint32_t>(axis.count);
}

}  // namespace

void LowerResize(const Node& node, Lowering& lowering) {
  const auto& attrs = std::get<ResizeAttrs>(node.attrs);
  const Shape& in = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  const std::vector<ResizeAxis> axes = PlanResize(attrs, in, out);
  // The two dimensions that change, or others in their place; -1 stands for one of one element.
  int a = -1, b = -1;
  for (int d = 0; d < out.rank(); ++d) {
    if (axes[static_cast<std::size_t>(d)].count == 0) continue;
    a = b;
    b = d;
  }
  const ResizeAxis same;
  const auto axis = [&](int d) -> const ResizeAxis& {
    return d < 0 ? same : axes[static_cast<std::size_t>(d)];
  };
  params::ResizeParams p{};
  std::vector<std::uint32_t> table;
  p.elements = U32(out.elements());
  p.a_in = a < 0 ? 1 : U32(in[a]);
  p.a_out = a < 0 ? 1 : U32(out[a]);
  p.a_taps = AppendTaps(axis(a), p.a_out, table);
  p.b_in = b < 0 ? 1 : U32(in[b]);
  p.b_out = b < 0 ? 1 : U32(out[b]);
  p.b_table = static_cast<std::uint32_t>(table.size());
  p.b_taps = AppendTaps(axis(b), p.b_out, table);
  p.inner = b < 0 ? p.elements : U32(out.ElementsFrom(b + 1));
  p.middle = 1;
  for (int d = a + 1; a >= 0 && d < b; ++d) p.middle *= U32(out[d]);
  p.extrapolation = attrs.extrapolation;
  lowering.Add(
      "resize_f32", p,
      {lowering.Operand(node.inputs[0]), lowering.Words(table), lowering.Operand(node.outputs[0])},
      CeilDiv(p.elements, kLocalSize));
}

}  // namespace vigil::vulkan
