// Steps down the gradient, and how large they are.
#ifndef VIGIL_ESTIMATOR_TRAINING_OPTIMIZER_H_
#define VIGIL_ESTIMATOR_TRAINING_OPTIMIZER_H_

#include <vector>

namespace vigil {

enum class OptimizerKind {
  kSgd,   // with momentum; weight decay is part of the gradient
  kAdam,  // betas 0.9 and 0.999; weight decay apart from the gradient (Loshchilov, Hutter 2019)
};

// Defaults are the paper's recipe (SOURCES.md P10).
struct OptimizerOptions {
  OptimizerKind kind = OptimizerKind::kSgd;
  float learning_rate = 0.1f;
  float momentum = 0.9f;
  float weight_decay = 4e-4f;  // of the weights of Conv and Gemm alone
  // Factor on the rate of the layers that make the outputs. A linear output over many pooled
  // features, all positive, swings from side to side at the rate that the convolutions want: its
  // step is the rate times the features' squared norm.
  float output_rate = 1.0f;
  float gradient_limit = 0.0f;  // longer gradients are shortened to this norm; 0: no limit
};

struct ScheduleOptions {
  enum class Kind { kMilestones, kCosine } kind = Kind::kMilestones;
  int milestone_epochs = 10;  // kMilestones: every so many epochs the rate is multiplied by
  float factor = 0.1f;
  float warmup_epochs = 0.0f;  // grows linearly from 0 over these, in both kinds
};

// The learning rate of a step; `progress` is the number of epochs done, with the fraction.
float LearningRateAt(const ScheduleOptions& schedule, float learning_rate, double progress,
                     int epochs);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_OPTIMIZER_H_
