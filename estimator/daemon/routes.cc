#include "estimator/daemon/routes.h"

#include <charconv>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/daemon/metrics.h"
#include "estimator/monitor/validity/input_violation.h"
#include "estimator/report/counts_json.h"
#include "estimator/report/report_html.h"
#include "estimator/report/report_json.h"

namespace vigil {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr double kDefaultVerdicts = 1000.0, kMaxVerdicts = 10000.0;

// A number of the query, or `standard` where it does not stand.
double NumberOf(const HttpQuery& query, const std::string& key, double standard, double low,
                double high) {
  const auto found = query.find(key);
  if (found == query.end()) return standard;
  const std::string& text = found->second;
  double value = 0.0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc() && end == text.data() + text.size() && value >= low && value <= high)
    return value;
  throw Error(Fault::kApi, ErrorCode::kInvalidValue,
              Text(key, " is '", text, "': expected a number from ", low, " to ", high));
}

HttpReply Health(const DeviceService& service) {
  const SchedulerStatus status = service.scheduler();
  if (service.Hangs(status)) return {503, kText, "PE's thread hangs\n"};
  if (status.state == SchedulerState::kBackingOff)
    return {503, kText, "PE fails: " + status.reason + "\n"};
  return {200, kText, "ok\n"};
}

HttpReply Report(DeviceService& service, const HttpQuery& query) {
  const auto format = query.find("format");
  if (format == query.end() || format->second == "html")
    return {200, "text/html; charset=utf-8", ToHtml(*service.Report())};
  if (format->second == "json") return {200, kJson, ToJson(*service.Report()).dump(2) + "\n"};
  throw Error(Fault::kApi, ErrorCode::kInvalidValue,
              Text("format is '", format->second, "': expected html or json"));
}

HttpReply Verdicts(DeviceService& service, const HttpQuery& query) {
  constexpr double kForever = 9e9;  // seconds, so that microseconds fit
  const auto micros = [](double seconds) {
    return static_cast<std::int64_t>(std::llround(seconds * 1e6));
  };
  const std::int64_t from = micros(NumberOf(query, "from", 0.0, 0.0, kForever));
  const std::int64_t to = micros(NumberOf(query, "to", kForever, 0.0, kForever));
  const auto limit =
      static_cast<std::int64_t>(NumberOf(query, "limit", kDefaultVerdicts, 1.0, kMaxVerdicts));
  std::string lines;
  for (const Verdict& verdict : service.store().Verdicts(from, to, limit))
    lines += VerdictToJson(verdict, service.competence()).dump() + "\n";
  return {200, "application/jsonl", std::move(lines)};
}

}  // namespace

nlohmann::json VerdictToJson(const Verdict& verdict, const Competence* competence) {
  const auto reading = [](const std::optional<float>& value) {
    return value ? nlohmann::json(*value) : nlohmann::json();
  };
  nlohmann::json flagged;
  if (competence && verdict.readings.beyond) flagged = competence->IsFlagged(verdict);
  nlohmann::json violations = nlohmann::json::array();
  for (const InputViolation violation : AllInputViolations()) {
    if (verdict.violations & Bit(violation)) violations.push_back(NameOf(violation));
  }
  nlohmann::json causes = nlohmann::json::array(), p_cause = nlohmann::json::object();
  for (int i = 0; i < kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    if (verdict.causes.Has(cause)) causes.push_back(CauseName(cause));
    p_cause[std::string(CauseName(cause))] = verdict.p_cause[static_cast<std::size_t>(i)];
  }
  return {{"record", verdict.record_id},
          {"time", static_cast<double>(verdict.time_micros) / 1e6},
          {"target", HashToHex(verdict.model_hash)},
          {"estimator", HashToHex(verdict.estimator_hash)},
          {"epoch", verdict.epoch},
          {"tags", verdict.tags},
          {"correct", verdict.correct},
          {"p_correct", verdict.p_correct},
          {"p_correct_calibrated", verdict.p_correct_calibrated},
          {"causes", std::move(causes)},
          {"p_cause", std::move(p_cause)},
          {"outlier", reading(verdict.readings.outlier)},
          {"flip_rate", reading(verdict.readings.flip_rate)},
          {"beyond", reading(verdict.readings.beyond)},
          {"beyond_competence", std::move(flagged)},
          {"violations", std::move(violations)}};
}

nlohmann::json StatusToJson(const ServiceStatus& status) {
  const SchedulerStatus& scheduler = status.scheduler;
  const StoreStats& stats = status.store;
  nlohmann::json store = ToJson(stats.totals);
  store.update({{"waiting", stats.records},
                {"unopenable", stats.unopenable},
                {"verdicts", stats.verdicts},
                {"file_bytes", stats.file_bytes},
                {"journal_bytes", stats.journal_bytes},
                {"images", stats.images}});
  nlohmann::json missing = nlohmann::json::object();
  for (const MissingSignal& signal : scheduler.missing) missing[signal.name] = signal.reason;
  return {{"version", VIGIL_VERSION},
          {"up_seconds", std::chrono::duration<double>(status.up).count()},
          {"state", StateName(scheduler.state)},
          {"blocker", BlockerName(scheduler.blocker)},
          {"reason", scheduler.reason},
          {"hangs", status.hangs},
          {"idle_policy", status.idle_policy},
          {"missing_signals", std::move(missing)},
          {"estimator", status.estimator},
          {"backend", status.backend},
          {"judged", scheduler.records},
          {"chunks", scheduler.chunks},
          {"yields", scheduler.yields},
          {"errors", scheduler.errors},
          {"last_error", scheduler.last_error},
          {"worked_today_seconds", std::chrono::duration<double>(scheduler.worked_today).count()},
          {"store", std::move(store)}};
}

std::map<std::string, HttpHandler> ServiceRoutes(
    std::function<std::shared_ptr<DeviceService>()> service) {
  return {{"/healthz", [service](const HttpQuery&) { return Health(*service()); }},
          {"/status",
           [service](const HttpQuery&) {
             return HttpReply{200, kJson, StatusToJson(service()->Status()).dump(2) + "\n"};
           }},
          {"/metrics",
           [service](const HttpQuery&) {
             const std::shared_ptr<DeviceService> now = service();
             return HttpReply{200, kOpenMetricsType, OpenMetrics(now->Status(), *now->Report())};
           }},
          {"/report", [service](const HttpQuery& query) { return Report(*service(), query); }},
          {"/verdicts", [service](const HttpQuery& query) { return Verdicts(*service(), query); }}};
}

}  // namespace vigil
