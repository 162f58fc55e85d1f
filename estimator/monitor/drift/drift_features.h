// The numbers that drift is looked for in, read off a record and its verdict.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_FEATURES_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_FEATURES_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/store/record.h"

namespace vigil {

// Of outlier scores: one of a hundred known records lies higher.
inline constexpr float kHighOutlier = 0.99f;

enum class SignalGroup : std::uint8_t {
  kInput,      // statistics of the input
  kLatent,     // an autoencoder's latent space
  kOutput,     // T's output
  kEstimator,  // PE's p(correct)
  kCause,      // PE's p(cause)
  kOutlier,    // outlier score and the combined score beyond competence
  kStability,  // flip rate
  kViolation,  // of the input's schema
};

struct SignalInfo {
  std::string name;
  SignalGroup group = SignalGroup::kInput;
  double least_deviation = 0.0;  // what counts as one deviation of a record where it hardly varies
  bool only_up = false;          // only more of it is news
  bool bounded = false;          // lies within 0 and 1
  bool binned = false;           // varies from record to record: its distribution is compared too
};

// Which numbers records have. One that has others (another T, a monitor that was added) cannot be
// compared with what was before.
struct DriftLayout {
  std::int32_t statistics = 0;  // of the input, at most 16
  std::int32_t outputs = 0;     // of T, at most kMaxOutputs are looked at
  bool classes = true;          // T's outputs are of classes; else numbers of their own
  std::int32_t embedding = 0;   // at most kMaxEmbedding
  bool outlier = false, flip_rate = false, beyond = false;

  static constexpr std::int32_t kMaxOutputs = 16, kMaxEmbedding = 32;

  friend bool operator==(const DriftLayout&, const DriftLayout&) = default;
  template <typename Archive>
  void Visit(Archive& archive) {
    archive(statistics, outputs, classes, embedding, outlier, flip_rate, beyond);
  }
};

DriftLayout LayoutOf(const Record& record, const Verdict& verdict, bool classes);

// One a scalar signal, in the order of DriftFeatures::signals, then one for the vector as a whole
// ("latents", or "inputs together" where there is no embedding).
std::vector<SignalInfo> SignalsOf(const DriftLayout& layout);

// Length of DriftFeatures::vector.
std::size_t VectorSize(const DriftLayout& layout);

struct DriftFeatures {
  std::vector<double> signals;
  std::vector<double> vector;  // the embedding, or the input's statistics where there is none
};

// Into `features`, whose storage is used again. False where a number is not finite. REQUIRES: the
// record and its verdict have this layout.
bool ReadFeatures(const Record& record, const Verdict& verdict, const DriftLayout& layout,
                  DriftFeatures& features);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_FEATURES_H_
