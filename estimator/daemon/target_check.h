// Keeps PE from judging records of another T than it was made for.
#ifndef VIGIL_ESTIMATOR_DAEMON_TARGET_CHECK_H_
#define VIGIL_ESTIMATOR_DAEMON_TARGET_CHECK_H_

#include <limits>

#include "estimator/verdict/evaluator.h"

namespace vigil {

class TargetCheck final : public RecordEvaluator {
 public:
  // `model_hash` of the T that PE belongs to.
  explicit TargetCheck(std::uint64_t model_hash) : model_hash_(model_hash) {}

  std::string_view name() const override { return "target"; }
  std::int64_t chunk() const override { return std::numeric_limits<std::int64_t>::max(); }
  // Throws Error (Input, kInvalidValue) for a record of another T.
  void Check(const Record& record) const override;
  void Evaluate(std::span<const Record>, std::span<Verdict>) override {}

 private:
  std::uint64_t model_hash_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_TARGET_CHECK_H_
