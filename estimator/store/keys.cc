#include "estimator/store/keys.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPublicWord = "vigil-public-key", kSecretWord = "vigil-secret-key";
constexpr std::string_view kVersion = "1";
constexpr std::size_t kKeyBytes = 32;
static_assert(kKeyBytes == crypto_box_PUBLICKEYBYTES && kKeyBytes == crypto_box_SECRETKEYBYTES);

using KeyBytes = std::array<std::byte, kKeyBytes>;

unsigned char* Raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* Raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}

void StartSodium() {
  static const int result = sodium_init();
  if (result < 0) {
    throw Error(Fault::kApi, ErrorCode::kUnsupported,
                "libsodium does not start: expected a system with random numbers");
  }
}

[[noreturn]] void Refuse(Fault fault, ErrorCode code, const fs::path& path,
                         const std::string& what) {
  throw Error(fault, code, Text("key file '", path.string(), "': ", what));
}

std::string Encoded(std::span<const std::byte, kKeyBytes> bytes) {
  std::string text(sodium_base64_encoded_len(kKeyBytes, sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), Raw(bytes.data()), kKeyBytes,
                    sodium_base64_VARIANT_ORIGINAL);
  text.resize(std::strlen(text.c_str()));
  return text;
}

std::optional<KeyBytes> Decoded(const std::string& text) {
  KeyBytes bytes;
  std::size_t size = 0;
  const int result = sodium_base642bin(Raw(bytes.data()), kKeyBytes, text.data(), text.size(),
                                       nullptr, &size, nullptr, sodium_base64_VARIANT_ORIGINAL);
  if (result != 0 || size != kKeyBytes) return std::nullopt;
  return bytes;
}

// The keys of a file whose every line begins with `word`.
std::vector<KeyBytes> ParseKeys(const std::string& text, std::string_view word,
                                const fs::path& path) {
  std::vector<KeyBytes> keys;
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream parts(line);
    std::string found, version, encoded, rest;
    parts >> found >> version >> encoded;
    if (found.empty() || found.starts_with('#')) continue;
    const std::optional<KeyBytes> key =
        found == word && version == kVersion && !(parts >> rest) ? Decoded(encoded) : std::nullopt;
    // The line itself is not repeated: it may be a secret.
    if (!key) {
      Refuse(Fault::kInput, ErrorCode::kMalformed, path,
             Text("line ", number, " is no key: expected \"", word, " ", kVersion,
                  " BASE64\" of 32 bytes"));
    }
    keys.push_back(*key);
    sodium_memzero(encoded.data(), encoded.size());
    sodium_memzero(line.data(), line.size());
  }
  if (keys.empty()) {
    Refuse(Fault::kInput, ErrorCode::kMalformed, path, Text("expected a line \"", word, " ..\""));
  }
  return keys;
}

// Refuses a file that lets others in, looked at once it is open, so that nobody can swap it.
std::string ReadFile(const fs::path& path, bool secret) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | (secret ? O_NOFOLLOW : 0));
  if (file < 0) {
    Refuse(Fault::kInput, errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo, path,
           Text(std::strerror(errno), ": expected a file that this user may read"));
  }
  struct stat status {};
  constexpr off_t kMostBytes = 64 << 10;
  const bool known = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  const bool ours = status.st_uid == geteuid() || status.st_uid == 0;
  const bool closed = (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  std::string text;
  if (known && status.st_size <= kMostBytes) {
    text.resize(static_cast<std::size_t>(status.st_size));
    const ssize_t got = read(file, text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  }
  close(file);
  if (!known || status.st_size > kMostBytes) {
    Refuse(Fault::kInput, ErrorCode::kMalformed, path, "expected a small regular file");
  }
  if (secret && (!ours || !closed)) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", status.st_mode & 07777u);
    Refuse(Fault::kApi, ErrorCode::kMisuse, path,
           Text("mode ", mode, " of user ", status.st_uid,
                ": expected a secret that only its owner can read, such as 0600 of this user"));
  }
  return text;
}

void Write(const fs::path& path, const std::string& text, mode_t mode) {
  const std::error_code failure = ReplaceFile(path, text, mode);
  if (!failure) return;
  Refuse(Fault::kApi, ErrorCode::kIo, path,
         Text("writing: ", failure.message(), ": expected a folder that this user may write"));
}

}  // namespace

KeyId PublicKey::id() const {
  std::array<unsigned char, crypto_generichash_BYTES_MIN> hash{};
  crypto_generichash(hash.data(), hash.size(), Raw(bytes.data()), bytes.size(), nullptr, 0);
  KeyId id = 0;
  std::memcpy(&id, hash.data(), sizeof id);
  id &= 0x7fffffffffffffff;
  return id == 0 ? 1 : id;
}

SecretKey SecretKey::Generate() {
  StartSodium();
  KeyBytes bytes;
  randombytes_buf(bytes.data(), bytes.size());
  SecretKey key(bytes);
  sodium_memzero(bytes.data(), bytes.size());
  return key;
}

SecretKey::SecretKey(std::span<const std::byte, 32> bytes) {
  StartSodium();
  std::memcpy(bytes_.data(), bytes.data(), bytes.size());
  crypto_scalarmult_base(Raw(public_key_.bytes.data()), Raw(bytes_.data()));
}

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

PublicKey ReadPublicKey(const fs::path& path) {
  const std::vector<KeyBytes> keys = ParseKeys(ReadFile(path, /*secret=*/false), kPublicWord, path);
  if (keys.size() > 1) {
    Refuse(Fault::kInput, ErrorCode::kMalformed, path,
           Text(keys.size(), " public keys: expected one"));
  }
  return {keys.front()};
}

KeyRing ReadKeyRing(const fs::path& path) {
  std::string text = ReadFile(path, /*secret=*/true);
  std::vector<KeyBytes> keys = ParseKeys(text, kSecretWord, path);
  KeyRing ring;
  for (KeyBytes& bytes : keys) {
    ring.emplace_back(bytes);
    sodium_memzero(bytes.data(), bytes.size());
  }
  sodium_memzero(text.data(), text.size());
  return ring;
}

void WritePublicKey(const PublicKey& key, const fs::path& path) {
  Write(path, Text(kPublicWord, " ", kVersion, " ", Encoded(key.bytes), "\n"), 0644);
}

void WriteKeyRing(const KeyRing& ring, const fs::path& path) {
  VIGIL_CHECK(!ring.empty());
  std::string text;
  for (const SecretKey& key : ring)
    text += Text(kSecretWord, " ", kVersion, " ", Encoded(key.bytes()), "\n");
  Write(path, text, 0600);
  sodium_memzero(text.data(), text.size());
}

KeyRing ReadOrMakeKeys(const fs::path& secret, const fs::path& public_file) {
  std::error_code unused;
  KeyRing ring;
  if (fs::exists(secret, unused)) {
    ring = ReadKeyRing(secret);
  } else {
    ring.push_back(SecretKey::Generate());
    WriteKeyRing(ring, secret);
  }
  const PublicKey& current = ring.front().public_key();
  if (!fs::exists(public_file, unused) || !(ReadPublicKey(public_file) == current)) {
    WritePublicKey(current, public_file);
  }
  return ring;
}

}  // namespace vigil
