// Images that someone made to mislead T: what a monitor should notice (SOURCES.md G6).
#ifndef VIGIL_ESTIMATOR_TRAINING_ADVERSARIAL_H_
#define VIGIL_ESTIMATOR_TRAINING_ADVERSARIAL_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/graph/graph.h"
#include "estimator/data/dataset.h"

namespace vigil {

// One step of size epsilon is FGSM (Goodfellow et al. 2015); more of them, from a random start in
// the ball and each a quarter of epsilon long, are PGD (Madry et al. 2018).
struct AttackOptions {
  int epsilon = 8;  // of 255: how far each pixel and channel may move
  int steps = 1;
  std::uint64_t seed = 1;  // of the random start
};

std::string AttackName(const AttackOptions& options);  // "FGSM, 8/255", "PGD-10, 2/255"

// Every image of `base` (crops of T's input size) moved against the truth with T's own gradients,
// which libtorch gives: a class's cross-entropy grows; for directness cos(yaw) * cos(pitch) moves
// to the other side. The result is held in memory as 8-bit images, as a camera or a file would
// bring it, so the gradients' fractions are lost. `on_image` hears how many are done. Throws Error
// (Api, kMisuse) for options that are not positive; as TorchExecutor and Dataset::Get.
std::shared_ptr<const Dataset> Attacked(const Dataset& base, const Graph& target, const Task& task,
                                        const Normalisation& normalisation,
                                        const AttackOptions& options,
                                        const std::function<void(std::int64_t)>& on_image = {});

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_TRAINING_ADVERSARIAL_H_
