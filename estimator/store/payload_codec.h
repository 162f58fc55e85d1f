// How a payload is protected on its way into the store.
#ifndef VIGIL_ESTIMATOR_STORE_PAYLOAD_CODEC_H_
#define VIGIL_ESTIMATOR_STORE_PAYLOAD_CODEC_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace vigil {

// Names a key in the store; 0 stands for none.
using KeyId = std::int64_t;

// The version of a record's columns and payload, authenticated where a codec does that. It rises
// when their meaning changes, not with every change of the tables: the migration that makes it rise
// has to seal anew what waits.
inline constexpr std::uint32_t kRecordSchema = 1;

// Which record a payload belongs to. A codec that authenticates makes sure of it: a payload that
// was moved to another record does not open.
struct PayloadOwner {
  std::int64_t record_id = 0;
  std::uint64_t model_hash = 0;  // of T
};

// A store remembers the name of the codec that it was made with, and refuses to open with another.
// Implementations are thread-safe.
class PayloadCodec {
 public:
  virtual ~PayloadCodec() = default;

  virtual std::string_view name() const = 0;
  virtual KeyId seal_key() const = 0;                // of all that Seal makes
  virtual std::vector<KeyId> open_keys() const = 0;  // what Open can open; empty: nothing
  virtual std::vector<std::byte> Seal(std::span<const std::byte> plain,
                                      const PayloadOwner& owner) const = 0;
  // `key`: the seal_key() of who sealed it. Throws Error: (Input, kMalformed) for what Seal did not
  // make for this owner; (Api, kMisuse) for a key that is not among open_keys().
  virtual std::vector<std::byte> Open(std::span<const std::byte> sealed, const PayloadOwner& owner,
                                      KeyId key) const = 0;
};

// Bytes as they are: whoever may read the file may read them. Named "plain", key 0.
std::shared_ptr<const PayloadCodec> PlainCodec();

// For commands that look at a store without its keys: opens a store of any codec, seals nothing,
// and of payloads only those that are not sealed. Without a name.
std::shared_ptr<const PayloadCodec> LookingCodec();

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_PAYLOAD_CODEC_H_
