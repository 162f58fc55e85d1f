// Elements copied from one strided view of memory to another: what operators that only move values
// come to, on every backend.
#ifndef VIGIL_ENGINE_OPS_STRIDED_COPY_H_
#define VIGIL_ENGINE_OPS_STRIDED_COPY_H_

#include <cstddef>

#include "engine/ops/iterate.h"
#include "engine/tensor/shape.h"

namespace vigil {

// For every index of `dims`: to[to_start + index . to_steps] = from[from_start + index .
// from_steps], counted in elements. Steps may be 0 (an element is read often) or negative.
struct StridedCopy {
  Shape dims;
  std::int64_t from_start = 0, to_start = 0;
  Strides from_steps{}, to_steps{};
};

// The same copy in as few dimensions as possible: those of one element go, and neighbours that both
// sides walk as one are joined.
StridedCopy Collapse(const StridedCopy& copy);

// REQUIRES: both places hold what the copy reaches, elements of `element_bytes`. Allocates nothing.
void RunCopy(const StridedCopy& copy, std::size_t element_bytes, const void* from, void* to);

// Steps of a dense tensor of this shape.
Strides DenseSteps(const Shape& shape);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_STRIDED_COPY_H_
