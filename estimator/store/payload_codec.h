// How a payload is protected on its way into the store.
#ifndef VIGIL_ESTIMATOR_STORE_PAYLOAD_CODEC_H_
#define VIGIL_ESTIMATOR_STORE_PAYLOAD_CODEC_H_

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace vigil {

// A store remembers the name of the codec that it was made with, and refuses to open with another.
// Implementations are thread-safe.
class PayloadCodec {
 public:
  virtual ~PayloadCodec() = default;

  virtual std::string_view name() const = 0;
  virtual std::vector<std::byte> Seal(std::span<const std::byte> plain) const = 0;
  // Throws Error (Input, kMalformed) for what Seal did not make; (Api, kMisuse) where this process
  // may only seal.
  virtual std::vector<std::byte> Open(std::span<const std::byte> sealed) const = 0;
};

// Bytes as they are: whoever may read the file may read them. Named "plain".
std::shared_ptr<const PayloadCodec> PlainCodec();

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_PAYLOAD_CODEC_H_
