// Draws one head and knows where everything in it is.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_RENDERER_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_RENDERER_H_

#include "estimator/data/dataset.h"
#include "estimator/data/heads/appearance.h"
#include "estimator/data/heads/head_shape.h"

namespace vigil {

struct HeadLight {
  Vec3 direction{0.0f, 0.5f, 0.87f};  // towards the light, of length one
  Vec3 key{0.9f, 0.9f, 0.9f};
  Vec3 sky{0.3f, 0.3f, 0.3f}, ground{0.15f, 0.15f, 0.15f};  // ambient from above and below
};

struct HeadScene {
  HeadShape shape;
  Appearance look;
  Truth pose;
  float body_yaw = 0.0f, body_roll = 0.0f;  // degrees
  float center_x = 0.5f, center_y = 0.6f;   // of the pivot, in sides of the image
  float scale = 0.3f;                       // of one unit, in sides
  HeadLight light;
  float exposure = 1.0f;
  float noise = 0.01f;     // of the sensor, in full scales
  std::uint64_t seed = 0;  // of background and noise
};

struct RenderedHead {
  Image image;
  Box box;              // of the face, as a perfect detector reports it
  Landmarks landmarks;  // in pixels
};

// Throws nothing. REQUIRES: side > 0.
RenderedHead RenderHead(const HeadScene& scene, int side);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_RENDERER_H_
