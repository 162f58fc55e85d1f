#include "estimator/store/wear.h"

#include <algorithm>

#include "engine/base/clock.h"

namespace vigil::sqlite {
namespace {

constexpr std::int64_t kSlice = std::int64_t{5} * 60 * 1'000'000;  // microseconds
constexpr std::int64_t kHour = 12 * kSlice;
constexpr std::int64_t kDay = 24 * kHour;
constexpr std::int64_t kEnoughRecords = 16;
constexpr std::int64_t kGuessedBytes = 128 << 10;  // of a record, in all

std::int64_t SliceOf(std::int64_t micros) { return StretchStart(micros, kSlice); }

}  // namespace

Wear ReadWear(Database& database, std::int64_t now_micros) {
  Statement sums(database,
                 "SELECT ifnull(sum(records) FILTER (WHERE start_micros >= ?1), 0),"
                 " ifnull(sum(records), 0), ifnull(sum(bytes), 0) FROM writes"
                 " WHERE start_micros >= ?2");
  sums.Bind(1, SliceOf(now_micros - kHour)).Bind(2, SliceOf(now_micros - kDay));
  if (!sums.Step()) return {};
  return {sums.Integer(0), sums.Integer(1), sums.Integer(2)};
}

void AddWear(Database& database, std::int64_t now_micros, std::int64_t records,
             std::int64_t bytes) {
  const std::int64_t slice = SliceOf(now_micros);
  Statement future(database,
                   "SELECT ifnull(sum(records), 0), ifnull(sum(bytes), 0) FROM writes"
                   " WHERE start_micros > ?");
  if (future.Bind(1, slice).Step()) {
    records += future.Integer(0);
    bytes += future.Integer(1);
  }
  future.Reset();
  Statement(database, "DELETE FROM writes WHERE start_micros > ?1 OR start_micros < ?2")
      .Bind(1, slice)
      .Bind(2, SliceOf(now_micros - kDay))
      .Run();
  Statement(database,
            "INSERT INTO writes VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET"
            " records = records + ?2, bytes = bytes + ?3")
      .Bind(1, slice)
      .Bind(2, records)
      .Bind(3, bytes)
      .Run();
}

WriteRoom RoomLeft(const Wear& wear, const WearBounds& bounds) {
  std::int64_t each = kGuessedBytes;
  if (wear.records_of_day >= kEnoughRecords) {
    each = std::max<std::int64_t>(wear.bytes_of_day / wear.records_of_day, 1);
  }
  const auto left = [](std::int64_t bound, std::int64_t used, std::int64_t unit) {
    return bound == WriteRoom::kUnbounded ? bound : std::max<std::int64_t>(bound - used, 0) / unit;
  };
  return {.this_hour = left(bounds.max_records_per_hour, wear.records_of_hour, 1),
          .today = left(bounds.max_bytes_per_day, wear.bytes_of_day, each)};
}

}  // namespace vigil::sqlite
