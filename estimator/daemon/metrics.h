// The service's state as OpenMetrics text.
#ifndef VIGIL_ESTIMATOR_DAEMON_METRICS_H_
#define VIGIL_ESTIMATOR_DAEMON_METRICS_H_

#include <string>

#include "estimator/daemon/device_service.h"

namespace vigil {

inline constexpr const char* kOpenMetricsType =
    "application/openmetrics-text; version=1.0.0; charset=utf-8";

// Exposition format of OpenMetrics 1.0.0. Counters are of this process's life, those of
// incidents of the store's; what else the store holds are gauges, since old epochs are forgotten.
// Shares are 0 to 1 (unit ratio). Where there is no estimate, its metrics have no sample.
std::string OpenMetrics(const ServiceStatus& status, const DeviceReport& report);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_METRICS_H_
