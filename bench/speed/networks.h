// The networks that engines are compared on.
#ifndef VIGIL_BENCH_SPEED_NETWORKS_H_
#define VIGIL_BENCH_SPEED_NETWORKS_H_

#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil::bench {

// "mobilenet_v2_224" and "resnet18_224" (untrained), the T's and PEs that ship, and
// "estimator_full" (Table 2 of the paper, untrained).
const std::vector<std::string>& NetworkNames();

// Throws Error: (Api, kNotFound) that lists the names; as reading the models does.
Graph NetworkOf(const std::string& name);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_SPEED_NETWORKS_H_
