// A tap as it leaves T: encoded, with what is needed to read it back.
#ifndef VIGIL_ESTIMATOR_TAPS_STORED_TAP_H_
#define VIGIL_ESTIMATOR_TAPS_STORED_TAP_H_

#include <string>
#include <vector>

#include "engine/tensor/encoding.h"

namespace vigil {

// One tap of one record: a single sample (batch 1) of the named value of T, encoded.
struct StoredTap {
  std::string name;
  Shape shape;  // with batch 1
  Encoding encoding = Encoding::kFloat32;
  std::vector<std::byte> bytes;  // tensor/encoding.h
};

// The values of a tap. Throws Error (Input, kMalformed) that names the tap where its bytes do not
// fit its shape and encoding.
Tensor DecodeTap(const StoredTap& tap);

// The same into memory of the caller's, e.g. one sample of PE's input batch. Throws also Error
// (Input, kInvalidShape) where `sample` (float32, batch 1) has another shape than the tap.
void DecodeTapInto(const StoredTap& tap, TensorView sample);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TAPS_STORED_TAP_H_
