// A DeviceReport for machines.
#ifndef VIGIL_ESTIMATOR_REPORT_REPORT_JSON_H_
#define VIGIL_ESTIMATOR_REPORT_REPORT_JSON_H_

#include <nlohmann/json_fwd.hpp>

#include "estimator/report/device_report.h"

namespace vigil {

inline constexpr int kReportVersion = 1;

// README.md beside this file has the schema, version 1; a key's meaning changes only with the
// version, and keys may be added. Times are UTC as "2026-11-30T02:12:50Z"; hashes have sixteen
// hexadecimal digits; shares are 0 to 1; texts are valid UTF-8, whatever the store had.
nlohmann::json ToJson(const DeviceReport& report);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_REPORT_JSON_H_
