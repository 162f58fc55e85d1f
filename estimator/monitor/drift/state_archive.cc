#include "estimator/monitor/drift/state_archive.h"

#include <sodium.h>

#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

// Set before the bytes, so that another machine's order is seen too.
std::uint64_t Seal(std::string_view kind, std::string_view bytes) {
  return Hasher().Add(kind).Add(bytes).value();
}

}  // namespace

std::string StateWriter::Close(std::string_view kind) const {
  const std::uint64_t seal = Seal(kind, bytes_);
  std::string sealed(reinterpret_cast<const char*>(&seal), sizeof seal);
  sealed += bytes_;
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string text(sodium_base64_encoded_len(sealed.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(sealed.data()),
                    sealed.size(), kVariant);
  text.pop_back();  // the terminating zero
  return text;
}

StateReader::StateReader(std::string_view text, std::string_view kind) {
  std::string sealed(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(sealed.data()), sealed.size(), text.data(),
                        text.size(), nullptr, &size, nullptr,
                        sodium_base64_VARIANT_ORIGINAL_NO_PADDING) != 0) {
    Refuse("it is no base64");
  }
  std::uint64_t seal = 0;
  if (size < sizeof seal) Refuse("it ends too early");
  std::memcpy(&seal, sealed.data(), sizeof seal);
  bytes_ = sealed.substr(sizeof seal, size - sizeof seal);
  if (seal != Seal(kind, bytes_)) Refuse("its checksum does not fit its kind and bytes");
}

void StateReader::Close() const {
  if (at_ != bytes_.size()) Refuse("bytes are left at its end");
}

void StateReader::Refuse(const char* what) {
  throw Error(Fault::kInput, ErrorCode::kMalformed, Text("state of a monitor: ", what));
}

}  // namespace vigil
