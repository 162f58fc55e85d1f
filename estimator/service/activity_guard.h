// Shows T's activity for as long as it lives.
#ifndef VIGIL_ESTIMATOR_SERVICE_ACTIVITY_GUARD_H_
#define VIGIL_ESTIMATOR_SERVICE_ACTIVITY_GUARD_H_

#include <functional>

#include "estimator/idle/activity_page.h"

namespace vigil {

class ActivityGuard {
 public:
  // Both may be null or empty, and outlive this.
  ActivityGuard(ActivityPage* page, const std::function<void()>& on_activity)
      : page_(page), on_activity_(on_activity) {
    if (page_) page_->Begin();
    if (on_activity_) on_activity_();
  }
  ~ActivityGuard() {
    if (page_) page_->End();
    if (on_activity_) on_activity_();
  }
  ActivityGuard(const ActivityGuard&) = delete;
  ActivityGuard& operator=(const ActivityGuard&) = delete;

 private:
  ActivityPage* page_;
  const std::function<void()>& on_activity_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_SERVICE_ACTIVITY_GUARD_H_
