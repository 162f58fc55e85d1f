// Which verdicts may be taken together: those of one T by one PE.
#ifndef VIGIL_ESTIMATOR_MONITOR_SELECTION_H_
#define VIGIL_ESTIMATOR_MONITOR_SELECTION_H_

#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <vector>

#include "estimator/store/record.h"

namespace vigil {

struct ModelPair {
  std::uint64_t model_hash = 0;      // of T
  std::uint64_t estimator_hash = 0;  // of PE

  friend bool operator==(const ModelPair&, const ModelPair&) = default;
  friend bool operator<(const ModelPair& a, const ModelPair& b) {
    return std::tie(a.model_hash, a.estimator_hash) < std::tie(b.model_hash, b.estimator_hash);
  }
};

struct LeftOutVerdicts {
  ModelPair models;
  std::int64_t verdicts = 0;
};

struct VerdictSelection {
  std::optional<ModelPair> models;        // none: there are no verdicts, or none by that PE
  std::vector<Verdict> verdicts;          // of these models, by time
  std::vector<LeftOutVerdicts> left_out;  // of others, the most first
  std::int64_t without_counts = 0;        // left out since their epoch is gone
};

// Takes the T and PE of the newest verdict; with `estimator_hash` the newest by that PE. A store
// that is read while others write to it may forget an epoch between its verdicts and its counts:
// read Verdicts before Epochs, and those few verdicts are left out here. `epochs` empty: no counts
// are asked for.
VerdictSelection SelectVerdicts(std::vector<Verdict> verdicts, std::span<const EpochCounts> epochs,
                                std::optional<std::uint64_t> estimator_hash = std::nullopt);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_SELECTION_H_
