// Learns an InputSchema from inputs that are as T was trained on.
#ifndef VIGIL_ESTIMATOR_MONITOR_VALIDITY_SCHEMA_LEARNER_H_
#define VIGIL_ESTIMATOR_MONITOR_VALIDITY_SCHEMA_LEARNER_H_

#include <array>
#include <string>
#include <vector>

#include "estimator/monitor/validity/input_schema.h"

namespace vigil {

// Another normalisation that a pipeline may use by mistake: what becomes of a right value.
struct Rescaling {
  std::string name;
  std::array<double, kSampledChannels> scale{}, offset{};  // value * scale + offset, a channel
};

// What was noted of the inputs with one mistake made; of none, for the ordinary ones.
struct LearnedInputs {
  std::string name;
  InputViolation violation = InputViolation::kNormalisation;
  ChannelLimits limits;               // what values can be
  std::vector<double> rows;           // features, one input after the other
  std::vector<ChannelLimits> ranges;  // of the same inputs
};

// What is known of an input before any is seen.
struct InputForm {
  std::string input;
  Shape shape;  // of one, [1, C, ...]
  std::string channel_order;
  std::vector<ChannelLimits> limits;  // of min(C, 4) channels
  std::vector<Rescaling> rescalings;
};

// Each input that is added is put through every mistake too: the rescalings, swapped channels where
// there are three, interleaved where there are several. So what a mistake looks like is learned
// from the same images, and no image is kept.
class SchemaLearner {
 public:
  // Throws Error (Training, kInvalidShape) where limits and channels do not agree.
  explicit SchemaLearner(InputForm form);

  // REQUIRES: float32 of the form's shape.
  void Add(const Tensor& input);

  // Throws Error (Training, kInvalidValue) for fewer inputs than there are features, plus two; some
  // hundred are enough, 2,000 are good.
  InputSchema Learn(const std::string& learned_on) const;

  std::int64_t images() const { return images_; }

 private:
  LearnedInputs& Of(const std::string& name, InputViolation violation, ChannelLimits limits);
  void Note(const Tensor& input, LearnedInputs& mistake) const;

  const InputForm form_;
  const double span_;
  LearnedInputs ordinary_;  // none
  std::vector<LearnedInputs> mistakes_;
  double most_at_ends_ = 0.0;
  std::int64_t images_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_VALIDITY_SCHEMA_LEARNER_H_
