// Progress over steps of known sizes.
#ifndef VIGIL_ESTIMATOR_EVALUATION_STEPS_H_
#define VIGIL_ESTIMATOR_EVALUATION_STEPS_H_

#include <cstdint>
#include <functional>
#include <string>
#include <utility>

namespace vigil {

// Hears what is being done, and the share of all that is done.
using OnProgress = std::function<void(double, const std::string&)>;

// Shares of the whole in units of images, so that progress is about time.
class Steps {
 public:
  // `on_progress` may be empty.
  Steps(std::int64_t total, OnProgress on_progress)
      : total_(static_cast<double>(total)), on_progress_(std::move(on_progress)) {}
  // Hears how many images of the step now going on are done. Refers to this.
  std::function<void(std::int64_t)> Of(const std::string& what) {
    return [this, what](std::int64_t done) { Report(done, what); };
  }
  void Report(std::int64_t done, const std::string& what) const {
    if (on_progress_) on_progress_((before_ + static_cast<double>(done)) / total_, what);
  }
  void Finish(std::int64_t images) { before_ += static_cast<double>(images); }

 private:
  double total_, before_ = 0.0;
  OnProgress on_progress_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_STEPS_H_
