#include "estimator/store/payload_codec.h"

namespace vigil {
namespace {

class Plain final : public PayloadCodec {
 public:
  std::string_view name() const override { return "plain"; }
  std::vector<std::byte> Seal(std::span<const std::byte> plain) const override {
    return {plain.begin(), plain.end()};
  }
  std::vector<std::byte> Open(std::span<const std::byte> sealed) const override {
    return {sealed.begin(), sealed.end()};
  }
};

}  // namespace

std::shared_ptr<const PayloadCodec> PlainCodec() {
  static const auto codec = std::make_shared<const Plain>();
  return codec;
}

}  // namespace vigil
