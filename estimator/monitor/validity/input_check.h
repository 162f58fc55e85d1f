// T's inputs against the schema of what T was trained on, on T's own thread.
#ifndef VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_CHECK_H_
#define VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_CHECK_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "estimator/monitor/validity/mistake_evidence.h"

namespace vigil {

// Of a stream of inputs, in their order. What one input tells by itself: its form, values out of
// range and, where they are, which normalisation they have, an input or a channel of one value,
// saturation, and interleaved channels where they are plain. What takes several: another
// normalisation within the range, swapped channels, interleaved ones that are nearly grey, an input
// that came kRepeats times among the last kRemembered before it. None of them costs an allocation,
// a lock or a system call; some microseconds in all.
//
// Not told: rows for columns of a square picture; a wrong crop or aspect; anything of inputs that
// are not float32, but for their form.
class InputCheck {
 public:
  static constexpr int kRepeats = 3, kRemembered = 16;

  explicit InputCheck(InputSchema schema);
  InputCheck(const InputCheck&) = delete;  // the evidence refers to the schema
  InputCheck& operator=(const InputCheck&) = delete;

  // Bits of InputViolation; 0: nothing was found. Values are expected to be finite: NaN counts as
  // out of range.
  std::uint32_t Check(ConstTensorView input);

  // The last Check found this violation: what it is, with the name of the mistake.
  std::string Message(InputViolation violation) const;

  const InputSchema& schema() const { return schema_; }

 private:
  std::uint32_t OfValues(const InputSample& sample) const;
  std::uint32_t OfMistakes(const InputSample& sample, std::uint32_t found);
  bool Repeated(std::uint64_t fingerprint);

  const InputSchema schema_;
  std::optional<MistakeEvidence> evidence_;  // none where nothing is sampled
  int best_ = -1;                            // the mistake that explains values out of range
  std::array<std::uint64_t, kRemembered> fingerprints_{};
  std::size_t remembered_ = 0;  // of all time
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_CHECK_H_
