// What is wrong with T's inputs, found on T's own thread and counted.
#ifndef VIGIL_ESTIMATOR_SERVICE_INPUT_WATCH_H_
#define VIGIL_ESTIMATOR_SERVICE_INPUT_WATCH_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "estimator/monitor/validity/input_check.h"
#include "estimator/service/incident_journal.h"

namespace vigil {

// Finds violations in one input after the other and counts each as an incident of the family Input.
// T's thread; an input costs what InputCheck does, and a look at the clock and two atomic writes
// for a violation.
class InputWatch {
 public:
  // `journal` outlives this. Without a schema nothing but values that are not finite, and what
  // Count is told, is found.
  InputWatch(IncidentJournal& journal, std::optional<InputSchema> schema);

  // An inference begins: nothing is found yet.
  void Begin() { violations_ = 0; }
  // Throws Error (Input, kInvalidValue) that names the first value that is not finite, after
  // counting it. Other element types than float32 have none.
  void RequireFinite(ConstTensorView input, std::string_view name);
  // Against the schema. A wrong form is left to whoever refuses the input: it says what is wrong.
  void Check(ConstTensorView input);
  // Another form than T's, say.
  void Count(InputViolation violation) { CountAll(Bit(violation)); }

  // Since Begin: bits of InputViolation.
  std::uint32_t violations() const { return violations_; }
  const InputSchema* schema() const { return check_ ? &check_->schema() : nullptr; }  // null: none

 private:
  void CountAll(std::uint32_t violations);

  IncidentJournal& journal_;
  std::unique_ptr<InputCheck> check_;  // null: no schema
  std::vector<std::size_t> kinds_;     // in the journal, in the order of AllInputViolations
  std::uint32_t violations_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_INPUT_WATCH_H_
