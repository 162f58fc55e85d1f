// What PE did and why not, put together for reading.
#ifndef VIGIL_ESTIMATOR_REPORT_IDLE_SUMMARY_H_
#define VIGIL_ESTIMATOR_REPORT_IDLE_SUMMARY_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "estimator/store/record.h"

namespace vigil {

struct IdleReason {
  std::string doing, why;  // as in IdleTime; `doing` empty: all that are too rare for one of theirs
  double seconds = 0.0;
  std::int64_t records = 0;  // judged in it
};

// An hour or a day, in UTC; the one that is not over ends now.
struct IdleBucket {
  std::int64_t from_micros = 0, to_micros = 0;
  std::vector<double> seconds;  // one a reason
  std::int64_t records = 0;

  double MissingSeconds() const;  // of its length: no service ran
};

struct IdleSummary {
  // Work first, then by time; at most kMaxReasons, the last of which may stand for the rest.
  std::vector<IdleReason> reasons;
  // By time, the newest kMaxBuckets; those without any entry are not there.
  std::vector<IdleBucket> buckets;
  std::int64_t bucket_micros = 0;
  double seconds = 0.0;  // of all reasons

  static constexpr std::size_t kMaxReasons = 7;
  static constexpr std::size_t kMaxBuckets = 400;
};

// "working: since T is idle", "waiting: target active", "other reasons".
std::string ReasonText(const IdleReason& reason);

// Hours where the times span at most 3 days, else days.
IdleSummary SummariseIdle(std::span<const IdleTime> times, std::int64_t now_micros);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_IDLE_SUMMARY_H_
