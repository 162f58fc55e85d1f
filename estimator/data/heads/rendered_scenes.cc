#include "estimator/data/heads/rendered_scenes.h"

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::uint64_t kPlaceStream = 3;
// So far from the picture that nothing of the person reaches into it.
constexpr float kOutOfSight = 20.0f;

}  // namespace

RenderedScenes::RenderedScenes(const RenderedScenesOptions& options)
    : options_(options),
      people_({.seed = options.seed, .count = options.count, .side = options.side}) {
  const auto refuse = [](const std::string& what) {
    throw Error(Fault::kApi, ErrorCode::kMisuse, "rendered scenes: " + what);
  };
  if (!(options.smallest_face > 0.0 && options.smallest_face <= options.largest_face &&
        options.largest_face <= 1.0)) {
    refuse(Text("faces from ", options.smallest_face, " to ", options.largest_face,
                " of the picture, expected 0 to 1 and the smaller first"));
  }
  if (!(options.empty >= 0.0 && options.empty <= 1.0))
    refuse(Text("empty ", options.empty, ", expected 0 to 1"));
}

std::string RenderedScenes::name() const {
  return Text("rendered scenes, seed ", options_.seed, ", faces of ", options_.smallest_face,
              " to ", options_.largest_face, " of the picture, ", 100.0 * options_.empty,
              " % without a person");
}

Sample RenderedScenes::Get(std::int64_t index) const {
  VIGIL_CHECK(index >= 0 && index < size());
  HeadScene scene = people_.SceneOf(index);
  Random random({options_.seed, static_cast<std::uint64_t>(index), kPlaceStream});
  if (random.Chance(options_.empty)) {
    scene.center_x = kOutOfSight;
    RenderedHead rendered = RenderHead(scene, options_.side);
    return {.image = std::move(rendered.image), .box = {}, .truth = {}};
  }
  // A projected head grows with the scale and moves with the centre, and its box with it: where it
  // would fall says what scale and centre put the box where it shall be.
  const auto side = static_cast<float>(options_.side);
  const HeadView view(PoseRotation(scene.pose.pitch, scene.pose.yaw, scene.pose.roll),
                      scene.center_x * side, scene.center_y * side, scene.scale * side);
  const Box now = FaceBox(scene.shape, view);
  // As many small faces as large ones, by ratio.
  const auto wanted = static_cast<float>(
      options_.smallest_face *
      std::pow(options_.largest_face / options_.smallest_face, random.Uniform()));
  const float grow = wanted * side / now.size;
  const float margin = std::min(0.5f, 0.4f * wanted);
  const float x = random.UniformFloat(margin, 1.0f - margin);
  const float y = random.UniformFloat(margin, 1.0f - margin);
  scene.center_x = x - (now.center_x / side - scene.center_x) * grow;
  scene.center_y = y - (now.center_y / side - scene.center_y) * grow;
  scene.scale *= grow;
  RenderedHead rendered = RenderHead(scene, options_.side);
  return {.image = std::move(rendered.image),
          .box = rendered.box,
          .truth = scene.pose,
          .group = people_.IdentityOf(index)};
}

}  // namespace vigil
