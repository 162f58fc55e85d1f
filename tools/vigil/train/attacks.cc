// The adversarial rows of `vigil evaluate --monitors`, which want T's gradients.
#include "engine/onnx/onnx.h"
#include "estimator/data/views.h"
#include "estimator/training/adversarial.h"
#include "estimator/training/torch_executor.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {

std::function<std::vector<OutlierCase>(const std::shared_ptr<const Dataset>&)> AttacksOn(
    const JudgedModels& models, std::int64_t images, std::uint64_t seed) {
  return [&models, images, seed](const std::shared_ptr<const Dataset>& crops) {
    // Without taps: what only they need may not be differentiable.
    const Graph target = LoadOnnx(models.target_path);
    const std::shared_ptr<const Dataset> some = Slice(crops, 0, images);
    std::vector<OutlierCase> cases;
    for (const int steps : {1, 10}) {
      for (const int epsilon : {2, 8}) {
        const AttackOptions attack{.epsilon = epsilon, .steps = steps, .seed = seed};
        cases.push_back({OutlierGroup::kAdversarial, AttackName(attack),
                         Attacked(*some, target, models.task, models.normalisation, attack), true});
      }
    }
    return cases;
  };
}

}  // namespace vigil
