#include "estimator/monitor/validity/input_violation.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"

namespace vigil {
namespace {

struct Described {
  InputViolation violation;
  std::string_view name;
  ErrorCode code;
  std::string_view sentence;
};

constexpr std::array kTable{
    Described{InputViolation::kNotFinite, "not-finite", ErrorCode::kInvalidValue,
              "The input holds NaN or infinities; T was not run."},
    Described{InputViolation::kOutOfRange, "out-of-range", ErrorCode::kInvalidValue,
              "Values lie outside the range that T was trained on; look at scaling and type "
              "conversion."},
    Described{InputViolation::kNormalisation, "normalisation", ErrorCode::kInvalidValue,
              "The inputs look normalised in another way than T was trained with: as bytes 0 to "
              "255, not at all, or twice."},
    Described{InputViolation::kChannelsSwapped, "channels-swapped", ErrorCode::kInvalidShape,
              "The inputs look like BGR where T wants RGB, or the reverse."},
    Described{InputViolation::kTransposed, "transposed", ErrorCode::kInvalidShape,
              "The inputs look interleaved (NHWC) where T wants planes (NCHW)."},
    Described{InputViolation::kConstant, "constant", ErrorCode::kInvalidValue,
              "The input is one value all over; the lens may be covered or the source dead."},
    Described{InputViolation::kSaturated, "saturated", ErrorCode::kInvalidValue,
              "More of the input stands at the ends of its range than any training image had; look "
              "at exposure and clipping."},
    Described{InputViolation::kRepeated, "repeated", ErrorCode::kInvalidValue,
              "The very same input came again and again; the source may be frozen, or a buffer not "
              "refreshed."},
    Described{InputViolation::kMissingFeature, "missing-feature", ErrorCode::kInvalidValue,
              "A channel or feature is absent, or one value all over while others vary."},
    Described{InputViolation::kWrongForm, "wrong-form", ErrorCode::kInvalidShape,
              "The input has another shape or element type than T wants; T was not run."},
};

constexpr auto kAll = [] {
  std::array<InputViolation, kTable.size()> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = kTable[i].violation;
  return all;
}();

const Described& Find(InputViolation violation) {
  const auto found = std::ranges::find(kTable, violation, &Described::violation);
  VIGIL_CHECK(found != kTable.end());
  return *found;
}

}  // namespace

std::span<const InputViolation> AllInputViolations() { return kAll; }

std::string_view NameOf(InputViolation violation) { return Find(violation).name; }
std::string_view SentenceOf(InputViolation violation) { return Find(violation).sentence; }
ErrorCode CodeOf(InputViolation violation) { return Find(violation).code; }

std::string NamesOf(std::uint32_t violations) {
  std::string names;
  for (const Described& described : kTable) {
    if ((violations & Bit(described.violation)) == 0) continue;
    names += Text(names.empty() ? "" : ", ", described.name);
  }
  return names;
}

InputViolation InputViolationFromName(std::string_view name) {
  std::string names;
  for (const Described& described : kTable) {
    if (described.name == name) return described.violation;
    names += Text(names.empty() ? "" : ", ", described.name);
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("violation '", name, "' is unknown: expected one of ", names));
}

}  // namespace vigil
