// Rewrites of a Graph that keep its answers. Each returns a new graph whose inputs, outputs and
// taps keep their names and order. None depends on the taps in what it does to the path to the
// outputs, so outputs with and without taps are bit-identical (DESIGN.md contract 2).
#ifndef VIGIL_ENGINE_GRAPH_PASSES_H_
#define VIGIL_ENGINE_GRAPH_PASSES_H_

#include <string_view>

#include "engine/graph/graph.h"

namespace vigil {

// Nodes whose inputs are all constant become constants, computed by the operators' references.
Graph FoldConstants(const Graph& graph);

// Identity and Dropout go; their consumers read what went in. A tapped or output one stays as it
// is.
Graph RemoveIdentities(const Graph& graph);

// BatchNormalization after Conv, ConvTranspose of one group or Gemm (whose value nothing else on
// the path reads) moves into weights and bias, in double precision. A tap of the value that this
// removes keeps the original node as an extra dispatch.
Graph FoldBatchNorm(const Graph& graph);

// Conv|ConvTranspose|Gemm + Add of an equal shape -> residual; these or Binary + a Unary that
// ActivationOf knows
// -> activation, where the value between has one consumer and is no output. A swallowed value that
// is tapped becomes a further output of the fused node (ops/epilogue.h).
Graph FuseEpilogues(const Graph& graph);

// Nodes and constants that no output and no tap needs go.
Graph RemoveDead(const Graph& graph);

// All of the above in the order that backends want.
Graph Optimize(const Graph& graph);

// Not of these: the part of the network behind a value, which becomes its one input; no taps.
// Throws Error: (Api, kNotFound) where there is no such value; (Model, kUnsupported) where an
// output does not depend on it, or also depends on values that it does not give, which are named: a
// residual that goes around it, another input.
Graph TailFrom(const Graph& graph, std::string_view value);

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_PASSES_H_
