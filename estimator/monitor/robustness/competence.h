// Which inferences lie beyond T's competence: one score from PE and whatever monitors ran.
#ifndef VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_COMPETENCE_H_
#define VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_COMPETENCE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/store/record.h"

namespace vigil {

// A record whose truth is known. Of PE the calibrated number says how likely T was right; its own
// tells the records of one stratum apart.
struct CompetenceSample {
  float p_correct = 0.0f, p_correct_calibrated = 0.0f;
  std::optional<float> outlier, flip_rate;  // Readings
  bool correct = false;                     // T was
};

struct CompetenceOptions {
  // Share of records like those of the fit that a human is to look at: the flag's threshold is the
  // score that so many of them reach.
  double budget = 0.05;
  double penalty = 1e-3;  // FitLogistic's
};

// The combination for one set of readings: the probability that T was wrong is the logistic
// function of bias + weight . features. Features, in this order: the log odds of PE's two
// probabilities against T; of the outlier score o, -log(1 - o); the root of the flip rate.
struct CompetenceFit {
  bool outlier = false, flip_rate = false;  // which readings it wants
  std::vector<double> weight;
  double bias = 0.0;
  double threshold = 1.0;  // flagged at or above it
};

// Immutable, freely shared among threads.
class Competence {
 public:
  // Throws Error (Model, kMalformed) for no fit that wants no reading, two of the same readings,
  // another number of weights, or numbers that are not finite.
  Competence(std::vector<CompetenceFit> fits, double budget, std::int64_t samples);

  struct Judgement {
    float beyond = 0.0f;  // probability that T was wrong
    bool flagged = false;
  };
  // By the fit that wants the most of the readings that are there, and no other.
  Judgement Judge(const CompetenceSample& sample) const;
  Judgement Judge(const Verdict& verdict) const;
  // Whether the score that the verdict carries has reached the threshold of the readings that it
  // was made from; false without a score.
  bool IsFlagged(const Verdict& verdict) const;
  // The fit that Judge uses.
  const CompetenceFit& FitFor(bool outlier, bool flip_rate) const;

  const std::vector<CompetenceFit>& fits() const { return fits_; }
  double budget() const { return budget_; }
  std::int64_t samples() const { return samples_; }  // that it was fitted on

 private:
  std::vector<CompetenceFit> fits_;
  double budget_;
  std::int64_t samples_;
};

// A fit for each subset of the readings that every sample has: an absent reading is no problem.
// Samples are of calibration: nothing of them was trained on. Throws Error (Training,
// kInvalidValue): fewer than 50 samples, T always right or always wrong, a reading that only some
// samples have, one that is not in [0, 1], a budget outside (0, 1).
Competence FitCompetence(std::span<const CompetenceSample> samples,
                         const CompetenceOptions& options = {});

// JSON of version 1: {"version", "budget", "samples", "fits": [{"readings": ["outlier",
// "flip_rate"], "weight": [...], "bias", "threshold"}]}.
std::string CompetenceToJson(const Competence& competence);
// Throws Error (Model, kMalformed) that names the field; (Model, kUnsupported) for another version.
Competence CompetenceFromJson(std::string_view json);

// Of PE's file.
inline constexpr const char* kBeyondKey = "vigil.beyond";
// Of the store, where the evaluator puts down the JSON that the scores in its verdicts are made by,
// so that others know which are flagged.
inline constexpr const char* kBeyondNote = "beyond";
std::optional<Competence> ReadCompetence(const Graph& model);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_ROBUSTNESS_COMPETENCE_H_
