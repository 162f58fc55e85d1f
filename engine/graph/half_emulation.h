// float16's numbers without float16's memory.
#ifndef VIGIL_ENGINE_GRAPH_HALF_EMULATION_H_
#define VIGIL_ENGINE_GRAPH_HALF_EMULATION_H_

#include "engine/graph/graph.h"

namespace vigil {

// The same network with every float16 value as a float32 one that holds the same numbers: constants
// are widened, each node that stored in float16 is followed by a HalfRound, casts from float16 are
// gone. For backends whose kernels know float32 alone: it has fp16's numerics and none of its
// savings. A graph without float16 comes back as it is.
Graph EmulateHalf(const Graph& graph);

}  // namespace vigil

#endif  // VIGIL_ENGINE_GRAPH_HALF_EMULATION_H_
