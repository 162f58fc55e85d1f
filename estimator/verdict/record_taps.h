// A record's taps and output as what a network that judges it wants.
#ifndef VIGIL_ESTIMATOR_VERDICT_RECORD_TAPS_H_
#define VIGIL_ESTIMATOR_VERDICT_RECORD_TAPS_H_

#include <string>
#include <string_view>

#include "engine/tensor/tensor.h"
#include "estimator/store/record.h"

namespace vigil {

// Null where the record has none of this name.
const StoredTap* FindTap(const Record& record, const std::string& name);

// Throws Error (Input) naming the record and `who` expects it, such as "the estimator": kNotFound
// where the tap is missing, kInvalidShape where it has another shape than `expected` (batch 1),
// kMalformed where its bytes do not fit its encoding.
void CheckTap(const Record& record, const std::string& name, const Shape& expected,
              std::string_view who);

// Decodes the tap into one row of a batch. REQUIRES: CheckTap accepts it for that row's shape.
void DecodeTapIntoRow(const Record& record, const std::string& name, Tensor& batch,
                      std::int64_t row);

// One row of a batch as a tensor of batch 1.
TensorView RowOf(Tensor& batch, std::int64_t row);
ConstTensorView RowOf(const Tensor& batch, std::int64_t row);

// Throws Error (Input) the same way: kInvalidShape for another number of T's outputs, kInvalidValue
// for one that is not finite.
void CheckOutput(const Record& record, std::size_t outputs, std::string_view who);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_RECORD_TAPS_H_
