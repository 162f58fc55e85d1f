#include "estimator/data/heads/rendered_heads.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr double kLargestPitch = 60.0, kLargestYaw = 75.0, kLargestRoll = 20.0;
constexpr double kFacingLimit = 30.0;
constexpr std::uint64_t kPersonStream = 1, kSceneStream = 2;

// Uniform over the poses that face the camera, or over those that do not.
Truth DrawPose(double facing, Random& random) {
  const bool wanted = random.Chance(facing);
  const double pitch_limit = wanted ? kFacingLimit : kLargestPitch;
  const double yaw_limit = wanted ? kFacingLimit : kLargestYaw;
  Truth pose;
  do {
    pose.pitch = random.UniformFloat(-pitch_limit, pitch_limit);
    pose.yaw = random.UniformFloat(-yaw_limit, yaw_limit);
  } while (IsFacing(pose.pitch, pose.yaw, DirectnessRule::kAngle) != wanted);
  pose.roll = static_cast<float>(
      std::clamp(random.Normal() * kLargestRoll / 2.5, -kLargestRoll, kLargestRoll));
  return pose;
}

HeadLight DrawLight(Random& random) {
  HeadLight light;
  light.direction = Normalized({random.UniformFloat(-1.0, 1.0), random.UniformFloat(-0.2, 1.1),
                                random.UniformFloat(0.35, 1.1)});
  const double warmth = random.Uniform(-0.12, 0.12), key = random.Uniform(0.45, 1.05);
  const auto tinted = [](double value, double tint) {
    return Vec3{static_cast<float>(value * (1.0 + tint)), static_cast<float>(value),
                static_cast<float>(value * (1.0 - tint))};
  };
  light.key = tinted(key, warmth);
  light.sky = tinted(random.Uniform(0.18, 0.42), -0.5 * warmth);
  light.ground = tinted(random.Uniform(0.06, 0.22), warmth);
  return light;
}

}  // namespace

RenderedHeads::RenderedHeads(const RenderedHeadsOptions& options) : options_(options) {
  const auto refuse = [](const std::string& what) {
    throw Error(Fault::kApi, ErrorCode::kMisuse, "rendered heads: " + what);
  };
  if (options.count < 0) refuse(Text("count ", options.count, ", expected 0 or more"));
  if (options.side < 32 || options.side > 2048)
    refuse(Text("side ", options.side, ", expected 32 to 2048"));
  if (options.identities < 1)
    refuse(Text("identities ", options.identities, ", expected 1 or more"));
  if (!(options.facing >= 0.0 && options.facing <= 1.0))
    refuse(Text("facing ", options.facing, ", expected 0 to 1"));
}

std::string RenderedHeads::name() const {
  return Text("rendered heads, seed ", options_.seed, ", ", options_.identities, " people");
}

int RenderedHeads::IdentityOf(std::int64_t index) const {
  return Random({options_.seed, static_cast<std::uint64_t>(index)}).Below(options_.identities);
}

HeadScene RenderedHeads::SceneOf(std::int64_t index) const {
  HeadScene scene;
  Random person({options_.seed, static_cast<std::uint64_t>(IdentityOf(index)), kPersonStream});
  scene.shape = DrawHeadShape(person);
  scene.look = DrawAppearance(person);

  Random random({options_.seed, static_cast<std::uint64_t>(index), kSceneStream});
  scene.pose = DrawPose(options_.facing, random);
  scene.body_yaw =
      scene.pose.yaw * random.UniformFloat(0.0, 0.6) + random.UniformFloat(-12.0, 12.0);
  scene.body_roll = scene.pose.roll * 0.2f;
  scene.scale = random.UniformFloat(0.22, 0.32);
  scene.center_x = random.UniformFloat(0.40, 0.60);
  scene.center_y = random.UniformFloat(0.52, 0.66);
  scene.light = DrawLight(random);
  scene.exposure = random.UniformFloat(0.75, 1.25);
  scene.noise = random.UniformFloat(0.004, 0.025);
  scene.seed = random.Next();
  // The same person on another day.
  scene.look.eye_openness *= random.UniformFloat(0.75, 1.15);
  scene.look.cloth = Lerp(scene.look.cloth, scene.look.cloth_second, random.UniformFloat(0.0, 1.0));
  return scene;
}

Sample RenderedHeads::Get(std::int64_t index) const {
  VIGIL_CHECK(index >= 0 && index < size());
  const HeadScene scene = SceneOf(index);
  RenderedHead rendered = RenderHead(scene, options_.side);
  return {.image = std::move(rendered.image),
          .box = rendered.box,
          .truth = scene.pose,
          .group = IdentityOf(index)};
}

std::shared_ptr<const Dataset> OpenRenderedHeads(std::uint64_t seed, std::int64_t count) {
  return std::make_shared<RenderedHeads>(RenderedHeadsOptions{.seed = seed, .count = count});
}

}  // namespace vigil
