#include "estimator/verdict/record_taps.h"

#include <algorithm>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

const StoredTap* FindTap(const Record& record, const std::string& name) {
  const auto found = std::ranges::find(record.taps, name, &StoredTap::name);
  return found == record.taps.end() ? nullptr : &*found;
}

}  // namespace

TensorView RowOf(Tensor& batch, std::int64_t row) {
  const TensorDesc desc{batch.desc().dtype, batch.shape().With(0, 1)};
  return {desc, batch.bytes().data() + static_cast<std::size_t>(row) * desc.bytes()};
}

void CheckTap(const Record& record, const std::string& name, const Shape& expected,
              std::string_view who) {
  const auto fail = [&](ErrorCode code, const std::string& message) {
    throw Error(Fault::kInput, code, Text("record ", record.id, ": tap '", name, "' ", message));
  };
  const StoredTap* tap = FindTap(record, name);
  if (tap == nullptr) fail(ErrorCode::kNotFound, Text("is missing, expected shape ", expected));
  if (!(tap->shape == expected)) {
    fail(ErrorCode::kInvalidShape,
         Text("has shape ", tap->shape, ", ", who, " expects ", expected));
  }
  const std::size_t bytes = EncodedSampleBytes(expected, tap->encoding);
  if (tap->bytes.size() != bytes) {
    fail(ErrorCode::kMalformed, Text("has ", tap->bytes.size(), " bytes, expected ", bytes, " in ",
                                     EncodingName(tap->encoding)));
  }
}

void DecodeTapIntoRow(const Record& record, const std::string& name, Tensor& batch,
                      std::int64_t row) {
  DecodeTapInto(*FindTap(record, name), RowOf(batch, row));
}

}  // namespace vigil
