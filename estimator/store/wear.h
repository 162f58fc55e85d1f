// What is written to the flash, and how much more may be. Private to this room.
#ifndef VIGIL_ESTIMATOR_STORE_WEAR_H_
#define VIGIL_ESTIMATOR_STORE_WEAR_H_

#include <cstdint>

#include "estimator/store/sampler.h"
#include "estimator/store/sqlite.h"

namespace vigil::sqlite {

struct WearBounds {
  std::int64_t max_records_per_hour = 0;
  std::int64_t max_bytes_per_day = 0;
};

// By all processes together, in the last 60 minutes and 24 hours; up to five minutes more, since
// that is how finely the table counts.
struct Wear {
  std::int64_t records_of_hour = 0;
  std::int64_t records_of_day = 0;
  std::int64_t bytes_of_day = 0;  // WriteCounter's
};

Wear ReadWear(Database& database, std::int64_t now_micros);

// Adds to what was written now, and forgets what is older than a day. What a clock since set back
// had put into the future counts as written now, so that it passes in time. REQUIRES an open
// Transaction.
void AddWear(Database& database, std::int64_t now_micros, std::int64_t records, std::int64_t bytes);

// In records: bytes are divided by what a record of the last day cost in all (its journal, its
// page in the file, its verdict), or by 128 KiB where there are too few to tell.
WriteRoom RoomLeft(const Wear& wear, const WearBounds& bounds);

}  // namespace vigil::sqlite

#endif  // VIGIL_ESTIMATOR_STORE_WEAR_H_
