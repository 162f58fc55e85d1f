// The keys of a sealed store, and their files.
#ifndef VIGIL_ESTIMATOR_STORE_KEYS_H_
#define VIGIL_ESTIMATOR_STORE_KEYS_H_

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "estimator/store/payload_codec.h"

namespace vigil {

// X25519. Whoever has it can add records and open none.
struct PublicKey {
  std::array<std::byte, 32> bytes{};

  KeyId id() const;  // positive, by the key's hash
  bool operator==(const PublicKey&) const = default;
};

// Wiped from memory when it goes.
class SecretKey {
 public:
  static SecretKey Generate();
  explicit SecretKey(std::span<const std::byte, 32> bytes);
  ~SecretKey();
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;

  const PublicKey& public_key() const { return public_key_; }
  std::span<const std::byte, 32> bytes() const { return bytes_; }

 private:
  std::array<std::byte, 32> bytes_;
  PublicKey public_key_;
};

// The newest first: its public half seals, all of them open.
using KeyRing = std::vector<SecretKey>;

// Text files of lines "vigil-public-key 1 BASE64" (one) and "vigil-secret-key 1 BASE64" (one or
// more, the newest first); "#" begins a comment.
//
// A file of secret keys must be a regular file that belongs to this user or to root and that nobody
// else may read or write: such as 0600, or the 0400 of a systemd credential. Reading throws Error:
// (Input, kNotFound | kIo) naming the file; (Input, kMalformed) with the line; (Api, kMisuse) for
// an owner or a mode that lets others in.
PublicKey ReadPublicKey(const std::filesystem::path& path);
KeyRing ReadKeyRing(const std::filesystem::path& path);

// Replace the file as a whole, made durable before; public keys are 0644, secret ones 0600. Throw
// Error (Api, kIo). REQUIRES: ring is not empty.
void WritePublicKey(const PublicKey& key, const std::filesystem::path& path);
void WriteKeyRing(const KeyRing& ring, const std::filesystem::path& path);

// The ring in `secret`; where there is none, a new key is made and both files are written. A public
// file that is missing or of another key is written anew. For the evaluator's first start.
KeyRing ReadOrMakeKeys(const std::filesystem::path& secret,
                       const std::filesystem::path& public_file);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_KEYS_H_
