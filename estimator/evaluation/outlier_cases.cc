#include "estimator/evaluation/outlier_cases.h"

#include <utility>

#include "engine/base/text.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/image_io.h"
#include "estimator/evaluation/perturbed.h"

namespace vigil {
namespace {

class JpegDataset final : public Dataset {
 public:
  JpegDataset(std::shared_ptr<const Dataset> base, int quality)
      : base_(std::move(base)), quality_(quality) {}
  std::string name() const override { return Text(base_->name(), ", JPEG q", quality_); }
  std::int64_t size() const override { return base_->size(); }
  Sample Get(std::int64_t index) const override {
    Sample sample = base_->Get(index);
    sample.image = AfterJpeg(sample.image, quality_);
    return sample;
  }

 private:
  std::shared_ptr<const Dataset> base_;
  int quality_;
};

}  // namespace

std::string_view OutlierGroupName(OutlierGroup group) {
  switch (group) {
    case OutlierGroup::kModerate:
      return "causes, moderate";
    case OutlierGroup::kPaper:
      return "causes, paper";
    case OutlierGroup::kUnseen:
      return "unseen perturbations";
    case OutlierGroup::kOtherData:
      return "other data";
    case OutlierGroup::kAdversarial:
      return "adversarial";
  }
  return "";
}

std::shared_ptr<const Dataset> UntouchedCrops(const JudgedModels& models,
                                              std::shared_ptr<const Dataset> base) {
  return std::make_shared<AugmentedDataset>(std::move(base),
                                            AugmentFor(models, AugmentMix::Clean(), "moderate", 1));
}

std::vector<OutlierCase> ShiftCases(const JudgedModels& models,
                                    const std::shared_ptr<const Dataset>& base,
                                    std::uint64_t seed) {
  std::vector<OutlierCase> cases;
  for (const auto& [group, severity] :
       {std::pair{OutlierGroup::kModerate, "moderate"}, std::pair{OutlierGroup::kPaper, "paper"}}) {
    for (const Cause cause : models.task.causes) {
      if (cause == Cause::kOther) continue;
      AugmentMix mix = AugmentMix::OneCause();
      mix.untouched = 0.0;
      mix.weight.fill(0.0);
      mix.weight[static_cast<std::size_t>(cause)] = 1.0;
      cases.push_back(
          {group, std::string(CauseName(cause)),
           std::make_shared<AugmentedDataset>(base, AugmentFor(models, mix, severity, seed))});
    }
  }
  const std::shared_ptr<const Dataset> crops = UntouchedCrops(models, base);
  for (const Perturbation perturbation :
       {Perturbation::kNoise, Perturbation::kBlocks, Perturbation::kColourCast}) {
    cases.push_back({OutlierGroup::kUnseen, PerturbationName(perturbation),
                     std::make_shared<PerturbedDataset>(crops, perturbation, 1.0, seed)});
  }
  return cases;
}

std::shared_ptr<const Dataset> JpegCrops(std::shared_ptr<const Dataset> crops, int quality) {
  return std::make_shared<JpegDataset>(std::move(crops), quality);
}

}  // namespace vigil
