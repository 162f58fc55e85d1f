// A DeviceReport for a terminal.
#ifndef VIGIL_ESTIMATOR_REPORT_REPORT_TEXT_H_
#define VIGIL_ESTIMATOR_REPORT_REPORT_TEXT_H_

#include <string>

#include "estimator/report/device_report.h"

namespace vigil {

// Lines of at most kTextColumns; long lists end with how much more there is (ToJson has all).
std::string ToText(const DeviceReport& report);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_REPORT_REPORT_TEXT_H_
