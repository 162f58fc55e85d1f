#include "tools/vigil/quantize/quantize_data.h"

#include <algorithm>

#include "engine/base/text.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/image_folder.h"
#include "estimator/data/model_input.h"

namespace vigil {
namespace {

// Apart from every seed that training, calibration of PE and the demo use; the test set is the one
// that the model cards measure on.
constexpr std::uint64_t kHeadsQuantize = 1000700;
constexpr std::uint64_t kHeadsTest = 301;

std::optional<Task> TaskOf(const Graph& model) {
  const auto found = model.metadata().find("vigil.task");
  return found == model.metadata().end() ? std::nullopt
                                         : std::optional(TaskFromName(found->second));
}

Task RequireTask(const Graph& model, std::string_view wanted) {
  const std::optional<Task> task = TaskOf(model);
  if (task && task->name == wanted) return *task;
  throw Error(Fault::kApi, ErrorCode::kMisuse,
              Text("the model's task is ", task ? "'" + task->name + "'" : "unknown",
                   ": these images are for '", wanted, "'"));
}

std::shared_ptr<const Dataset> RenderedHeadsOf(std::uint64_t seed, std::int64_t count) {
  RenderedHeadsOptions options;
  options.seed = seed;
  options.count = count;
  return std::make_shared<RenderedHeads>(options);
}

QuantizeData OpenFolder(const QuantizeDataOptions& options, const Graph& model) {
  const std::optional<Task> task = TaskOf(model);
  const ImageFolder folder =
      OpenImageFolder(options.calibration, task ? *task : CifarTask(), OnBadSample::kSkip);
  QuantizeData data{folder.images, folder.images, std::nullopt, {}};
  if (folder.labelled) data.task = task;
  data.test_name = Text(folder.images->name(), ", the images of the calibration themselves");
  return data;
}

}  // namespace

QuantizeData OpenQuantizeData(const QuantizeDataOptions& options, const Graph& model) {
  if (!options.calibration.empty()) return OpenFolder(options, model);
  QuantizeData data;
  if (options.dataset == "cifar10") {
    if (options.root.empty()) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  "--dataset cifar10 wants --root, the folder of its binary files");
    }
    data.task = RequireTask(model, "cifar10");
    data.calibration = OpenCifar10(options.root, {1});
    data.test = OpenCifar10(options.root, {kCifarTestBatch});
  } else if (options.dataset == "rendered") {
    data.task = RequireTask(model, "directness");
    data.calibration = RenderedHeadsOf(kHeadsQuantize, options.images);
    data.test = RenderedHeadsOf(kHeadsTest, options.test_images);
  } else {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                "no images to calibrate with: expected --calibration DIR or --dataset");
  }
  data.test_name = data.test->name();
  return data;
}

ImageBatches::ImageBatches(std::shared_ptr<const Dataset> data, const Graph& model,
                           std::int64_t batch, std::int64_t images)
    : data_(std::move(data)),
      normalisation_(NormalisationOf(model)),
      batch_(batch),
      count_(std::min(images, data_->size()) / batch) {
  const Shape shape = model.inputs().empty() ? Shape() : model.value(model.inputs()[0]).desc.shape;
  if (model.inputs().size() != 1 || shape.rank() != 4 || shape[1] != 3 || shape[2] != shape[3]) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("the model takes ", model.inputs().size(), " inputs, the first of ", shape,
                     ": expected one image, 1x3xSxS"));
  }
  if (count_ < 1) {
    throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                Text(data_->size(), " images: expected at least ", batch));
  }
  side_ = static_cast<int>(shape[2]);
  tensor_ = Tensor({DType::kFloat32, shape.With(0, batch)});
}

const Tensor& ImageBatches::Load(std::int64_t index) {
  truths_.clear();
  const auto size = static_cast<std::size_t>(tensor_.shape().ElementsFrom(1));
  for (std::int64_t i = 0; i < batch_; ++i) {
    const Sample sample = data_->Get(index * batch_ + i);
    ToTensor(CropAndResize(sample.image, sample.box, side_), normalisation_,
             tensor_.as<float>().subspan(static_cast<std::size_t>(i) * size, size));
    truths_.push_back(sample.truth);
  }
  return tensor_;
}

}  // namespace vigil
