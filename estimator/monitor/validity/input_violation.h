// What can be wrong with an input of T, a bit each.
#ifndef VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_VIOLATION_H_
#define VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_VIOLATION_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace vigil {

// The bits of Record::violations and of the C interface; a bit never changes its meaning. One input
// tells all but those of `kFromSeveral` below.
enum class InputViolation : std::uint32_t {
  kNotFinite = 1u << 0,
  kOutOfRange = 1u << 1,
  kNormalisation = 1u << 2,
  kChannelsSwapped = 1u << 3,
  kTransposed = 1u << 4,
  kConstant = 1u << 5,
  kSaturated = 1u << 6,
  kRepeated = 1u << 7,
  kMissingFeature = 1u << 8,
  kWrongForm = 1u << 9,
};

inline constexpr std::uint32_t Bit(InputViolation violation) {
  return static_cast<std::uint32_t>(violation);
}

// Told from several inputs where one leaves doubt (InputCheck).
inline constexpr std::uint32_t kFromSeveral =
    Bit(InputViolation::kNormalisation) | Bit(InputViolation::kChannelsSwapped) |
    Bit(InputViolation::kTransposed) | Bit(InputViolation::kRepeated);

// In the order of the bits.
std::span<const InputViolation> AllInputViolations();

std::string_view NameOf(InputViolation violation);      // "channels-swapped"
std::string_view SentenceOf(InputViolation violation);  // what it is and what to look at
ErrorCode CodeOf(InputViolation violation);             // of the Input fault
// "out-of-range, normalisation"; empty for none. Bits that this version does not know are left out.
std::string NamesOf(std::uint32_t violations);
// Throws Error (Api, kNotFound) that lists the names.
InputViolation InputViolationFromName(std::string_view name);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_VIOLATION_H_
