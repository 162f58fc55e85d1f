// The figures of PERF's tables, to stand beside ours.
#ifndef VIGIL_ESTIMATOR_EVALUATION_PAPER_FIGURES_H_
#define VIGIL_ESTIMATOR_EVALUATION_PAPER_FIGURES_H_

#include <span>
#include <string>

namespace vigil {

// Shares of 0 to 1. The keys are those of figures.h, so that like stands beside like: the paper's
// "Accuracy" and "TPR" are `accuracy_strict` and `tpr_strict` (SOURCES.md P11), its breakdown
// `recall_...`.
struct PaperFigure {
  const char* key;
  double value;
};

// Tables 3 (rendered heads stand in for ETH-XGaze) and 6 (CIFAR-10), 2-cause; empty for others.
std::span<const PaperFigure> PaperEstimatorFigures(int table);

// Table 4: recall of each cause by what PE was trained on and tested on, each "1-cause" or
// "2-cause"; empty for others.
std::span<const PaperFigure> PaperVariantFigures(const std::string& trained_on,
                                                 const std::string& tested_on);

// Table 5, by PE's taps in its order; kImageTap stands for T's input. Empty for other taps.
inline constexpr const char* kImageTap = "image";
std::span<const PaperFigure> PaperTapFigures(std::span<const std::string> taps);

// T's accuracy: "clean", "1-cause", "2-cause" of Table 1 on "rendered", and what the paper says of
// CIFAR-10. NaN where it says nothing.
double PaperTargetAccuracy(const std::string& data, const std::string& variant);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_PAPER_FIGURES_H_
