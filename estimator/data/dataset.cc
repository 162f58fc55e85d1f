#include "estimator/data/dataset.h"

#include <algorithm>
#include <cmath>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

// A box this much larger than its image holds hardly any of it; the limit bounds the work of one
// crop where a detector reports nonsense.
constexpr float kLargestBoxInImages = 64.0f;

// How one axis of the crop is made from one axis of the image: output i is the sum over k in
// [begin[i], begin[i + 1]) of weight[k] * pixel[source[k]]. Weights of an output sum to one.
struct AxisWeights {
  std::vector<int> begin;
  std::vector<int> source;
  std::vector<float> weight;
};

// start and size in pixel edges: pixel p covers [p, p + 1). At a scale of one the two filters
// agree, so a box that grows slowly makes no jump.
AxisWeights MakeAxisWeights(float start, float size, int side, int extent) {
  AxisWeights axis;
  const auto add = [&](float position, float weight) {
    const float clamped = std::clamp(position, 0.0f, static_cast<float>(extent - 1));
    axis.source.push_back(static_cast<int>(clamped));
    axis.weight.push_back(weight);
  };
  const float scale = size / static_cast<float>(side);
  axis.begin.push_back(0);
  for (int i = 0; i < side; ++i) {
    if (scale <= 1.0f) {
      const float center = start + (static_cast<float>(i) + 0.5f) * scale - 0.5f;
      const float floor = std::floor(center);
      add(floor, 1.0f - (center - floor));
      add(floor + 1.0f, center - floor);
    } else {
      const float low = start + static_cast<float>(i) * scale, high = low + scale;
      for (float p = std::floor(low); p < high; p += 1.0f)
        add(p, (std::min(high, p + 1.0f) - std::max(low, p)) / scale);
    }
    axis.begin.push_back(static_cast<int>(axis.source.size()));
  }
  return axis;
}

// Row `row` of the image, resized along x: side * 3 values.
void ResizeRow(const Image& image, int row, const AxisWeights& columns, std::span<float> out) {
  const std::uint8_t* pixels = image.rgb.data() + static_cast<std::size_t>(row) * image.width * 3;
  for (std::size_t i = 0; i + 1 < columns.begin.size(); ++i) {
    float red = 0.0f, green = 0.0f, blue = 0.0f;
    for (int k = columns.begin[i]; k < columns.begin[i + 1]; ++k) {
      const std::uint8_t* pixel = pixels + static_cast<std::ptrdiff_t>(columns.source[k]) * 3;
      red += columns.weight[k] * static_cast<float>(pixel[0]);
      green += columns.weight[k] * static_cast<float>(pixel[1]);
      blue += columns.weight[k] * static_cast<float>(pixel[2]);
    }
    out[i * 3] = red;
    out[i * 3 + 1] = green;
    out[i * 3 + 2] = blue;
  }
}

void CheckCrop(const Image& image, const Region& region) {
  VIGIL_CHECK(image.width > 0 && image.height > 0);
  VIGIL_CHECK(image.rgb.size() == static_cast<std::size_t>(image.width) * image.height * 3);
  const float limit = kLargestBoxInImages * static_cast<float>(std::max(image.width, image.height));
  const auto within = [limit](float at) { return std::abs(at) <= limit; };  // false for NaN
  const bool usable = region.width > 0.0f && region.height > 0.0f && within(region.width) &&
                      within(region.height) && within(region.left) && within(region.top);
  if (!usable) {
    throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                Text("box at (", region.left + region.width / 2.0f, ", ",
                     region.top + region.height / 2.0f, ") of size ", region.width,
                     region.width == region.height ? std::string() : Text("x", region.height),
                     " in an image of ", image.width, "x", image.height,
                     ": expected a positive size and numbers up to ", limit));
  }
}

}  // namespace

Image CropAndResize(const Image& image, const Region& region, int width, int height) {
  VIGIL_CHECK(width > 0 && height > 0);
  CheckCrop(image, region);
  const AxisWeights columns = MakeAxisWeights(region.left, region.width, width, image.width);
  const AxisWeights rows = MakeAxisWeights(region.top, region.height, height, image.height);
  const auto [first, last] = std::ranges::minmax(rows.source);

  const std::size_t stride = static_cast<std::size_t>(width) * 3;
  std::vector<float> narrow(stride * static_cast<std::size_t>(last - first + 1));
  for (int row = first; row <= last; ++row)
    ResizeRow(image, row, columns,
              std::span(narrow).subspan(static_cast<std::size_t>(row - first) * stride, stride));

  Image crop = Image::Make(width, height);
  std::vector<float> sum(stride);
  for (int y = 0; y < height; ++y) {
    std::ranges::fill(sum, 0.5f);  // rounds to nearest
    for (int k = rows.begin[y]; k < rows.begin[y + 1]; ++k) {
      const float* from = narrow.data() + static_cast<std::size_t>(rows.source[k] - first) * stride;
      const float weight = rows.weight[k];
      for (std::size_t i = 0; i < stride; ++i) sum[i] += weight * from[i];
    }
    std::uint8_t* to = crop.rgb.data() + static_cast<std::size_t>(y) * stride;
    for (std::size_t i = 0; i < stride; ++i)
      to[i] = static_cast<std::uint8_t>(std::clamp(sum[i], 0.0f, 255.0f));
  }
  return crop;
}

Image CropAndResize(const Image& image, const Box& box, int side) {
  const float half = box.size / 2.0f;
  return CropAndResize(image, {box.center_x - half, box.center_y - half, box.size, box.size}, side,
                       side);
}

Region MiddleOf(const Image& image, int width, int height) {
  const auto image_width = static_cast<float>(image.width);
  const auto image_height = static_cast<float>(image.height);
  const float scale =
      std::min(image_width / static_cast<float>(width), image_height / static_cast<float>(height));
  const float region_width = scale * static_cast<float>(width);
  const float region_height = scale * static_cast<float>(height);
  return {(image_width - region_width) / 2.0f, (image_height - region_height) / 2.0f, region_width,
          region_height};
}

void ToTensor(const Image& image, const Normalisation& normalisation, std::span<float> out) {
  const std::size_t pixels = static_cast<std::size_t>(image.width) * image.height;
  VIGIL_CHECK(image.rgb.size() == pixels * 3 && out.size() >= pixels * 3);
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const float factor = 1.0f / (255.0f * normalisation.stddev[channel]);
    const float offset = normalisation.mean[channel] / normalisation.stddev[channel];
    const std::uint8_t* from = image.rgb.data() + channel;
    float* to = out.data() + channel * pixels;
    for (std::size_t i = 0; i < pixels; ++i)
      to[i] = static_cast<float>(from[i * 3]) * factor - offset;
  }
}

void ToTensor(const Image& image, const Normalisation& normalisation, std::int64_t place,
              Tensor& batch) {
  const Shape& shape = batch.desc().shape;
  VIGIL_CHECK(shape[2] == image.height && shape[3] == image.width && place < shape[0]);
  const auto size = static_cast<std::size_t>(shape.elements() / shape[0]);
  ToTensor(image, normalisation,
           batch.as<float>().subspan(static_cast<std::size_t>(place) * size, size));
}

}  // namespace vigil
