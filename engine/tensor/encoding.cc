#include "engine/tensor/encoding.h"

#include <algorithm>
#include <cstring>

#include "engine/base/half.h"
#include "engine/base/text.h"
#include "engine/tensor/encode_int8.h"

namespace vigil {
namespace {

constexpr float kHalfMax = 65504.0f;

void DecodeInt8(const std::byte* in, std::int64_t channels, std::span<float> values) {
  const std::size_t plane = channels ? values.size() / static_cast<std::size_t>(channels) : 0;
  const auto* q = reinterpret_cast<const std::uint8_t*>(in + channels * 8);
  for (std::int64_t c = 0; c < channels; ++c) {
    float header[2];
    std::memcpy(header, in + c * 8, sizeof(header));
    for (float& v : values.subspan(static_cast<std::size_t>(c) * plane, plane)) {
      v = header[1] + header[0] * static_cast<float>(*q++);
    }
  }
}

void EncodeBlock(std::size_t lanes, const Int8Block& block) {
  const Int8Encoder& encoder = Int8Encoders().front();
  (lanes == 1 ? encoder.one_lane : lanes == 8 ? encoder.eight_lanes : encoder.sixteen_lanes)(block);
}

std::size_t Samples(const TensorDesc& desc) {
  return static_cast<std::size_t>(desc.shape.rank() ? desc.shape[0] : 1);
}

std::size_t SampleBytes(const TensorDesc& desc) {
  return static_cast<std::size_t>(desc.shape.rank() ? desc.shape.ElementsFrom(1) : 1) *
         DTypeBytes(desc.dtype);
}

// Channels that are encoded together: those that lie together, and 16 of those that lie last.
std::int64_t LanesOf(ChannelOrder order) {
  switch (order) {
    case ChannelOrder::kPlain:
      return 1;
    case ChannelOrder::kBlocks8:
      return 8;
    case ChannelOrder::kLast:
    case ChannelOrder::kBlocks16:
      return 16;
  }
  return 1;
}

}  // namespace

std::string_view EncodingName(Encoding encoding) {
  switch (encoding) {
    case Encoding::kFloat32:
      return "fp32";
    case Encoding::kFloat16:
      return "fp16";
    case Encoding::kInt8:
      return "int8";
  }
  return "unknown";
}

Encoding EncodingFromName(std::string_view name) {
  for (const Encoding e : {Encoding::kFloat32, Encoding::kFloat16, Encoding::kInt8}) {
    if (EncodingName(e) == name) return e;
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("tap encoding '", name, "': expected fp32, fp16 or int8"));
}

std::int64_t ChannelsOf(const Shape& shape) { return shape.rank() >= 3 ? shape[1] : 1; }

std::size_t EncodedSampleBytes(const Shape& shape, Encoding encoding) {
  const std::size_t elements = static_cast<std::size_t>(shape.rank() ? shape.ElementsFrom(1) : 1);
  std::size_t bytes = elements * 4;
  if (encoding == Encoding::kFloat16) bytes = elements * 2;
  if (encoding == Encoding::kInt8)
    bytes = static_cast<std::size_t>(ChannelsOf(shape)) * 8 + elements;
  return (bytes + 3) / 4 * 4;
}

std::size_t EncodedSampleBytes(const TensorDesc& desc, Encoding encoding) {
  if (desc.dtype == DType::kFloat32) return EncodedSampleBytes(desc.shape, encoding);
  return (SampleBytes(desc) + 3) / 4 * 4;
}

std::int64_t Int8Parts(const Shape& shape, ChannelOrder order) {
  const std::int64_t samples = shape.rank() ? shape[0] : 1, lanes = LanesOf(order);
  if (samples == 0 || shape.elements() == 0) return 0;
  return samples * ((ChannelsOf(shape) + lanes - 1) / lanes);
}

void EncodeInt8Part(const float* values, const Shape& shape, ChannelOrder order, std::int64_t part,
                    std::span<std::byte> out) {
  const bool last = order == ChannelOrder::kLast;
  const auto channels = static_cast<std::size_t>(ChannelsOf(shape));
  const auto pixels = static_cast<std::size_t>(shape.rank() ? shape.ElementsFrom(1) : 1) / channels;
  const auto most = static_cast<std::size_t>(LanesOf(order));
  const std::size_t parts = (channels + most - 1) / most;  // of a sample
  const auto n = static_cast<std::size_t>(part) / parts;
  const std::size_t c = static_cast<std::size_t>(part) % parts * most;
  const std::size_t lanes = last && channels - c <= 8 ? 8 : most;
  values += n * (last ? channels : parts * most) * pixels;
  std::byte* to = out.data() + n * EncodedSampleBytes(shape, Encoding::kInt8);
  EncodeBlock(lanes, {values + (last ? c : c * pixels), pixels, last ? channels : lanes,
                      static_cast<int>(std::min(lanes, channels - c)), to + c * 8,
                      reinterpret_cast<std::uint8_t*>(to + channels * 8) + c * pixels});
}

void EncodeInt8(const float* values, const Shape& shape, ChannelOrder order,
                std::span<std::byte> out) {
  VIGIL_CHECK(order == ChannelOrder::kPlain || shape.rank() == 4);
  const auto samples = static_cast<std::size_t>(shape.rank() ? shape[0] : 1);
  VIGIL_CHECK(out.size() == samples * EncodedSampleBytes(shape, Encoding::kInt8));
  for (std::int64_t part = 0; part < Int8Parts(shape, order); ++part)
    EncodeInt8Part(values, shape, order, part, out);
}

void Encode(ConstTensorView tensor, Encoding encoding, std::span<std::byte> out) {
  if (tensor.desc.dtype != DType::kFloat32) {
    const std::size_t bytes = EncodedSampleBytes(tensor.desc, encoding);
    VIGIL_CHECK(out.size() == Samples(tensor.desc) * bytes);
    const auto* from = static_cast<const std::byte*>(tensor.data);
    for (std::size_t n = 0; n < Samples(tensor.desc); ++n, from += SampleBytes(tensor.desc)) {
      std::memcpy(out.data() + n * bytes, from, SampleBytes(tensor.desc));
    }
    return;
  }
  const auto values = tensor.as<float>();
  if (encoding == Encoding::kInt8) {
    EncodeInt8(values.data(), tensor.desc.shape, ChannelOrder::kPlain, out);
    return;
  }
  const std::size_t sample_bytes = EncodedSampleBytes(tensor.desc.shape, encoding);
  const std::size_t sample =
      static_cast<std::size_t>(tensor.desc.shape.rank() ? tensor.desc.shape.ElementsFrom(1) : 1);
  const std::size_t batch = sample ? values.size() / sample : 0;
  VIGIL_CHECK(out.size() == batch * sample_bytes);
  for (std::size_t n = 0; n < batch; ++n) {
    const auto part = values.subspan(n * sample, sample);
    std::byte* to = out.data() + n * sample_bytes;
    if (encoding == Encoding::kFloat32) {
      std::memcpy(to, part.data(), part.size_bytes());
    } else {
      auto* halves = reinterpret_cast<std::uint16_t*>(to);
      for (std::size_t i = 0; i < sample; ++i)
        halves[i] = FloatToHalf(std::clamp(part[i], -kHalfMax, kHalfMax));
    }
  }
}

void Decode(std::span<const std::byte> encoded, Encoding encoding, TensorView tensor) {
  const std::size_t sample_bytes = EncodedSampleBytes(tensor.desc, encoding);
  const std::size_t sample =
      static_cast<std::size_t>(tensor.desc.shape.rank() ? tensor.desc.shape.ElementsFrom(1) : 1);
  const std::size_t batch = sample ? Samples(tensor.desc) : 0;
  if (encoded.size() != batch * sample_bytes) {
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("encoded ", EncodingName(encoding), " tensor of ", tensor.desc.shape, " has ",
                     encoded.size(), " bytes: expected ", batch * sample_bytes));
  }
  if (tensor.desc.dtype != DType::kFloat32) {
    auto* to = static_cast<std::byte*>(tensor.data);
    for (std::size_t n = 0; n < batch; ++n, to += SampleBytes(tensor.desc)) {
      std::memcpy(to, encoded.data() + n * sample_bytes, SampleBytes(tensor.desc));
    }
    return;
  }
  const auto values = tensor.as<float>();
  for (std::size_t n = 0; n < batch; ++n) {
    const auto part = values.subspan(n * sample, sample);
    const std::byte* from = encoded.data() + n * sample_bytes;
    if (encoding == Encoding::kFloat32) {
      std::memcpy(part.data(), from, part.size_bytes());
    } else if (encoding == Encoding::kFloat16) {
      const auto* halves = reinterpret_cast<const std::uint16_t*>(from);
      for (std::size_t i = 0; i < sample; ++i) part[i] = HalfToFloat(halves[i]);
    } else {
      DecodeInt8(from, ChannelsOf(tensor.desc.shape), part);
    }
  }
}

}  // namespace vigil
