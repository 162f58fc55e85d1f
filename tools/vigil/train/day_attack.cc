// The adversarial day of `vigil demo --days`, which wants T's gradients.
#include "engine/onnx/onnx.h"
#include "estimator/training/adversarial.h"
#include "tools/vigil/days/days.h"

namespace vigil {

std::shared_ptr<const Dataset> AttackDay(const Dataset& crops, const JudgedModels& models,
                                         std::uint64_t seed) {
  // Without taps: what only they need may not be differentiable.
  return Attacked(crops, LoadOnnx(models.target_path), models.task, models.normalisation,
                  {.epsilon = 4, .steps = 10, .seed = seed});
}

}  // namespace vigil
