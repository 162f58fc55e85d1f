// The contract of an operator: what every backend, the importer and the trainer read.
// engine/README.md tells how to add one.
#ifndef VIGIL_ENGINE_OPS_OP_H_
#define VIGIL_ENGINE_OPS_OP_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ops/attrs.h"
#include "engine/tensor/tensor.h"

namespace vigil {

// Work of one run: multiply-accumulates (0 where there are none), other arithmetic, and bytes that
// must move at least (inputs, constants, outputs; once each).
struct OpCost {
  std::int64_t macs = 0;
  std::int64_t flops = 0;  // 2 * macs + the rest
  std::int64_t bytes = 0;
};

// Descriptions of the outputs that follow from the inputs' and the attributes. Throws Error (Model,
// kInvalidShape | kInvalidType | kUnsupported) that says what was expected; whoever holds the node
// adds its name.
using InferFn = std::vector<TensorDesc> (*)(const OpAttrs&, std::span<const TensorDesc> in);
using CostFn = OpCost (*)(const OpAttrs&, std::span<const TensorDesc> in,
                          std::span<const TensorDesc> out);
// The definition of the operator: plain loops, float32 (half_storage.cc lends it float16). Outputs
// never alias inputs.
using ReferenceFn = void (*)(const OpAttrs&, std::span<const ConstTensorView> in,
                             std::span<const TensorView> out);

struct OpDef {
  std::string_view name;  // "Conv"; ONNX's name where there is one
  InferFn infer;
  CostFn cost;
  ReferenceFn reference;
};

// The operator that these attributes belong to: the table in op.cc, indexed by the variant's
// alternative.
const OpDef& OpOf(const OpAttrs& attrs);

// The name that users know: OpOf's, or the member of a family ("Relu", "Add", "MaxPool").
std::string OpName(const OpAttrs& attrs);

// float16 lent to an operator of float32 (half_storage.cc). All float operands are alike, and float
// outputs are of their type: throws Error (Model, kInvalidType) where they differ. The reference
// widens float16 inputs, computes in float32 and rounds each output once, to nearest even.
std::vector<TensorDesc> InferInHalf(InferFn infer, const OpAttrs& attrs,
                                    std::span<const TensorDesc> in);
void RunInHalf(ReferenceFn reference, const OpAttrs& attrs, std::span<const ConstTensorView> in,
               std::span<const TensorView> out);

// Makes an OpDef from functions that take the operator's own attributes and see element types as
// they are.
template <typename Attrs, auto Infer, auto Cost, auto Reference>
constexpr OpDef MakeTypedOp(std::string_view name) {
  return {name,
          [](const OpAttrs& a, std::span<const TensorDesc> in) {
            return Infer(std::get<Attrs>(a), in);
          },
          [](const OpAttrs& a, std::span<const TensorDesc> in, std::span<const TensorDesc> out) {
            return Cost(std::get<Attrs>(a), in, out);
          },
          [](const OpAttrs& a, std::span<const ConstTensorView> in,
             std::span<const TensorView> out) { Reference(std::get<Attrs>(a), in, out); }};
}

// The same for functions that know float32 alone: their operator takes float16, too. For all but
// operators that change the type.
template <typename Attrs, auto Infer, auto Cost, auto Reference>
constexpr OpDef MakeOp(std::string_view name) {
  OpDef op = MakeTypedOp<Attrs, Infer, Cost, Reference>(name);
  op.infer = [](const OpAttrs& a, std::span<const TensorDesc> in) {
    return InferInHalf(MakeTypedOp<Attrs, Infer, Cost, Reference>("").infer, a, in);
  };
  op.reference = [](const OpAttrs& a, std::span<const ConstTensorView> in,
                    std::span<const TensorView> out) {
    RunInHalf(MakeTypedOp<Attrs, Infer, Cost, Reference>("").reference, a, in, out);
  };
  return op;
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_OP_H_
