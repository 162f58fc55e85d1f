// Quantised networks as files have them (QuantizeLinear and DequantizeLinear around float
// operators) made into operators on integers.
#ifndef VIGIL_ENGINE_GRAPH_FUSE_QUANTIZED_H_
#define VIGIL_ENGINE_GRAPH_FUSE_QUANTIZED_H_

#include "engine/graph/graph.h"

namespace vigil {

// Whether the network holds integers to compute with.
bool IsQuantized(const Graph& graph);

// DequantizeLinear(x), DequantizeLinear(weights), bias -> Conv|Gemm -> [Relu|Clip] ->
// QuantizeLinear becomes one QLinearConv or product of integers. Where no QuantizeLinear follows,
// or somebody reads the float value between, the integer accumulators are dequantised instead, and
// what follows runs in float, as does all that stands between other pairs. Weights are constant,
// int8 or uint8, with scales of output channels or one; x has one scale; a float bias is rounded to
// the accumulator's steps. A tap of a value that this swallows keeps the float nodes that make it,
// off the path to the outputs.
Graph FuseQuantized(const Graph& graph);

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_FUSE_QUANTIZED_H_
