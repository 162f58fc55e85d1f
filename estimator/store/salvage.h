// What can still be had of a store whose file was cut or overwritten.
#ifndef VIGIL_ESTIMATOR_STORE_SALVAGE_H_
#define VIGIL_ESTIMATOR_STORE_SALVAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "estimator/store/store.h"

namespace vigil {

struct SalvageReport {
  std::string damaged;        // where the old file lies now
  std::int64_t records = 0;   // that wait to be judged, moved into the new file
  std::int64_t verdicts = 0;  // moved as well
  // Waiting records of which an index of the file still knows and whose rows are gone. They count
  // as set aside in their epochs, and SetAsideFaults() has them.
  std::vector<std::int64_t> lost_records;
  // Of which only the counts know: rows and index are gone. Set aside, and no longer judged.
  std::int64_t lost_without_id = 0, lost_verdicts = 0;
};

// For a store that Store refuses as damaged (Input, kMalformed), such as one whose file was cut, or
// of which Verify says that it is not sound:
// moves every row that can be read into a new file, with its id, as it is sealed; makes the counts
// of the epochs fit; and puts the new file in the place of the old one, which stays beside it as
// PATH.damaged. Processes that append go on with the new file at their next Append; what they
// append meanwhile is lost. REQUIRES that no other process judges.
//
// Where it is interrupted, the old file is still in its place. Of `options`, codec and group count.
// Throws Error: (Input, kNotFound) where there is no file; (Input, kMalformed) where not even the
// tables' names can be read; (Api, kMisuse) where PATH.damaged is taken; as Store.
SalvageReport SalvageStore(const std::string& path, const StoreOptions& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_SALVAGE_H_
