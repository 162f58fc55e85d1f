// Labelled images, read or rendered one at a time.
#ifndef VIGIL_ESTIMATOR_DATA_DATASET_H_
#define VIGIL_ESTIMATOR_DATA_DATASET_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "estimator/models/task.h"

namespace vigil {

// Eight-bit RGB, interleaved, rows from the top. Lives in memory only: no part of the product
// writes one but `dataset inspect --sheet`, which shows what a developer's own data look like.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  // height * width * 3

  static Image Make(int width, int height) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width) * height * 3)};
  }
};

// A square region of interest in an image, in pixels; what a detector would report. The image that
// T sees is this box resized to T's input, so that a localization failure is a box that is off.
struct Box {
  float center_x = 0, center_y = 0, size = 0;
};

struct Sample {
  Image image;
  Box box;  // the true one; the whole image where the source has none
  Truth truth;
  CauseSet applied;  // what augmentation did; empty for an untouched image
  int group = 0;     // person, or scene; samples of one group never stand on both sides of a split
  // Of a face that came as a crop, with `box` the whole of it: where the face's own box is, by
  // which landmarks are found; it may reach beyond the image. Size 0: it is `box`.
  Box face;
};

// Deterministic: the same index gives the same sample, on every machine. Get is thread-safe.
class Dataset {
 public:
  virtual ~Dataset() = default;
  virtual std::string name() const = 0;  // for figures: "CIFAR-10 test batch, JPEG q75"
  virtual std::int64_t size() const = 0;
  // REQUIRES: 0 <= index < size(). Throws Error (Input) naming file and row.
  virtual Sample Get(std::int64_t index) const = 0;
};

// A rectangle in an image, in pixel edges: pixel p covers [p, p + 1).
struct Region {
  float left = 0, top = 0, width = 0, height = 0;
};

// Cuts the region out of the image and resizes it (bilinear, area when shrinking); outside is
// edge-replicated. Throws Error (Input, kInvalidValue) for a region that is empty, not finite or
// many times larger than the image. REQUIRES: width, height > 0.
Image CropAndResize(const Image& image, const Region& region, int width, int height);
Image CropAndResize(const Image& image, const Box& box, int side);

// The largest region of the shape of width x height that lies within the image's middle.
Region MiddleOf(const Image& image, int width, int height);

// float32 [1, 3, H, W], RGB, (value / 255 - mean) / stddev, the normalisation that models carry in
// their metadata
// ("vigil.input.mean", "vigil.input.stddev", three comma-separated numbers each).
struct Normalisation {
  std::array<float, 3> mean{0.5f, 0.5f, 0.5f};
  std::array<float, 3> stddev{0.5f, 0.5f, 0.5f};
};
// Writes 3 * H * W floats. REQUIRES: out.size() fits.
void ToTensor(const Image& image, const Normalisation& normalisation, std::span<float> out);
// The same as row `place` of a batch [N, 3, H, W]. REQUIRES: the image is W x H, place < N.
void ToTensor(const Image& image, const Normalisation& normalisation, std::int64_t place,
              Tensor& batch);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_DATASET_H_
