#include "engine/vulkan/kernels/encode.h"

#include "params/encode.h"

namespace vigil::vulkan {

void LowerEncode(Lowering& lowering, ValueId value, Encoding encoding, std::size_t offset) {
  if (encoding == Encoding::kFloat32) return;
  const Shape& shape = lowering.shape(value);
  params::EncodeParams p{};
  p.samples = shape.rank() ? U32(shape[0]) : 1;
  p.channels = U32(ChannelsOf(shape));
  p.sample_elements = shape.rank() ? U32(shape.ElementsFrom(1)) : 1;
  p.sample_words = U32(static_cast<std::int64_t>(EncodedSampleBytes(shape, encoding) / 4));
  const BufferRef tap{BufferRef::Kind::kTaps, -1, offset,
                      std::size_t{p.samples} * p.sample_words * 4};
  const std::vector<BufferRef> buffers{lowering.Operand(value), tap};
  const std::uint64_t words = std::uint64_t{p.samples} * p.sample_words;
  if (encoding == Encoding::kFloat16) {
    lowering.Add("encode_half_f32", p, buffers, CeilDiv(words, kLocalSize)).tap_only = true;
    return;
  }
  lowering.Add("encode_range_f32", p, buffers, std::uint64_t{p.samples} * p.channels).tap_only =
      true;
  lowering
      .Add("encode_bytes_f32", p, buffers,
           CeilDiv(words - std::uint64_t{p.samples} * p.channels * 2, kLocalSize))
      .tap_only = true;
}

}  // namespace vigil::vulkan
