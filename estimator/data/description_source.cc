#include "estimator/data/description_source.h"

#include <algorithm>
#include <numeric>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/faces/headpose.h"
#include "estimator/data/faces/person_split.h"
#include "estimator/data/faces/xgaze.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/random.h"

namespace vigil {
namespace {

constexpr std::int64_t kUsualHeads = 1000;

// Some samples of another set, in the other's order.
class ChosenDataset final : public Dataset {
 public:
  ChosenDataset(std::shared_ptr<const Dataset> base, std::vector<std::int64_t> indices)
      : base_(std::move(base)), indices_(std::move(indices)) {}
  std::string name() const override {
    return Text(base_->name(), ", ", indices_.size(), " of ", base_->size());
  }
  std::int64_t size() const override { return static_cast<std::int64_t>(indices_.size()); }
  Sample Get(std::int64_t index) const override {
    return base_->Get(indices_[static_cast<std::size_t>(index)]);
  }

 private:
  std::shared_ptr<const Dataset> base_;
  std::vector<std::int64_t> indices_;
};

std::shared_ptr<const Dataset> Choose(std::shared_ptr<const Dataset> base, std::int64_t count,
                                      std::uint64_t seed) {
  if (count == 0 || count >= base->size()) return base;
  std::vector<std::int64_t> all(static_cast<std::size_t>(base->size()));
  std::iota(all.begin(), all.end(), 0);
  Random random({seed});
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const int left = static_cast<int>(all.size() - i);
    std::swap(all[i], all[i + static_cast<std::size_t>(random.Below(left))]);
  }
  all.resize(static_cast<std::size_t>(count));
  std::ranges::sort(all);
  return std::make_shared<ChosenDataset>(std::move(base), std::move(all));
}

std::vector<int> BatchesOf(const DatasetDescription& d) {
  if (!d.batches.empty()) return d.batches;
  if (d.split == "target") return {1, 2, 3};
  if (d.split == "estimator") return {4};
  if (d.split == "validate") return {5};
  if (d.split == "test") return {kCifarTestBatch};
  return {1, 2, 3, 4, 5};
}

}  // namespace

DescribedDataset OpenDescribed(const DatasetDescription& d, const std::filesystem::path& root) {
  if (d.source != "heads" && root.empty()) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("data set '", d.source, "': expected --root, the folder it is read from"));
  }
  DescribedDataset opened;
  if (d.source == "heads") {
    opened.base = OpenRenderedHeads(d.seed, d.count > 0 ? d.count : kUsualHeads);
  } else if (d.source == "cifar10") {
    opened.base = OpenCifar10(root, BatchesOf(d), d.note);
  } else if (d.source == "headpose") {
    HeadPoseLabels labels = ReadHeadPoseLabels(root);
    const bool everybody = d.persons.empty() && d.split == "all";
    const std::vector<int> persons = !d.persons.empty() ? d.persons
                                     : everybody        ? std::vector<int>{}
                                                        : PersonsOf(d.split, d.fold);
    opened.base = OpenHeadPose(labels, persons);
    opened.skipped = std::move(labels.skipped);
  } else if (d.source == "xgaze") {
    opened.base = OpenXgaze(root, d.persons);
  } else {
    ImageFolder folder = OpenImageFolder(root, TaskOf(d), OnBadSample::kSkip);
    opened.base = folder.images;
    opened.labelled = folder.labelled;
    opened.skipped = std::move(folder.skipped);
  }
  opened.base = Choose(std::move(opened.base), d.count, d.seed);
  opened.data = std::make_shared<AugmentedDataset>(opened.base, AugmentOptionsOf(d));
  return opened;
}

}  // namespace vigil
