// A Resize taken apart: for each dimension, which input elements an output element is made of.
#ifndef VIGIL_ENGINE_OPS_RESIZE_PLAN_H_
#define VIGIL_ENGINE_OPS_RESIZE_PLAN_H_

#include <vector>

#include "engine/ops/resize.h"
#include "engine/tensor/tensor.h"

namespace vigil {

// One input element and its weight. kOutside in the first of an output element's taps: the element
// is the extrapolation value.
struct ResizeTap {
  static constexpr std::int32_t kOutside = -1;
  std::int32_t index = 0;
  float weight = 1.0f;
};

// Element i is the sum of taps[i * count] to taps[i * count + count - 1]. count 0: the dimension
// stays as it is.
struct ResizeAxis {
  int count = 0;
  std::vector<ResizeTap> taps;
};

// Of each dimension. REQUIRES: shapes that the shape rule accepts.
std::vector<ResizeAxis> PlanResize(const ResizeAttrs& attrs, const Shape& in, const Shape& out);

// A Resize with its tables and scratch memory. One run at a time; a run allocates nothing.
class ResizeRunner {
 public:
  ResizeRunner(const ResizeAttrs& attrs, const Shape& in, const Shape& out);
  void Run(const float* x, float* y);

 private:
  struct Row {
    std::int64_t start;
    float weight;
  };
  // The input's rows that make up output row `row`; none where it lies outside.
  void FindRows(std::int64_t row);
  void WriteRow(const float* x, float* y) const;

  Shape in_, out_;
  float extrapolation_;
  std::vector<ResizeAxis> axes_;
  std::vector<Row> rows_, next_;  // of the output row at hand; as many as there can be
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_RESIZE_PLAN_H_
