#include "engine/graph/passes.h"

namespace vigil {

Graph Optimize(const Graph& graph) {
  Graph result = RemoveDead(RemoveIdentities(graph));
  result = FoldBatchNorm(FoldConstants(result));
  return RemoveDead(FuseEpilogues(result));
}

}  // namespace vigil
