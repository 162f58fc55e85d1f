// How well a score ranks right inferences above wrong ones. Pure functions; ties are neither luck
// nor fault: records of equal score count as if their order were drawn at random.
#ifndef VIGIL_ESTIMATOR_VERDICT_RANKING_H_
#define VIGIL_ESTIMATOR_VERDICT_RANKING_H_

#include <span>

namespace vigil {

// One inference: a score that should be high where T is right, and whether it was. `times` counts
// it more than once, or not at all: a bootstrap's draw. Records that come by falling score are not
// sorted again.
struct Ranked {
  double score = 0.0;
  bool correct = false;
  int times = 1;
};

// All of these are NaN where a class that the measure needs is absent. REQUIRES: no NaN score.

// Probability that a right inference outscores a wrong one, a tie counting a half.
double Auroc(std::span<const Ranked> records);

// Area under precision and recall for finding the wrong ones by low score: the mean, over the
// errors, of the precision at the error's score (steps, no interpolation; ties enter together).
double AuprError(std::span<const Ranked> records);

// Share of the wrong that pass the highest threshold that lets at least `tpr` of the right pass.
double FprAtTpr(std::span<const Ranked> records, double tpr = 0.95);

// Area under risk and coverage: the error rate among the n best scored, averaged over n = 1 .. all.
double Aurc(std::span<const Ranked> records);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_RANKING_H_
