// Images to calibrate a quantised model with, and to measure it on.
#ifndef VIGIL_TOOLS_VIGIL_QUANTIZE_QUANTIZE_DATA_H_
#define VIGIL_TOOLS_VIGIL_QUANTIZE_QUANTIZE_DATA_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/data/dataset.h"

namespace vigil {

struct QuantizeDataOptions {
  std::string calibration;  // a folder of images, with labels.csv or without
  std::string dataset;      // or cifar10, rendered
  std::string root;         // of cifar10
  std::int64_t images = 256, test_images = 1000;
};

struct QuantizeData {
  std::shared_ptr<const Dataset> calibration, test;  // the same for a folder
  std::optional<Task> task;                          // where labels are known
  std::string test_name;                             // and what to know about it
};

// The task is that of the model's metadata ("vigil.task"). Throws Error (Input | Api).
QuantizeData OpenQuantizeData(const QuantizeDataOptions& options, const Graph& model);

// Input tensors of `batch` images each from the first `images` of a set, in order; what does not
// fill a batch is left out.
class ImageBatches {
 public:
  // Throws Error (Model, kUnsupported) for a model that does not take one square RGB image.
  ImageBatches(std::shared_ptr<const Dataset> data, const Graph& model, std::int64_t batch,
               std::int64_t images);

  std::int64_t count() const { return count_; }  // of batches
  std::int64_t batch() const { return batch_; }
  const Tensor& Load(std::int64_t index);                       // valid until the next call
  const std::vector<Truth>& truths() const { return truths_; }  // of what was loaded last

 private:
  std::shared_ptr<const Dataset> data_;
  Normalisation normalisation_;
  std::int64_t batch_, count_;
  int side_ = 0;
  Tensor tensor_;
  std::vector<Truth> truths_;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_QUANTIZE_QUANTIZE_DATA_H_
