#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/image_folder.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/mixes.h"
#include "tools/vigil/demo/demo.h"

namespace vigil {
namespace {

// Apart from every seed that training and calibration use.
constexpr std::uint64_t kHeadsDemo = 900000;
constexpr std::uint64_t kMixDemo = 900000;

std::string Describe(const AugmentOptions& augment, const Task& task) {
  double sum = 0.0;
  for (const Cause cause : task.causes) sum += augment.mix.weight[static_cast<std::size_t>(cause)];
  std::string text = Text(std::lround(augment.mix.untouched * 100), " % untouched, the others ");
  for (const Cause cause : task.causes) {
    if (cause == Cause::kOther) continue;
    const double share = augment.mix.weight[static_cast<std::size_t>(cause)] / sum;
    text += Text(CauseName(cause), " ", std::lround(share * 100), " %, ");
  }
  return text +
         Text(std::lround(augment.mix.two_operations * 100), " % of them with two operations");
}

// A folder's images, each cut to T's input.
class CroppedDataset final : public Dataset {
 public:
  CroppedDataset(std::shared_ptr<const Dataset> base, int side)
      : base_(std::move(base)), side_(side) {}
  std::string name() const override { return base_->name(); }
  std::int64_t size() const override { return base_->size(); }
  Sample Get(std::int64_t index) const override {
    Sample sample = base_->Get(index);
    sample.image = CropAndResize(sample.image, sample.box, side_);
    const auto half = static_cast<float>(side_) / 2;
    sample.box = {half, half, static_cast<float>(side_)};
    return sample;
  }

 private:
  std::shared_ptr<const Dataset> base_;
  int side_;
};

DemoStream OpenUserImages(const DemoOptions& options, const Task& task, int side) {
  const ImageFolder folder = OpenImageFolder(options.images, task, OnBadSample::kSkip);
  for (const SkippedSample& skipped : folder.skipped) {
    Log(LogLevel::kWarning, Text("left out: ", skipped.reason));
  }
  DemoStream stream{std::make_shared<CroppedDataset>(folder.images, side), folder.labelled, false,
                    Text("as they are, ", folder.skipped.size(), " left out")};
  if (options.count > 0 && options.count < stream.data->size()) {
    stream.data = Slice(stream.data, 0, options.count);
  }
  return stream;
}

}  // namespace

DemoStream OpenDemoStream(const DemoOptions& options, const Task& task, int side) {
  if (!options.images.empty()) return OpenUserImages(options, task, side);
  const std::int64_t count = options.count > 0 ? options.count : 1000;
  std::shared_ptr<const Dataset> base;
  if (options.dataset == "cifar10") {
    base = OpenCifar10(options.root, {kCifarTestBatch});
    if (count > base->size()) {
      throw Error(Fault::kApi, ErrorCode::kMisuse,
                  Text("--count ", count, ": the test batch has ", base->size(), " images"));
    }
    // Another part of the test batch for another seed, wrapping around.
    const std::int64_t parts = base->size() / count;
    base = Slice(
        base, static_cast<std::int64_t>(options.seed % static_cast<std::uint64_t>(parts)) * count,
        count);
  } else {
    base = options.detector.Find(OpenRenderedHeads(kHeadsDemo + options.seed, count));
  }
  const AugmentOptions augment = DrawMix(task, side, kMixDemo + options.seed, 0);
  return {std::make_shared<AugmentedDataset>(base, augment), true, true, Describe(augment, task)};
}

}  // namespace vigil
