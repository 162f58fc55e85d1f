#include "engine/onnx/tensor_proto.h"

#include <bit>
#include <cmath>
#include <cstring>

#include "engine/base/half.h"
#include "engine/base/text.h"

namespace vigil::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is copied as it is");

[[noreturn]] void ThrowMalformed(const schema::TensorProto& proto, const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kMalformed, Text("tensor '", proto.name(), "': ", message));
}

Shape ShapeOf(const schema::TensorProto& proto) {
  try {
    return Shape(std::span<const std::int64_t>(proto.dims().data(),
                                               static_cast<std::size_t>(proto.dims_size())));
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), Text("tensor '", proto.name(), "': ", error.what()));
  }
}

// How one ONNX element type is stored (Stored) and kept (Kept), and which typed field may hold it.
// `raw`: the bytes, where there are bytes.
template <typename Stored, typename Kept, typename Field, typename Convert>
Tensor Read(const schema::TensorProto& proto, const std::string* raw, const Field& field,
            const Convert& convert) {
  const Shape shape = ShapeOf(proto);
  const auto elements = static_cast<std::size_t>(shape.elements());
  if (raw) {
    if (raw->size() != elements * sizeof(Stored)) {
      ThrowMalformed(
          proto, Text(raw->size(), " bytes of data: expected ", elements * sizeof(Stored), " for ",
                      shape, " of ", DataTypeName(proto.data_type())));
    }
    Tensor tensor({DTypeOf<Kept>(), shape});
    const auto out = tensor.as<Kept>();
    for (std::size_t i = 0; i < elements; ++i) {
      Stored stored;
      std::memcpy(&stored, raw->data() + i * sizeof(Stored), sizeof(Stored));
      out[i] = convert(stored);
    }
    return tensor;
  }
  if (static_cast<std::size_t>(field.size()) != elements) {
    ThrowMalformed(proto, Text(field.size(), " elements of data: expected ", elements, " for ",
                               shape, " of ", DataTypeName(proto.data_type())));
  }
  Tensor tensor({DTypeOf<Kept>(), shape});
  const auto out = tensor.as<Kept>();
  for (std::size_t i = 0; i < elements; ++i) {
    out[i] = convert(static_cast<Stored>(field.Get(static_cast<int>(i))));
  }
  return tensor;
}

constexpr auto kAsIs = [](auto stored) { return stored; };

}  // namespace

std::optional<DType> KeptType(std::int32_t type) {
  switch (type) {
    case kOnnxFloat:
    case kOnnxFloat16:
    case kOnnxDouble:
      return DType::kFloat32;
    case kOnnxInt32:
      return DType::kInt32;
    case kOnnxInt64:
      return DType::kInt64;
    case kOnnxInt8:
      return DType::kInt8;
    case kOnnxUInt8:
      return DType::kUInt8;
    case kOnnxBool:
      return DType::kBool;
    default:
      return std::nullopt;
  }
}

std::int32_t OnnxTypeOf(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return kOnnxFloat;
    case DType::kFloat16:
      return kOnnxFloat16;
    case DType::kInt8:
      return kOnnxInt8;
    case DType::kUInt8:
      return kOnnxUInt8;
    case DType::kInt32:
      return kOnnxInt32;
    case DType::kInt64:
      return kOnnxInt64;
    case DType::kBool:
      return kOnnxBool;
  }
  return 0;
}

Tensor ReadTensor(const schema::TensorProto& proto, const ExternalData* external) {
  std::string elsewhere;
  const std::string* raw = proto.has_raw_data() ? &proto.raw_data() : nullptr;
  if (proto.data_location() != 0 || proto.external_data_size() > 0) {
    ShapeOf(proto);  // absurd dimensions are refused before a file is opened
    elsewhere = ReadExternal(proto, external);
    raw = &elsewhere;
  }
  switch (proto.data_type()) {
    case kOnnxFloat:
      return Read<float, float>(proto, raw, proto.float_data(), kAsIs);
    case kOnnxFloat16:
      return Read<std::uint16_t, float>(proto, raw, proto.int32_data(), HalfToFloat);
    case kOnnxDouble:
      return Read<double, float>(proto, raw, proto.double_data(),
                                 [](double stored) { return static_cast<float>(stored); });
    case kOnnxInt32:
      return Read<std::int32_t, std::int32_t>(proto, raw, proto.int32_data(), kAsIs);
    case kOnnxInt64:
      return Read<std::int64_t, std::int64_t>(proto, raw, proto.int64_data(), kAsIs);
    case kOnnxInt8:
      return Read<std::int8_t, std::int8_t>(proto, raw, proto.int32_data(), kAsIs);
    case kOnnxUInt8:
      return Read<std::uint8_t, std::uint8_t>(proto, raw, proto.int32_data(), kAsIs);
    case kOnnxBool:
      return Read<std::uint8_t, bool>(proto, raw, proto.int32_data(),
                                      [](std::uint8_t stored) { return stored != 0; });
    default:
      throw Error(
          Fault::kModel, ErrorCode::kUnsupported,
          Text("tensor '", proto.name(), "' has elements of ", DataTypeName(proto.data_type()),
               ": expected float, float16, double, int8, uint8, int32, int64 or bool"));
  }
}

void WriteTensor(const Tensor& tensor, const std::string& name, schema::TensorProto& proto) {
  proto.set_name(name);
  proto.set_data_type(OnnxTypeOf(tensor.desc().dtype));
  for (const std::int64_t dim : tensor.shape().dims()) proto.add_dims(dim);
  const auto bytes = tensor.bytes();
  proto.set_raw_data(bytes.data(), bytes.size());
}

bool WriteTensorAsHalf(const Tensor& tensor, const std::string& name, schema::TensorProto& proto) {
  const auto values = tensor.as<float>();
  std::string raw(values.size() * 2, '\0');
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint16_t half = FloatToHalf(values[i]);
    if (std::isfinite(values[i]) && !std::isfinite(HalfToFloat(half))) return false;
    std::memcpy(raw.data() + i * 2, &half, 2);
  }
  proto.set_name(name);
  proto.set_data_type(kOnnxFloat16);
  for (const std::int64_t dim : tensor.shape().dims()) proto.add_dims(dim);
  proto.set_raw_data(std::move(raw));
  return true;
}

std::string DataTypeName(std::int32_t type) {
  switch (type) {
    case kOnnxFloat:
      return "float";
    case kOnnxUInt8:
      return "uint8";
    case kOnnxInt8:
      return "int8";
    case kOnnxInt32:
      return "int32";
    case kOnnxInt64:
      return "int64";
    case kOnnxBool:
      return "bool";
    case kOnnxFloat16:
      return "float16";
    case kOnnxDouble:
      return "double";
    default:
      return Text("type ", type);
  }
}

}  // namespace vigil::onnx
