#include "estimator/training/image_source.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/random.h"

namespace vigil {
namespace {

// A Feistel network over the smallest power of four that holds `size`, walked until it lands
// inside: a permutation of 0 .. size - 1 that needs no table.
std::uint64_t Feistel(std::uint64_t value, int half_bits, std::uint64_t seed) {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits) - 1;
  std::uint64_t left = value >> half_bits, right = value & mask;
  for (std::uint64_t round = 0; round < 4; ++round) {
    const std::uint64_t mixed = Random{seed, round, right}.Next() & mask;
    left = std::exchange(right, left ^ mixed);
  }
  return (left << half_bits) | right;
}

Box Jittered(const Box& box, double jitter, Random& random) {
  Box moved = box;
  moved.center_x += static_cast<float>(random.Uniform(-jitter, jitter)) * box.size;
  moved.center_y += static_cast<float>(random.Uniform(-jitter, jitter)) * box.size;
  moved.size *= static_cast<float>(1.0 + random.Uniform(-jitter, jitter));
  return moved;
}

}  // namespace

std::int64_t ShuffledIndex(std::int64_t place, std::int64_t size, std::uint64_t seed) {
  int half_bits = 1;
  while ((std::int64_t{1} << (2 * half_bits)) < size) ++half_bits;
  auto value = static_cast<std::uint64_t>(place);
  do {
    value = Feistel(value, half_bits, seed);
  } while (value >= static_cast<std::uint64_t>(size));
  return static_cast<std::int64_t>(value);
}

void FlipImage(Image& image) {
  auto* pixels = reinterpret_cast<std::array<std::uint8_t, 3>*>(image.rgb.data());
  for (int y = 0; y < image.height; ++y)
    std::reverse(pixels + y * image.width, pixels + (y + 1) * image.width);
}

ImageSource::ImageSource(std::function<std::shared_ptr<const Dataset>(int)> data_of_epoch,
                         ImageSourceOptions options)
    : data_of_epoch_(std::move(data_of_epoch)),
      options_(std::move(options)),
      steps_(options_.steps) {
  const std::int64_t size = data_of_epoch_(0)->size();
  if (steps_ == 0) steps_ = static_cast<int>(size / options_.batch);
  if (steps_ < 1 || static_cast<std::int64_t>(steps_) * options_.batch > size) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("training set of ", size, " images: expected at least ", std::max(steps_, 1),
                     " batches of ", options_.batch));
  }
}

TrainingBatch ImageSource::Get(int epoch, int step) {
  const std::shared_ptr<const Dataset> data = data_of_epoch_(epoch);
  const auto batch = static_cast<std::int64_t>(options_.batch);
  const bool classes = options_.task.kind == Task::Kind::kClassification;
  TrainingBatch result;
  result.inputs.emplace_back(
      TensorDesc{DType::kFloat32, Shape{batch, 3, options_.side, options_.side}});
  result.targets = classes ? Tensor(TensorDesc{DType::kInt32, Shape{batch}})
                           : Tensor(TensorDesc{DType::kFloat32, Shape{batch, 3}});
  for (std::int64_t i = 0; i < batch; ++i) {
    const std::uint64_t order_seed = options_.seed * 1000003u + static_cast<std::uint64_t>(epoch);
    const std::int64_t index = ShuffledIndex(step * batch + i, data->size(), order_seed);
    Random random{options_.seed, static_cast<std::uint64_t>(epoch),
                  static_cast<std::uint64_t>(index), 77};
    Sample sample = data->Get(index);
    Image crop =
        CropAndResize(sample.image, Jittered(sample.box, options_.jitter, random), options_.side);
    if (options_.flip && random.Chance(0.5)) {
      FlipImage(crop);
      sample.truth.yaw = -sample.truth.yaw;
      sample.truth.roll = -sample.truth.roll;
    }
    const auto place = static_cast<std::size_t>(i);
    ToTensor(crop, options_.normalisation, i, result.inputs[0]);
    if (classes) {
      result.targets.as<std::int32_t>()[place] = sample.truth.label;
    } else {
      const std::array<float, 3> pose{sample.truth.pitch, sample.truth.yaw, sample.truth.roll};
      for (std::size_t k = 0; k < 3; ++k)
        result.targets.as<float>()[place * 3 + k] = pose[k] / kPoseUnit;
    }
  }
  return result;
}

}  // namespace vigil
