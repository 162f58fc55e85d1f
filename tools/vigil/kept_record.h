// What a device keeps of an inference, for the commands that play one.
#ifndef VIGIL_TOOLS_VIGIL_KEPT_RECORD_H_
#define VIGIL_TOOLS_VIGIL_KEPT_RECORD_H_

#include <cstdint>
#include <optional>

#include "estimator/monitor/validity/input_check.h"
#include "estimator/store/record.h"
#include "estimator/taps/target_runner.h"

namespace vigil {

// `record` (its id, its time, what is known of the scene) with what T left of row `row`: output,
// taps, the input's statistics, and what `check` finds in it (none: T's file has no schema).
// `input` is the batch that T has just run on; `kept` is what that run returned.
Record KeptRecord(Record record, const TargetRunner& target, const TargetRunner::Kept& kept,
                  const Tensor& input, std::int64_t row, std::optional<InputCheck>& check);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_KEPT_RECORD_H_
