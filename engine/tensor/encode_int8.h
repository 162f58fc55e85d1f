// The int8 encoding of one sample, from wherever its channels lie. For encoding.cc alone.
#ifndef VIGIL_ENGINE_TENSOR_ENCODE_INT8_H_
#define VIGIL_ENGINE_TENSOR_ENCODE_INT8_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace vigil {

// Channels that lie together: x[pixel * stride + lane], lane from 0 to 15, 0 to 7, or 0 alone.
struct Int8Block {
  const float* x;
  std::size_t pixels;
  std::size_t stride;     // where it is the number of lanes, all of them may be read
  int channels;           // of the lanes, those that mean something, from the first
  std::byte* header;      // float scale, float offset a channel, wherever they lie
  std::uint8_t* encoded;  // [channels, pixels]
};

// One way to compute it, for an instruction set; all give the same bits.
struct Int8Encoder {
  std::string_view name;
  // By the number of lanes.
  void (*one_lane)(const Int8Block&);
  void (*eight_lanes)(const Int8Block&);
  void (*sixteen_lanes)(const Int8Block&);
};

// All that this processor can run, best first; never empty.
std::span<const Int8Encoder> Int8Encoders();

}  // namespace vigil

#endif  // VIGIL_ENGINE_TENSOR_ENCODE_INT8_H_
