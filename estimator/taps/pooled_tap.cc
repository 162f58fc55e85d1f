#include "estimator/taps/pooled_tap.h"

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/base/text.h"
#include "engine/graph/builder.h"

namespace vigil {
namespace {

constexpr std::int64_t kLeast = 2, kMost = 16;

struct PooledName {
  std::string_view value;
  std::int64_t size = 0;
};

std::optional<PooledName> ParsePooled(std::string_view name) {
  constexpr std::string_view kMark = "/pool";
  const std::size_t at = name.rfind(kMark);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view digits = name.substr(at + kMark.size());
  PooledName pooled{name.substr(0, at)};
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), pooled.size);
  const bool whole = failure == std::errc() && end == digits.data() + digits.size();
  if (!whole || pooled.size < kLeast || pooled.size > kMost) return std::nullopt;
  return pooled;
}

}  // namespace

Graph TappedTarget(const Graph& target, std::span<const std::string> names) {
  std::optional<GraphBuilder> builder;
  for (const std::string& name : names) {
    const std::optional<PooledName> pooled = ParsePooled(name);
    if (!pooled || target.Find(name)) continue;
    const std::optional<ValueId> value = target.Find(pooled->value);
    if (!value || (builder && builder->Find(name))) continue;  // WithTaps says what is wrong
    const TensorDesc& desc = target.value(*value).desc;
    if (desc.shape.rank() != 4 || desc.dtype != DType::kFloat32) {
      throw Error(Fault::kApi, ErrorCode::kUnsupported,
                  Text("tap '", name, "': '", pooled->value, "' is ", DTypeName(desc.dtype), " ",
                       desc.shape, ", expected float32 [N, C, H, W] to take means of"));
    }
    if (!builder) builder.emplace(target);
    builder->Add(name,
                 PoolAttrs{.kind = PoolKind::kAverage,
                           .kernel = {pooled->size, pooled->size},
                           .strides = {pooled->size, pooled->size},
                           .ceil_mode = true},
                 {*value});
  }
  return (builder ? std::move(*builder).Build() : target).WithTaps(names);
}

}  // namespace vigil
