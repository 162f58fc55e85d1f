// ReduceSum, ReduceMean, ReduceMax, ReduceMin, ReduceProd, ReduceL1, ReduceL2, ReduceSumSquare,
// ReduceLogSum, ReduceLogSumExp, ONNX 1-20 (the axes folded to an attribute).
#ifndef VIGIL_ENGINE_OPS_REDUCE_H_
#define VIGIL_ENGINE_OPS_REDUCE_H_

#include <cstdint>
#include <vector>

#include "engine/ops/iterate.h"

namespace vigil {

// The first seven are finished by an operation on the sum, maximum, minimum or product; the numbers
// are the ABI of shaders/ops/reduce.comp.
enum class ReduceKind {
  kSum = 0,
  kMean = 1,
  kMax = 2,
  kMin = 3,
  kProd = 4,
  kL1 = 5,
  kL2 = 6,
  kSumSquare = 7,
  kLogSum = 8,
  kLogSumExp = 9
};

// One input of any rank, of float32; of integers for those without root or logarithm (which wrap
// around, the mean towards zero); of bool for the maximum and the minimum. `axes` (0 to rank - 1,
// rising) go: to one with keep_dims, else altogether. At least one; the importer resolves negatives
// and names all where ONNX leaves them out.
struct ReduceAttrs {
  ReduceKind kind = ReduceKind::kMean;
  std::vector<std::int64_t> axes;
  bool keep_dims = true;
};

// How the elements behind one output lie: output o starts where `kept` (a shape with steps) puts
// it, and the elements follow as `gone` says. Both in the order of the input's dimensions.
struct ReduceWalk {
  Shape kept, gone;
  Strides kept_strides{}, gone_strides{};
};
ReduceWalk WalkOf(const ReduceAttrs& attrs, const Shape& in);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_REDUCE_H_
