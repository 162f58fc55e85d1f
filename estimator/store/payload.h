// The part of a record that is user data, as one blob of bytes: T's output, the taps, the input's
// statistics. There is no field that could hold an image.
//
// Format (little-endian):
//   byte 0     version, 1; anything else is refused
//   byte 1..   what the codec made (payload_codec.h) of one zstd frame of the body, for the record
//              with its id and model
// Body:
//   u32        values of the output, then each as float32
//   u8         statistics (at most 16), then each as float32
//   u8         taps; for each:
//     u16 + text   name, not empty
//     u8           encoding (tensor/encoding.h)
//     u8           rank, 1 to 6; then each dimension as i64, the first 1
//     bytes        as many as shape and encoding ask for
//   nothing after that
#ifndef VIGIL_ESTIMATOR_STORE_PAYLOAD_H_
#define VIGIL_ESTIMATOR_STORE_PAYLOAD_H_

#include <span>
#include <vector>

#include "estimator/store/payload_codec.h"
#include "estimator/store/record.h"

namespace vigil {

inline constexpr std::size_t kMaxStatistics = 16;
inline constexpr std::size_t kMaxPayloadBodyBytes = std::size_t{64} << 20;

namespace testing {
class UncompressedBodies;
}

// What PackBody compresses with: zstd. Nothing in the product can change it; a test of what the
// store's file shows (tests/store/uncompressed_bodies.h) does, so that compression hides nothing
// from it.
class BodyCompression {
  friend std::vector<std::byte> PackBody(const Record& record);
  friend class testing::UncompressedBodies;
  static std::vector<std::byte> (*compress)(std::span<const std::byte> body, int level);
};

// The body, compressed: what takes time and needs no id yet. Throws Error (Input, kInvalidValue)
// that names what does not fit the format: too many statistics or taps, a tap whose bytes do not
// fit its shape, a body above kMaxPayloadBodyBytes.
std::vector<std::byte> PackBody(const Record& record);
// What PackBody gave, as the payload of this record.
std::vector<std::byte> SealPayload(std::span<const std::byte> packed, const PayloadOwner& owner,
                                   const PayloadCodec& codec);
// The packed body again. Throws Error (Input, kMalformed) for an empty payload; (Input,
// kUnsupported) for another version; as PayloadCodec::Open.
std::vector<std::byte> OpenPayload(std::span<const std::byte> payload, const PayloadOwner& owner,
                                   KeyId key, const PayloadCodec& codec);
// Fills record.output, .taps and .statistics. Throws Error (Input, kMalformed) that says at which
// byte of the body the bytes are not as above. Takes no memory beyond what the body, bounded by
// kMaxPayloadBodyBytes, holds.
void UnpackBody(std::span<const std::byte> packed, Record& record);

// The body alone, without compression. Errors as above.
std::vector<std::byte> SerializeBody(const Record& record);
void ParseBody(std::span<const std::byte> body, Record& record);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_PAYLOAD_H_
