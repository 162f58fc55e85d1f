// The surface of a head: an ellipsoid with a jaw, a nose, brows, eye sockets, cheeks, lips and a
// chin, as a closed formula of a few proportions.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_HEAD_SHAPE_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_HEAD_SHAPE_H_

#include <array>

#include "estimator/data/dataset.h"
#include "estimator/data/heads/vector.h"
#include "estimator/data/random.h"

namespace vigil {

// Proportions; the defaults are the canonical head by which occluders are placed on any face.
struct HeadShape {
  float half_width = 0.74f, half_depth = 0.90f, back_depth = 0.95f;
  float jaw_taper = 0.34f;  // how much narrower the jaw is than the temples
  float chin_forward = 0.34f;
  float nose_length = 0.25f, nose_width = 0.10f, nose_tip_y = -0.26f;
  float brow_ridge = 0.040f, cheek = 0.045f, lips = 0.045f;
  float eye_x = 0.29f, eye_y = 0.06f, eye_half_width = 0.135f;
  float brow_y = 0.25f;
  float mouth_y = -0.52f, mouth_half_width = 0.21f;
};

HeadShape DrawHeadShape(Random& random);

// The point of the surface in the direction (sin azimuth * cos elevation, sin elevation, cos
// azimuth * cos elevation); azimuth 0 is the face, elevation pi / 2 the crown.
Vec3 SkinPoint(const HeadShape& shape, float azimuth, float elevation);

// The front of the surface above (x, y), both clamped to the face.
Vec3 FacePoint(const HeadShape& shape, float x, float y);

// In head space or, projected, in pixels with z towards the viewer; left and right as in the image
// of a frontal face.
struct Landmarks {
  Vec3 left_eye, right_eye, nose, mouth, chin;
};
Landmarks FaceLandmarks(const HeadShape& shape);

// Where a head is in the image: head space turned about the pivot at the top of the neck, then seen
// in perspective from kCameraDistance units.
class HeadView {
 public:
  static constexpr float kCameraDistance = 8.0f;
  static constexpr Vec3 kPivot{0.0f, -0.45f, -0.25f};

  // center is where the pivot falls, scale the pixels of one unit at the pivot's depth.
  HeadView(const Rotation& rotation, float center_x, float center_y, float scale)
      : rotation_(rotation), center_x_(center_x), center_y_(center_y), scale_(scale) {}

  Vec3 ToCamera(Vec3 head) const { return rotation_(head - kPivot); }
  Vec3 ProjectCamera(Vec3 camera) const {
    const float perspective = scale_ / (1.0f - camera.z / kCameraDistance);
    return {center_x_ + camera.x * perspective, center_y_ - camera.y * perspective, camera.z};
  }
  Vec3 Project(Vec3 head) const { return ProjectCamera(ToCamera(head)); }

  const Rotation& rotation() const { return rotation_; }
  float scale() const { return scale_; }

 private:
  Rotation rotation_;
  float center_x_, center_y_, scale_;
};

// What a perfect detector reports: a square about the projected surface from the chin to the
// hairline, with a margin.
Box FaceBox(const HeadShape& shape, const HeadView& view);

// The view that gives the canonical head of this pose the box: where a face of which nothing but
// its box and pose is known probably has its landmarks.
HeadView CanonicalView(const Box& box, const Truth& pose);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_HEAD_SHAPE_H_
