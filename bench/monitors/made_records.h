// Records and verdicts that nobody took, for what only their shapes and number decide.
#ifndef VIGIL_BENCH_MONITORS_MADE_RECORDS_H_
#define VIGIL_BENCH_MONITORS_MADE_RECORDS_H_

#include <cstdint>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/store/store.h"

namespace vigil::bench {

// So many records with T's taps (int8 a channel, a spread of values), `outputs` numbers of output
// and 8 of the input's statistics, three minutes apart.
std::vector<Record> MakeRecords(const Graph& target, std::size_t outputs, std::int64_t count);

// `count` records without taps in the store, judged: a month in scenes of four frames, tagged with
// a camera, a site and a light, T right in some 80 of 100.
void FillWithVerdicts(Store& store, std::uint64_t estimator_hash, std::int64_t count);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_MONITORS_MADE_RECORDS_H_
