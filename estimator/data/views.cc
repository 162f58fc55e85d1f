#include "estimator/data/views.h"

#include <utility>

#include "engine/base/text.h"

namespace vigil {
namespace {

class SlicedDataset final : public Dataset {
 public:
  SlicedDataset(std::shared_ptr<const Dataset> base, std::int64_t first, std::int64_t count)
      : base_(std::move(base)), first_(first), count_(count) {}

  std::string name() const override {
    return Text(base_->name(), ", images ", first_, " to ", first_ + count_ - 1);
  }
  std::int64_t size() const override { return count_; }
  Sample Get(std::int64_t index) const override { return base_->Get(first_ + index); }

 private:
  std::shared_ptr<const Dataset> base_;
  std::int64_t first_, count_;
};

class JoinedDataset final : public Dataset {
 public:
  JoinedDataset(std::shared_ptr<const Dataset> first, std::shared_ptr<const Dataset> second)
      : first_(std::move(first)), second_(std::move(second)) {}

  std::string name() const override { return first_->name() + " and " + second_->name(); }
  std::int64_t size() const override { return first_->size() + second_->size(); }
  Sample Get(std::int64_t index) const override {
    return index < first_->size() ? first_->Get(index) : second_->Get(index - first_->size());
  }

 private:
  std::shared_ptr<const Dataset> first_, second_;
};

class HeldDataset final : public Dataset {
 public:
  HeldDataset(std::string name, std::vector<Sample> samples)
      : name_(std::move(name)), samples_(std::move(samples)) {}

  std::string name() const override { return name_; }
  std::int64_t size() const override { return static_cast<std::int64_t>(samples_.size()); }
  Sample Get(std::int64_t index) const override {
    return samples_[static_cast<std::size_t>(index)];
  }

 private:
  std::string name_;
  std::vector<Sample> samples_;
};

}  // namespace

std::shared_ptr<const Dataset> Slice(std::shared_ptr<const Dataset> base, std::int64_t first,
                                     std::int64_t count) {
  VIGIL_CHECK(first >= 0 && count > 0 && first + count <= base->size());
  return std::make_shared<SlicedDataset>(std::move(base), first, count);
}

std::shared_ptr<const Dataset> Joined(std::shared_ptr<const Dataset> first,
                                      std::shared_ptr<const Dataset> second) {
  return std::make_shared<JoinedDataset>(std::move(first), std::move(second));
}

std::shared_ptr<const Dataset> Held(std::string name, std::vector<Sample> samples) {
  return std::make_shared<HeldDataset>(std::move(name), std::move(samples));
}

std::shared_ptr<const Dataset> Held(const Dataset& base,
                                    const std::function<void(std::int64_t)>& on_sample) {
  std::vector<Sample> samples;
  samples.reserve(static_cast<std::size_t>(base.size()));
  for (std::int64_t i = 0; i < base.size(); ++i) {
    samples.push_back(base.Get(i));
    if (on_sample) on_sample(i + 1);
  }
  return Held(base.name(), std::move(samples));
}

}  // namespace vigil
