// A float network as a quantised one, from the ranges that its values take.
#ifndef VIGIL_ENGINE_GRAPH_QUANTIZE_MODEL_H_
#define VIGIL_ENGINE_GRAPH_QUANTIZE_MODEL_H_

#include <map>
#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

// Of the real numbers that eight bits are to hold.
struct ValueRange {
  float low = 0.0f, high = 0.0f;
};

// The network as QuantizeModel wants it: dropouts gone, batch norms folded into weights.
Graph PrepareToQuantize(const Graph& graph);

// Values that QuantizeModel needs a range of: what Conv and Gemm with constant weights read.
std::vector<std::string> ValuesToQuantize(const Graph& graph);

// QuantizeLinear and DequantizeLinear pairs (QDQ) around what Conv and Gemm read: activations as
// uint8, one scale a tensor; weights as int8, symmetric, one scale an output channel; biases as
// int32 in steps of the two. Everything else, residual sums among it, stays float. Inputs, outputs
// and metadata stay. A value that only quantised nodes read names what comes out of its pair from
// then on, and NAME.raw what goes in: a tap of NAME is then what the network itself goes on with.
// A node is left in float where a range is missing. REQUIRES: `graph` comes of PrepareToQuantize.
Graph QuantizeModel(const Graph& graph, const std::map<std::string, ValueRange>& ranges);

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_QUANTIZE_MODEL_H_
