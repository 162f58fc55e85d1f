// Blocks of pixels to channels and back: DepthToSpace 1-13, SpaceToDepth 1-13.
#ifndef VIGIL_ENGINE_OPS_DEPTH_SPACE_H_
#define VIGIL_ENGINE_OPS_DEPTH_SPACE_H_

#include <cstdint>

namespace vigil {

// [N, C, H, W] to [N, C / b / b, H * b, W * b]. Channels hold the block's row and column first
// (DCR) or last (CRD).
struct DepthToSpaceAttrs {
  std::int64_t block = 1;
  bool column_row_depth = false;  // CRD
};

// [N, C, H, W] to [N, C * b * b, H / b, W / b]; the block's row and column are the outer part of
// the channel.
struct SpaceToDepthAttrs {
  std::int64_t block = 1;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_DEPTH_SPACE_H_
