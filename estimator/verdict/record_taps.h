// A record's taps as the inputs of a network that judges it.
#ifndef VIGIL_ESTIMATOR_VERDICT_RECORD_TAPS_H_
#define VIGIL_ESTIMATOR_VERDICT_RECORD_TAPS_H_

#include <string>
#include <string_view>

#include "engine/tensor/tensor.h"
#include "estimator/store/record.h"

namespace vigil {

// Throws Error (Input) naming the record and the tap: kNotFound where the record lacks it,
// kInvalidShape for another shape than `expected` (batch 1), which is `who`'s ("the estimator"),
// kMalformed for bytes that do not fit the encoding.
void CheckTap(const Record& record, const std::string& name, const Shape& expected,
              std::string_view who);

// Decodes the tap into one row of a batch. REQUIRES: CheckTap accepts it for that row's shape.
void DecodeTapIntoRow(const Record& record, const std::string& name, Tensor& batch,
                      std::int64_t row);

// One row of a batch as a tensor of batch 1.
TensorView RowOf(Tensor& batch, std::int64_t row);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_RECORD_TAPS_H_
