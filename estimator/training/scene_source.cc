#include "estimator/training/scene_source.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/base/text.h"
#include "estimator/models/face_detector.h"

namespace vigil {
namespace {

// Of a cell: what more than one cell may claim, so that a face on a border has no cell to itself.
constexpr float kReach = 0.75f;

}  // namespace

void FillFaceGrid(const Box& box, int side, int rows, int columns, std::span<float> out) {
  std::ranges::fill(out, 0.0f);
  if (!(box.size > 0.0f)) return;
  const float stride = static_cast<float>(side) / static_cast<float>(columns);
  const float x = box.center_x / stride, y = box.center_y / stride;
  const float log_size = std::log(box.size / stride);
  const auto plane = static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      const float dx = x - (static_cast<float>(column) + 0.5f);
      const float dy = y - (static_cast<float>(row) + 0.5f);
      if (std::abs(dx) > kReach || std::abs(dy) > kReach) continue;
      const std::size_t cell = static_cast<std::size_t>(row * columns + column);
      out[kFaceLogit * plane + cell] = 1.0f;
      out[kFaceOffsetX * plane + cell] = dx;
      out[kFaceOffsetY * plane + cell] = dy;
      out[kFaceLogWidth * plane + cell] = log_size;
      out[kFaceLogHeight * plane + cell] = log_size;
    }
  }
}

SceneSource::SceneSource(std::shared_ptr<const Dataset> scenes, int batch, int steps)
    : scenes_(std::move(scenes)), batch_(batch), steps_(steps) {
  if (batch < 1 || steps < 1 || scenes_->size() < batch) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("training set of ", scenes_->size(), " pictures, batches of ", batch, ", ",
                     steps, " steps: expected at least one batch and one step"));
  }
}

TrainingBatch SceneSource::Get(int epoch, int step) {
  const std::int64_t first = (static_cast<std::int64_t>(epoch) * steps_ + step) * batch_;
  TrainingBatch result;
  for (std::int64_t i = 0; i < batch_; ++i) {
    const Sample sample = scenes_->Get((first + i) % scenes_->size());
    const int height = sample.image.height, width = sample.image.width;
    const int rows = height / static_cast<int>(kFaceStride);
    const int columns = width / static_cast<int>(kFaceStride);
    if (i == 0) {
      result.inputs.emplace_back(TensorDesc{DType::kFloat32, Shape{batch_, 3, height, width}});
      result.targets =
          Tensor(TensorDesc{DType::kFloat32, Shape{batch_, kFaceChannels, rows, columns}});
    }
    const auto place = static_cast<std::size_t>(i);
    const auto part = [place](std::span<float> all, std::int64_t each) {
      return all.subspan(place * static_cast<std::size_t>(each), static_cast<std::size_t>(each));
    };
    ToTensor(sample.image, {},
             part(result.inputs[0].as<float>(), std::int64_t{3} * height * width));
    FillFaceGrid(sample.box, width, rows, columns,
                 part(result.targets.as<float>(), std::int64_t{kFaceChannels} * rows * columns));
  }
  return result;
}

}  // namespace vigil
