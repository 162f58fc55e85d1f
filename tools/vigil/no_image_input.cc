// The build without the estimator, which is what knows images.
#include "engine/base/text.h"
#include "tools/vigil/image_input.h"

namespace vigil {

Tensor LoadImageInput(const std::filesystem::path& path, const Value&, const Graph&) {
  throw Error(Fault::kInput, ErrorCode::kUnsupported,
              Text(path.string(),
                   ": this build reads no images: expected .npy (float32) or .pb "
                   "(ONNX TensorProto)"));
}

std::optional<std::array<ValueRange, 3>> PixelRanges(const Graph&) { return std::nullopt; }

}  // namespace vigil
