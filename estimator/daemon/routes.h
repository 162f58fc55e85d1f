// What the service answers over HTTP.
#ifndef VIGIL_ESTIMATOR_DAEMON_ROUTES_H_
#define VIGIL_ESTIMATOR_DAEMON_ROUTES_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "estimator/daemon/device_service.h"
#include "estimator/daemon/http_server.h"

namespace vigil {

//   /healthz   "ok", or 503 where PE's thread hangs or backs off from errors
//   /status    JSON: what PE does and why, what the store holds (StatusToJson)
//   /metrics   OpenMetrics (metrics.h)
//   /report    HTML (report/report_html.h); ?format=json: the same as JSON
//   /verdicts  JSON lines by time: ?from= and ?to= in seconds since 1970, ?limit= (1,000; at most
//              10,000)
// `service` gives the one that runs now; called on any thread.
std::map<std::string, HttpHandler> ServiceRoutes(
    std::function<std::shared_ptr<DeviceService>()> service);

// {"version", "up_seconds", "state", "blocker", "reason", "idle_policy", "missing_signals": {name:
// why}, "estimator", "backend", "judged", "chunks", "yields", "errors", "last_error",
// "worked_today_seconds", "store": {"waiting", "unopenable", "verdicts", "seen", "kept", "judged",
// "dropped", "expired", "set_aside", "file_bytes", "journal_bytes", "images"}}.
nlohmann::json StatusToJson(const ServiceStatus& status);

// {"record", "time", "target", "estimator", "epoch", "tags", "correct", "p_correct",
// "p_correct_calibrated", "causes": [names], "p_cause": {name: p}, "outlier", "flip_rate",
// "beyond", "beyond_competence", "violations": [names]}; time in seconds since 1970, hashes in
// hexadecimal. What no monitor read is null. "beyond_competence" says whether a human should look,
// by `competence`: null without one, or without a score.
nlohmann::json VerdictToJson(const Verdict& verdict, const Competence* competence);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_ROUTES_H_
