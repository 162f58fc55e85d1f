#include "tools/vigil/image_input.h"

#include <algorithm>

#include "engine/base/text.h"
#include "estimator/data/image_io.h"
#include "estimator/data/model_input.h"
#include "tools/vigil/input_file.h"

namespace vigil {

Tensor LoadImageInput(const std::filesystem::path& path, const Value& input, const Graph& model) {
  const Shape& shape = input.desc.shape;
  if (shape.rank() != 4 || shape[1] != 3 || shape[2] != shape[3]) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text(path.string(), ": an image is no input for '", input.name, "', which wants ",
                     ShapeWithAnyBatch(shape)));
  }
  const Image image = LoadImage(path);
  const Box square{static_cast<float>(image.width) / 2.0f, static_cast<float>(image.height) / 2.0f,
                   static_cast<float>(std::min(image.width, image.height))};
  Tensor tensor(TensorDesc{DType::kFloat32, shape.With(0, 1)});
  ToTensor(CropAndResize(image, square, static_cast<int>(shape[2])), NormalisationOf(model),
           tensor.as<float>());
  return tensor;
}

std::optional<std::array<ValueRange, 3>> PixelRanges(const Graph& model) {
  if (!model.metadata().contains("vigil.input.mean") || model.inputs().size() != 1) {
    return std::nullopt;
  }
  const Shape& shape = model.value(model.inputs()[0]).desc.shape;
  if (shape.rank() != 4 || shape[1] != 3) return std::nullopt;
  const Normalisation normalisation = NormalisationOf(model);
  std::array<ValueRange, 3> ranges;
  for (std::size_t c = 0; c < 3; ++c) {
    ranges[c] = {-normalisation.mean[c] / normalisation.stddev[c],
                 (1.0f - normalisation.mean[c]) / normalisation.stddev[c]};
  }
  return ranges;
}

}  // namespace vigil
