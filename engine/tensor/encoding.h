// Compact encodings of float32 tensors, written by a backend at the end of a run or by the host.
// Tensors of other element types (indices, say) keep their elements as they are in every encoding.
//
// Layout of one encoded sample of C channels (ChannelsOf) and E elements:
//   float32   E * 4 bytes, as they are
//   float16   E * 2 bytes, IEEE binary16, round to nearest even, clamped to +-65504
//   int8      C * 8 bytes (float scale, float offset, a channel), then E unsigned bytes q:
//             value = offset + scale * q; scale = (max - min) / 255, offset = min of that channel
//             of that sample; a zero is +0
// A batch is its samples one after the other. Every part starts at a multiple of 4 bytes; a
// sample's size is rounded up to 4. NaN encodes as the channel's offset (int8); callers check
// inputs first.
#ifndef VIGIL_ENGINE_TENSOR_ENCODING_H_
#define VIGIL_ENGINE_TENSOR_ENCODING_H_

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/tensor/tensor.h"

namespace vigil {

enum class Encoding : std::uint8_t { kFloat32 = 0, kFloat16 = 1, kInt8 = 2 };

std::string_view EncodingName(Encoding encoding);  // "fp32", "fp16", "int8"
// Throws Error (Api, kNotFound) that lists the names.
Encoding EncodingFromName(std::string_view name);

// Dimension 1 of a tensor of rank 3 or more, else 1 (a vector is one channel).
std::int64_t ChannelsOf(const Shape& shape);

// Bytes of one sample (dimension 0 taken as the batch).
std::size_t EncodedSampleBytes(const Shape& shape, Encoding encoding);  // of float32
std::size_t EncodedSampleBytes(const TensorDesc& desc, Encoding encoding);

// Encodes the whole batch of `tensor`. REQUIRES: out.size() == batch * EncodedSampleBytes.
void Encode(ConstTensorView tensor, Encoding encoding, std::span<std::byte> out);

// How the values of a shape [N, C, H, W] lie in memory; of other ranks there is the plain order
// alone.
enum class ChannelOrder : std::uint8_t {
  kPlain,     // [N, C, H, W]
  kLast,      // [N, H, W, C]
  kBlocks8,   // [N, C / 8 rounded up, H, W, 8]; the last block may hold anything beyond C
  kBlocks16,  // the same with 16
};

// Encodes float32 of this shape that lies in another order: the same bytes as Encode of the same
// values in the plain one. REQUIRES: kPlain where shape's rank is not 4; out.size() as Encode.
void EncodeInt8(const float* values, const Shape& shape, ChannelOrder order,
                std::span<std::byte> out);
// The same in parts, each of some channels of one sample, which may be encoded side by side: `part`
// from 0 to Int8Parts - 1.
std::int64_t Int8Parts(const Shape& shape, ChannelOrder order);
void EncodeInt8Part(const float* values, const Shape& shape, ChannelOrder order, std::int64_t part,
                    std::span<std::byte> out);

// The inverse; `tensor` says shape and element type.
// Throws Error (Input, kMalformed) where the sizes do not agree.
void Decode(std::span<const std::byte> encoded, Encoding encoding, TensorView tensor);

}  // namespace vigil

#endif  // VIGIL_ENGINE_TENSOR_ENCODING_H_
