#include "estimator/report/incident_words.h"

#include <array>
#include <optional>
#include <utility>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr std::array kFaults{Fault::kModel, Fault::kInput, Fault::kTraining, Fault::kGpu,
                             Fault::kApi};
constexpr std::array kCodes{
    ErrorCode::kUnsupported, ErrorCode::kMalformed,    ErrorCode::kInvalidShape,
    ErrorCode::kInvalidType, ErrorCode::kInvalidValue, ErrorCode::kNotFound,
    ErrorCode::kIo,          ErrorCode::kDiverged,     ErrorCode::kDeviceLost,
    ErrorCode::kOutOfMemory, ErrorCode::kTimeout,      ErrorCode::kUnavailable,
    ErrorCode::kMisuse};

std::optional<std::pair<Fault, ErrorCode>> KindOf(const Incident& incident) {
  for (const Fault fault : kFaults) {
    for (const ErrorCode code : kCodes) {
      if (FaultName(fault) == incident.fault && CodeName(code) == incident.code)
        return std::pair{fault, code};
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view SeverityText(const Incident& incident) {
  const auto kind = KindOf(incident);
  if (!kind) return "unknown";
  switch (SeverityOf(kind->first, kind->second)) {
    case Severity::kMinor:
      return "minor";
    case Severity::kMajor:
      return "major";
    case Severity::kCritical:
      return "critical";
  }
  return "unknown";
}

std::string_view EffortText(const Incident& incident) {
  const auto kind = KindOf(incident);
  if (!kind) return "unknown";
  switch (EffortToMend(kind->first, kind->second)) {
    case Effort::kLow:
      return "low";
    case Effort::kMedium:
      return "medium";
    case Effort::kHigh:
      return "high";
  }
  return "unknown";
}

}  // namespace vigil
