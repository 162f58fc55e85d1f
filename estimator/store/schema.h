// The tables of the store's file. Private to this room.
//
//   meta       what this file is: its codec; records and payload bytes ever appended
//   epochs     one row a sampling epoch (EpochCounts), open or closed
//   records    the unjudged ones; `shuffle` is random and orders an epoch for reading from its low
//              end and for expiry from its high end; `place` is null outside a reservoir;
//              `key_id` names the key that the payload is sealed for, 0: none
//   verdicts   one row a judged record, by the record's id, which is never given twice
//   set_aside  records that PE failed on twice: their fault, without their data
//   idle_times how PE spent its hours (IdleTime)
//   notes      short texts that the evaluator keeps over a restart
//   incidents  faults at run time, one row a kind (Incident)
//   writes     records and bytes written in each five minutes of the last day (wear.h)
//
// The file says application_id kApplicationId and user_version kSchemaVersion. An older version is
// brought up to date when it is opened, a newer one refused:
//   1   the first
//   2   records have key_id
//   3   idle_times, notes and writes
//   4   readings of the monitors, violations, incidents
#ifndef VIGIL_ESTIMATOR_STORE_SCHEMA_H_
#define VIGIL_ESTIMATOR_STORE_SCHEMA_H_

#include <string>
#include <string_view>

#include "estimator/store/payload_codec.h"
#include "estimator/store/sqlite.h"

namespace vigil::sqlite {

inline constexpr int kSchemaVersion = 4;
inline constexpr int kApplicationId = 0x5647494c;  // "VGIL"

// Makes the tables in an empty file, or checks that they are there. Throws Error: (Input,
// kUnsupported) for a newer version, (Input, kMalformed) for another program's file, (Api,
// kMisuse) for another codec than `codec_name` (empty: any), and as Database.
void EnsureSchema(Database& database, std::string_view codec_name);

// A condition in SQL on rows of `records`: whether the codec has their key.
std::string OpenableBy(const PayloadCodec& codec);

}  // namespace vigil::sqlite

#endif  // VIGIL_ESTIMATOR_STORE_SCHEMA_H_
