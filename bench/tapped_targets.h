// The T's that the benches of T's own time run, with the taps that PE wants of them.
#ifndef VIGIL_BENCH_TAPPED_TARGETS_H_
#define VIGIL_BENCH_TAPPED_TARGETS_H_

#include <string>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil::bench {

// "mobilenet_v2_224" (untrained, BuildEstimator's default taps), "directness" and "cifar10" (as
// shipped, the taps of the PE that ships with them).
const std::vector<std::string>& TargetNames();

// Throw Error: (Api, kNotFound) that lists the names; as reading the models does.
Graph TappedTargetOf(const std::string& name);
// The PE that judges it, with its metadata: the shipped one; of the untrained T, an untrained one
// of full size.
Graph EstimatorOf(const std::string& name);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_TAPPED_TARGETS_H_
