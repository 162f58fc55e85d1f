#include "estimator/store/sealed_codec.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <sodium.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::size_t kPublicBytes = crypto_box_PUBLICKEYBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr char kPurpose[] = "vigil record 1";
constexpr std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES> kNonce{};

const unsigned char* Raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
unsigned char* Raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

// Wiped when it goes.
struct RecordKey {
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> bytes{};
  RecordKey() = default;
  RecordKey(const RecordKey&) = delete;
  RecordKey& operator=(const RecordKey&) = delete;
  ~RecordKey() { sodium_memzero(bytes.data(), bytes.size()); }

  // False where `theirs` is none of a curve's points that a key can be.
  bool Derive(std::span<const std::byte> own_secret, std::span<const std::byte> theirs,
              std::span<const std::byte> of_record, std::span<const std::byte> of_evaluator) {
    std::array<unsigned char, crypto_scalarmult_BYTES> shared{};
    if (crypto_scalarmult(shared.data(), Raw(own_secret.data()), Raw(theirs.data())) != 0)
      return false;
    crypto_generichash_state state;
    crypto_generichash_init(&state, nullptr, 0, bytes.size());
    crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(kPurpose),
                              sizeof kPurpose);
    crypto_generichash_update(&state, shared.data(), shared.size());
    crypto_generichash_update(&state, Raw(of_record.data()), of_record.size());
    crypto_generichash_update(&state, Raw(of_evaluator.data()), of_evaluator.size());
    crypto_generichash_final(&state, bytes.data(), bytes.size());
    sodium_memzero(shared.data(), shared.size());
    sodium_memzero(&state, sizeof state);
    return true;
  }
};

std::array<unsigned char, 20> Authenticated(const PayloadOwner& owner) {
  std::array<unsigned char, 20> bytes{};
  std::memcpy(bytes.data(), &owner.record_id, 8);
  std::memcpy(bytes.data() + 8, &owner.model_hash, 8);
  std::memcpy(bytes.data() + 16, &kRecordSchema, 4);
  return bytes;
}

class Sealed final : public PayloadCodec {
 public:
  Sealed(PublicKey evaluator, KeyRing ring) : evaluator_(evaluator), ring_(std::move(ring)) {}

  std::string_view name() const override { return "sealed"; }
  KeyId seal_key() const override { return evaluator_.id(); }
  std::vector<KeyId> open_keys() const override {
    std::vector<KeyId> keys;
    for (const SecretKey& key : ring_) keys.push_back(key.public_key().id());
    return keys;
  }

  std::vector<std::byte> Seal(std::span<const std::byte> plain,
                              const PayloadOwner& owner) const override {
    const SecretKey of_record = SecretKey::Generate();
    const PublicKey& shown = of_record.public_key();
    RecordKey key;
    if (!key.Derive(of_record.bytes(), evaluator_.bytes, shown.bytes, evaluator_.bytes)) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  "the evaluator's public key is no point of its curve: expected one that "
                  "`vigil store keygen` made");
    }
    std::vector<std::byte> sealed(kPublicBytes + plain.size() + kTagBytes);
    std::memcpy(sealed.data(), shown.bytes.data(), kPublicBytes);
    const auto authenticated = Authenticated(owner);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        Raw(sealed.data() + kPublicBytes), nullptr, Raw(plain.data()), plain.size(),
        authenticated.data(), authenticated.size(), nullptr, kNonce.data(), key.bytes.data());
    return sealed;
  }

  std::vector<std::byte> Open(std::span<const std::byte> sealed, const PayloadOwner& owner,
                              KeyId key_id) const override {
    const auto secret =
        std::ranges::find(ring_, key_id, [](const SecretKey& k) { return k.public_key().id(); });
    if (secret == ring_.end()) {
      throw Error(
          Fault::kApi, ErrorCode::kMisuse,
          Text("record ", owner.record_id, " is sealed for key ", key_id, ": ",
               ring_.empty() ? "this process can only seal" : "expected a key file that holds it"));
    }
    const auto damaged = [&](const std::string& what) {
      return Error(Fault::kInput, ErrorCode::kMalformed,
                   Text("record ", owner.record_id, ": ", what));
    };
    if (sealed.size() < kPublicBytes + kTagBytes) {
      throw damaged(Text("sealed payload of ", sealed.size(), " bytes: expected at least ",
                         kPublicBytes + kTagBytes));
    }
    const auto shown = sealed.first(kPublicBytes);
    RecordKey key;
    std::vector<std::byte> plain(sealed.size() - kPublicBytes - kTagBytes);
    const auto authenticated = Authenticated(owner);
    const bool opened = key.Derive(secret->bytes(), shown, shown, secret->public_key().bytes) &&
                        crypto_aead_xchacha20poly1305_ietf_decrypt(
                            Raw(plain.data()), nullptr, nullptr, Raw(sealed.data() + kPublicBytes),
                            sealed.size() - kPublicBytes, authenticated.data(),
                            authenticated.size(), kNonce.data(), key.bytes.data()) == 0;
    if (!opened) {
      throw damaged("its payload is not what was sealed for it: altered, or moved from another");
    }
    return plain;
  }

 private:
  const PublicKey evaluator_;
  const KeyRing ring_;
};

}  // namespace

std::shared_ptr<const PayloadCodec> SealingCodec(const PublicKey& evaluator) {
  return std::make_shared<const Sealed>(evaluator, KeyRing());
}

std::shared_ptr<const PayloadCodec> OpeningCodec(KeyRing ring) {
  VIGIL_CHECK(!ring.empty());
  const PublicKey newest = ring.front().public_key();
  return std::make_shared<const Sealed>(newest, std::move(ring));
}

}  // namespace vigil
