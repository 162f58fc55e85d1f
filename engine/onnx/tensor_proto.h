// TensorProto <-> Tensor. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_TENSOR_PROTO_H_
#define VIGIL_ENGINE_ONNX_TENSOR_PROTO_H_

#include <optional>

#include "engine/onnx/external_data.h"
#include "engine/onnx/schema.h"
#include "engine/tensor/tensor.h"

namespace vigil::onnx {

// Reads raw or typed data, or data kept in another file, from the folder `external` (null:
// refused). float16 and double become float32; int8, uint8, int32, int64 and bool stay. Memory is
// taken only once the bytes are known to be there. Throws Error (Model, kMalformed | kInvalidShape)
// where bytes and dimensions do not agree, (Model, kUnsupported) for other element types and for
// data kept elsewhere; the message names the tensor.
Tensor ReadTensor(const schema::TensorProto& proto, const ExternalData* external = nullptr);

// The element type that ReadTensor keeps, nothing where it refuses the type.
std::optional<DType> KeptType(std::int32_t type);
std::int32_t OnnxTypeOf(DType dtype);

// Writes raw data, little-endian.
void WriteTensor(const Tensor& tensor, const std::string& name, schema::TensorProto& proto);

// Writes a float32 tensor as float16. False, with `proto` untouched, where a finite element would
// become infinite.
bool WriteTensorAsHalf(const Tensor& tensor, const std::string& name, schema::TensorProto& proto);

// ONNX's name of an element type, for messages; "type 17" where it has none here.
std::string DataTypeName(std::int32_t type);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_TENSOR_PROTO_H_
