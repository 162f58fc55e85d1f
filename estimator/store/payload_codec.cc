#include "estimator/store/payload_codec.h"

#include "engine/base/error.h"

namespace vigil {
namespace {

class Plain : public PayloadCodec {
 public:
  std::string_view name() const override { return "plain"; }
  KeyId seal_key() const override { return 0; }
  std::vector<KeyId> open_keys() const override { return {0}; }
  std::vector<std::byte> Seal(std::span<const std::byte> plain,
                              const PayloadOwner& /*owner*/) const override {
    return {plain.begin(), plain.end()};
  }
  std::vector<std::byte> Open(std::span<const std::byte> sealed, const PayloadOwner& /*owner*/,
                              KeyId /*key*/) const override {
    return {sealed.begin(), sealed.end()};
  }
};

class Looking final : public Plain {
 public:
  std::string_view name() const override { return ""; }
  std::vector<std::byte> Seal(std::span<const std::byte> /*plain*/,
                              const PayloadOwner& /*owner*/) const override {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                "a store that was opened to look at takes no records: expected a codec");
  }
};

}  // namespace

std::shared_ptr<const PayloadCodec> PlainCodec() {
  static const auto codec = std::make_shared<const Plain>();
  return codec;
}

std::shared_ptr<const PayloadCodec> LookingCodec() {
  static const auto codec = std::make_shared<const Looking>();
  return codec;
}

}  // namespace vigil
