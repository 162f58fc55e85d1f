// What is learned from many records, one after the other.
#ifndef VIGIL_ESTIMATOR_VERDICT_STREAM_MONITOR_H_
#define VIGIL_ESTIMATOR_VERDICT_STREAM_MONITOR_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "estimator/store/record.h"

namespace vigil {

// Sees each record once, with its verdict, after every RecordEvaluator has filled its part in; what
// it remembers is bounded. Its state is a note of the store ("monitor." and its name), put down in
// the transaction that stores the verdicts: after a restart, or where that transaction fails, it
// goes on from there and counts nothing twice. Externally synchronised.
class StreamMonitor {
 public:
  virtual ~StreamMonitor() = default;
  virtual std::string_view name() const = 0;
  // The record's time may lie before the last one's: an epoch is read in random order.
  virtual void Observe(const Record& record, const Verdict& verdict) = 0;
  virtual std::string Save() const = 0;
  // `state` is what Save gave, or empty: from the beginning. A state that cannot be read, of an
  // older version or a damaged file, is the beginning too, and is logged.
  virtual void Restore(std::string_view state) = 0;
};

using StreamMonitors = std::vector<std::unique_ptr<StreamMonitor>>;

std::string NoteOf(const StreamMonitor& monitor);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_STREAM_MONITOR_H_
