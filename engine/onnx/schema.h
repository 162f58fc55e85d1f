// The generated messages of onnx_schema.proto, under a short name. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_SCHEMA_H_
#define VIGIL_ENGINE_ONNX_SCHEMA_H_

#include <cstdint>

#include "onnx_schema.pb.h"

namespace vigil::onnx {

namespace schema = ::vigil::onnx_schema;

// TensorProto.DataType, as far as we read it.
enum DataType : std::int32_t {
  kOnnxFloat = 1,
  kOnnxUInt8 = 2,
  kOnnxInt8 = 3,
  kOnnxInt32 = 6,
  kOnnxInt64 = 7,
  kOnnxBool = 9,
  kOnnxFloat16 = 10,
  kOnnxDouble = 11,
};

// AttributeProto.AttributeType.
enum AttributeType : std::int32_t {
  kAttributeFloat = 1,
  kAttributeInt = 2,
  kAttributeString = 3,
  kAttributeTensor = 4,
  kAttributeFloats = 6,
  kAttributeInts = 7,
};

// What SaveOnnx writes.
inline constexpr std::int64_t kWrittenOpset = 17;
inline constexpr std::int64_t kWrittenIrVersion = 8;

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_SCHEMA_H_
