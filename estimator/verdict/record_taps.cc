#include "estimator/verdict/record_taps.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

[[noreturn]] void Refuse(const Record& record, ErrorCode code, const std::string& message) {
  throw Error(Fault::kInput, code, Text("record ", record.id, ": ", message));
}

}  // namespace

const StoredTap* FindTap(const Record& record, const std::string& name) {
  const auto found = std::ranges::find(record.taps, name, &StoredTap::name);
  return found == record.taps.end() ? nullptr : &*found;
}

void CheckTap(const Record& record, const std::string& name, const Shape& expected,
              std::string_view who) {
  const StoredTap* tap = FindTap(record, name);
  if (tap == nullptr) {
    Refuse(record, ErrorCode::kNotFound,
           Text("tap '", name, "' is missing, expected shape ", expected));
  }
  if (!(tap->shape == expected)) {
    Refuse(record, ErrorCode::kInvalidShape,
           Text("tap '", name, "' has shape ", tap->shape, ", ", who, " expects ", expected));
  }
  const std::size_t bytes = EncodedSampleBytes(expected, tap->encoding);
  if (tap->bytes.size() != bytes) {
    Refuse(record, ErrorCode::kMalformed,
           Text("tap '", name, "' has ", tap->bytes.size(), " bytes, expected ", bytes, " in ",
                EncodingName(tap->encoding)));
  }
}

TensorView RowOf(Tensor& batch, std::int64_t row) {
  const TensorDesc desc{batch.desc().dtype, batch.shape().With(0, 1)};
  return {desc, batch.bytes().data() + static_cast<std::size_t>(row) * desc.bytes()};
}

ConstTensorView RowOf(const Tensor& batch, std::int64_t row) {
  const TensorDesc desc{batch.desc().dtype, batch.shape().With(0, 1)};
  return {desc, batch.bytes().data() + static_cast<std::size_t>(row) * desc.bytes()};
}

void DecodeTapIntoRow(const Record& record, const std::string& name, Tensor& batch,
                      std::int64_t row) {
  DecodeTapInto(*FindTap(record, name), RowOf(batch, row));
}

void CheckOutput(const Record& record, std::size_t outputs, std::string_view who) {
  if (record.output.size() != outputs) {
    Refuse(
        record, ErrorCode::kInvalidShape,
        Text("target output has ", record.output.size(), " numbers, ", who, " expects ", outputs));
  }
  for (const float value : record.output) {
    if (!std::isfinite(value)) {
      Refuse(record, ErrorCode::kInvalidValue,
             Text("target output has ", value, ", expected finite numbers"));
    }
  }
}

}  // namespace vigil
