#include "estimator/evaluation/calibrate.h"

#include <utility>

#include "engine/base/text.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/mixes.h"

namespace vigil {

JudgedMixes JudgeMixes(JudgedRunner& runner, const std::shared_ptr<const Dataset>& base,
                       const Task& task, int side, const CalibrationPlan& plan,
                       const std::function<void(int)>& on_mix) {
  const std::int64_t part = base->size() / plan.mixes;
  if (part < 1) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("calibration set of ", base->size(),
                     " images: expected at least one for each of ", plan.mixes, " mixes"));
  }
  JudgedMixes judged;
  for (int mix = 0; mix < plan.mixes; ++mix) {
    const AugmentedDataset data(Slice(base, mix * part, part), DrawMix(task, side, plan.seed, mix));
    for (JudgedSample& sample : runner.Run(data)) {
      judged.samples.push_back(std::move(sample));
      judged.mix_of.push_back(mix);
    }
    if (on_mix) on_mix(mix + 1);
  }
  return judged;
}

Calibrated Calibrate(JudgedRunner& runner, const std::shared_ptr<const Dataset>& base,
                     const Task& task, int side, const CalibrationPlan& plan,
                     const std::function<void(int)>& on_mix) {
  JudgedMixes judged = JudgeMixes(runner, base, task, side, plan, on_mix);
  std::vector<JudgedSample>& samples = judged.samples;
  std::vector<ValidationSample> validation;
  for (const JudgedSample& sample : samples)
    validation.push_back({sample.p, sample.correct, sample.causes});
  const Gate gate = ChooseGate(validation, task.causes);
  std::vector<CalibrationSample> calibration;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    calibration.push_back({.mix = judged.mix_of[i],
                           .p_correct = samples[i].p.correct,
                           .p_cause = samples[i].p.cause,
                           .correct = samples[i].correct});
  }
  return {gate, FitCalibration(calibration, {.threshold = gate.p_correct}), std::move(samples)};
}

}  // namespace vigil
