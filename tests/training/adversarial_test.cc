#include "estimator/training/adversarial.h"

#include <array>
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/session/session.h"
#include "estimator/models/layers.h"

namespace vigil {
namespace {

constexpr int kSide = 8;

// Grey pictures of two brightnesses: class 0 dark, class 1 bright.
class Greys final : public Dataset {
 public:
  std::string name() const override { return "greys"; }
  std::int64_t size() const override { return 70; }
  Sample Get(std::int64_t index) const override {
    Sample sample;
    sample.truth.label = static_cast<int>(index % 2);
    sample.image = Image::Make(kSide, kSide);
    for (std::uint8_t& value : sample.image.rgb) value = index % 2 ? 132 : 124;
    return sample;
  }
};

Task GreyTask() {
  return {.kind = Task::Kind::kClassification,
          .name = "greys",
          .outputs = 2,
          .labels = {"dark", "bright"},
          .causes = {Cause::kOther}};
}

// Class 1's logit is the mean of all pixels, class 0's the same negated.
Graph MeanTarget() {
  LayerBuilder layers(1, 1e-5f);
  ValueId x = layers.Input("image", Shape{1, 3, kSide, kSide});
  x = layers.AverageToVector("average", x);
  Tensor weights(Shape{2, 3}, std::array{-1.0f, -1.0f, -1.0f, 1.0f, 1.0f, 1.0f});
  const ValueId kernel = layers.graph().Constant("kernel", std::move(weights));
  layers.graph().Output(layers.graph().Add("logits", GemmAttrs{.trans_b = true}, {x, kernel}));
  return std::move(layers.graph()).Build();
}

TEST(Attacked, Images_MisleadTAndStayWithinEpsilon) {
  const Greys base;
  const Task task = GreyTask();
  Session session(MeanTarget(), MakeCpuBackend(), {});
  for (const AttackOptions& attack :
       {AttackOptions{.epsilon = 8, .steps = 1}, AttackOptions{.epsilon = 8, .steps = 5}}) {
    const auto attacked = Attacked(base, MeanTarget(), task, {}, attack);
    ASSERT_EQ(attacked->size(), base.size());
    for (std::int64_t i = 0; i < base.size(); ++i) {
      const Sample before = base.Get(i), after = attacked->Get(i);
      for (std::size_t p = 0; p < before.image.rgb.size(); ++p)
        ASSERT_LE(std::abs(before.image.rgb[p] - after.image.rgb[p]), 8) << i << ", " << p;
      Tensor input(TensorDesc{DType::kFloat32, Shape{1, 3, kSide, kSide}});
      ToTensor(after.image, {}, 0, input);
      const std::vector<Tensor> logits = session.Run(std::span(&input, 1));
      EXPECT_FALSE(task.IsCorrect(logits[0].as<float>(), after.truth)) << i;
    }
  }
}

TEST(Attacked, Names_SayMethodAndStrength) {
  EXPECT_EQ(AttackName({.epsilon = 8, .steps = 1}), "FGSM, 8/255");
  EXPECT_EQ(AttackName({.epsilon = 2, .steps = 10}), "PGD-10, 2/255");
  EXPECT_THROW(Attacked(Greys(), MeanTarget(), GreyTask(), {}, {.epsilon = 0}), Error);
}

}  // namespace
}  // namespace vigil
