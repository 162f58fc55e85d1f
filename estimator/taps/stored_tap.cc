#include "estimator/taps/stored_tap.h"

#include "engine/base/text.h"

namespace vigil {

void DecodeTapInto(const StoredTap& tap, TensorView sample) {
  if (!(sample.desc.shape == tap.shape)) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text("tap '", tap.name, "' is ", tap.shape, ": expected ", sample.desc.shape));
  }
  const std::size_t expected = EncodedSampleBytes(tap.shape, tap.encoding);
  if (tap.bytes.size() != expected || (tap.shape.rank() > 0 && tap.shape[0] != 1)) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("tap '", tap.name, "' of ", tap.shape, " as ", EncodingName(tap.encoding),
                     " has ", tap.bytes.size(), " bytes: expected one sample of ", expected));
  }
  Decode(tap.bytes, tap.encoding, sample);
}

Tensor DecodeTap(const StoredTap& tap) {
  Tensor tensor({DType::kFloat32, tap.shape});
  DecodeTapInto(tap, tensor.view());
  return tensor;
}

}  // namespace vigil
