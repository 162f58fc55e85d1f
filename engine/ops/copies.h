// Operators that only copy, as the copies that they come to: their reference, and what backends run
// in its place.
#ifndef VIGIL_ENGINE_OPS_COPIES_H_
#define VIGIL_ENGINE_OPS_COPIES_H_

#include <span>
#include <vector>

#include "engine/ops/op.h"
#include "engine/ops/strided_copy.h"

namespace vigil {

// From one input of a node to one of its outputs.
struct OperandCopy {
  std::size_t input = 0, output = 0;
  StridedCopy copy;
};
using OperandCopies = std::vector<OperandCopy>;

// Each stands in its operator's file. REQUIRES: descriptions that the shape rule accepts. Together
// the copies write every element of every output, in any order.
OperandCopies Copies(const ConcatAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out);
OperandCopies Copies(const TransposeAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out);
OperandCopies Copies(const SliceAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out);
OperandCopies Copies(const SplitAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out);
OperandCopies Copies(const ExpandAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out);
OperandCopies Copies(const DepthToSpaceAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out);
OperandCopies Copies(const SpaceToDepthAttrs&, std::span<const TensorDesc> in,
                     std::span<const TensorDesc> out);

// Those of any of the operators above, each collapsed; none for the others.
OperandCopies CopiesOf(const OpAttrs& attrs, std::span<const TensorDesc> in,
                       std::span<const TensorDesc> out);

// What is read and written is what the outputs hold.
template <typename Attrs>
OpCost CostCopies(const Attrs&, std::span<const TensorDesc>, std::span<const TensorDesc> out) {
  OpCost cost;
  for (const TensorDesc& desc : out) cost.bytes += 2 * static_cast<std::int64_t>(desc.bytes());
  return cost;
}

template <typename Attrs>
void ReferenceCopies(const Attrs& attrs, std::span<const ConstTensorView> in,
                     std::span<const TensorView> out) {
  std::vector<TensorDesc> in_descs, out_descs;
  for (const ConstTensorView& view : in) in_descs.push_back(view.desc);
  for (const TensorView& view : out) out_descs.push_back(view.desc);
  for (const OperandCopy& copy : Copies(attrs, in_descs, out_descs)) {
    RunCopy(copy.copy, DTypeBytes(in_descs[copy.input].dtype), in[copy.input].data,
            out[copy.output].data);
  }
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_COPIES_H_
