// An image as a model's input.
#ifndef VIGIL_TOOLS_VIGIL_IMAGE_INPUT_H_
#define VIGIL_TOOLS_VIGIL_IMAGE_INPUT_H_

#include <array>
#include <filesystem>
#include <optional>

#include "engine/graph/quantize_model.h"

namespace vigil {

// The central square, resized to the input and normalised as the model's metadata say
// (estimator/data). Throws Error (Input) that names the file: kNotFound, kMalformed, kInvalidShape
// where the input is no square of three channels, and kUnsupported for every image in a build
// without the estimator, which decodes none.
Tensor LoadImageInput(const std::filesystem::path& path, const Value& input, const Graph& model);

// What black and white come to in each of three channels, as the model's metadata say; nothing
// where they do not, where the input is no image, and in a build without the estimator.
std::optional<std::array<ValueRange, 3>> PixelRanges(const Graph& model);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_IMAGE_INPUT_H_
