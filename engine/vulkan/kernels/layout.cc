#include "engine/base/text.h"
#include "engine/ops/copies.h"
#include "engine/vulkan/kernels/dims.h"
#include "engine/vulkan/kernels/kernel.h"

#include "params/copy.h"
#include "params/gather.h"
#include "params/pad.h"

namespace vigil::vulkan {
namespace {

// The shader adds modulo 2^32, so that a negative step is its two's complement.
params::CopyParams MakeCopyParams(const StridedCopy& copy) {
  params::CopyParams p{};
  p.elements = U32(copy.dims.elements());
  p.rank = static_cast<std::uint32_t>(copy.dims.rank());
  p.from_start = U32(copy.from_start);
  p.to_start = U32(copy.to_start);
  for (std::size_t i = 0; i < p.rank; ++i) {
    p.dims[i] = U32(copy.dims[static_cast<int>(i)]);
    p.from_steps[i] = U32(copy.from_steps[i]);
    p.to_steps[i] = U32(copy.to_steps[i]);
  }
  return p;
}

void AddPad(const PadAttrs& attrs, const Node& node, Lowering& lowering) {
  const Shape& in = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  const Strides steps = DenseSteps(in);
  params::PadParams p{};
  p.elements = U32(out.elements());
  p.value = attrs.value;
  Strides begins{};
  std::vector<std::int64_t> lengths;
  std::int64_t start = 0;
  for (int d = 0; d < in.rank(); ++d) {
    const PadAxis axis = PadAxisOf(attrs, d, in[d]);
    begins[static_cast<std::size_t>(d)] = axis.begin;
    lengths.push_back(axis.length);
    start += axis.crop * steps[static_cast<std::size_t>(d)];
  }
  p.start = U32(start);
  CopyDims(p.dims, out);
  CopyDims(p.lengths, Shape(std::span<const std::int64_t>(lengths)));
  CopyStrides(p.in_steps, steps, in.rank());
  CopyStrides(p.begins, begins, in.rank());
  lowering.Add("pad_f32", p, {lowering.Operand(node.inputs[0]), lowering.Operand(node.outputs[0])},
               CeilDiv(p.elements, kLocalSize), Activation::Kind::kNone,
               {static_cast<std::uint32_t>(attrs.mode)});
}

}  // namespace

void LowerCopies(const Node& node, Lowering& lowering) {
  const Graph& graph = lowering.graph();
  for (const OperandCopy& copy :
       CopiesOf(node.attrs, graph.Descs(node.inputs), graph.Descs(node.outputs))) {
    const params::CopyParams p = MakeCopyParams(copy.copy);
    lowering.Add(
        "copy_f32", p,
        {lowering.Operand(node.inputs[copy.input]), lowering.Operand(node.outputs[copy.output])},
        CeilDiv(p.elements, kLocalSize));
  }
}

void LowerPad(const Node& node, Lowering& lowering) {
  AddPad(std::get<PadAttrs>(node.attrs), node, lowering);
}

// The input again and again is what wrapped padding behind it is.
void LowerTile(const Node& node, Lowering& lowering) {
  const Shape& in = lowering.shape(node.inputs[0]);
  const Shape& out = lowering.shape(node.outputs[0]);
  PadAttrs attrs{.pads = std::vector<std::int64_t>(2 * static_cast<std::size_t>(in.rank())),
                 .mode = PadMode::kWrap};
  for (int d = 0; d < in.rank(); ++d) {
    attrs.pads[static_cast<std::size_t>(in.rank() + d)] = out[d] - in[d];
  }
  AddPad(attrs, node, lowering);
}

void LowerGather(const Node& node, Lowering& lowering) {
  const int axis = static_cast<int>(std::get<GatherAttrs>(node.attrs).axis);
  const Shape& data = lowering.shape(node.inputs[0]);
  const Tensor& constant = *lowering.graph().value(node.inputs[1]).constant;
  std::vector<std::uint32_t> indices;
  const auto add = [&](auto values) {
    for (const std::int64_t at : values) {
      if (at < -data[axis] || at >= data[axis]) {
        throw Error(Fault::kModel, ErrorCode::kInvalidValue,
                    Text("node '", node.name, "': index ", at, " into dimension ", axis, " of ",
                         data, ": expected ", -data[axis], " to ", data[axis] - 1));
      }
      indices.push_back(U32(at < 0 ? at + data[axis] : at));
    }
  };
  if (constant.desc().dtype == DType::kInt64) {
    add(constant.as<std::int64_t>());
  } else {
    add(constant.as<std::int32_t>());
  }
  params::GatherParams p{};
  p.elements = U32(lowering.shape(node.outputs[0]).elements());
  p.inner = U32(data.ElementsFrom(axis + 1));
  p.count = static_cast<std::uint32_t>(indices.size());
  p.size = U32(data[axis]);
  lowering.Add("gather_f32", p,
               {lowering.Operand(node.inputs[0]), lowering.Words(indices),
                lowering.Operand(node.outputs[0])},
               CeilDiv(p.elements, kLocalSize));
}

}  // namespace vigil::vulkan
