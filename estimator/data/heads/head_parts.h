// The meshes that make a person: head, ears, hair, glasses, neck and shoulders.
#ifndef VIGIL_ESTIMATOR_DATA_HEADS_HEAD_PARTS_H_
#define VIGIL_ESTIMATOR_DATA_HEADS_HEAD_PARTS_H_

#include <vector>

#include "estimator/data/heads/appearance.h"
#include "estimator/data/heads/head_shape.h"
#include "estimator/data/heads/mesh.h"

namespace vigil {

enum class PartKind { kSkin, kEar, kHair, kRim, kNeck, kCloth };

struct HeadPart {
  PartKind kind = PartKind::kSkin;
  Mesh mesh;

  // The others stay with the body, which turns less than the head.
  bool FollowsHead() const { return kind != PartKind::kNeck && kind != PartKind::kCloth; }
};

std::vector<HeadPart> BuildHeadParts(const HeadShape& shape, const Appearance& look);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_HEADS_HEAD_PARTS_H_
