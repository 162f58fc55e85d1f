#include "engine/base/error.h"

#include <cstdio>
#include <cstdlib>

namespace vigil {

std::string_view FaultName(Fault fault) {
  switch (fault) {
    case Fault::kModel:
      return "model";
    case Fault::kInput:
      return "input";
    case Fault::kTraining:
      return "training";
    case Fault::kGpu:
      return "gpu";
    case Fault::kApi:
      return "api";
  }
  return "unknown";
}

std::string_view CodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kUnsupported:
      return "unsupported";
    case ErrorCode::kMalformed:
      return "malformed";
    case ErrorCode::kInvalidShape:
      return "invalid-shape";
    case ErrorCode::kInvalidType:
      return "invalid-type";
    case ErrorCode::kInvalidValue:
      return "invalid-value";
    case ErrorCode::kNotFound:
      return "not-found";
    case ErrorCode::kIo:
      return "io";
    case ErrorCode::kDiverged:
      return "diverged";
    case ErrorCode::kDeviceLost:
      return "device-lost";
    case ErrorCode::kOutOfMemory:
      return "out-of-memory";
    case ErrorCode::kTimeout:
      return "timeout";
    case ErrorCode::kUnavailable:
      return "unavailable";
    case ErrorCode::kMisuse:
      return "misuse";
  }
  return "unknown";
}

// The taxonomy rates training and GPU faults as the costly ones, and interface faults as cheap to
// mend.
Severity SeverityOf(Fault fault, ErrorCode code) {
  if (code == ErrorCode::kDeviceLost || code == ErrorCode::kOutOfMemory) return Severity::kCritical;
  switch (fault) {
    case Fault::kTraining:
      return Severity::kCritical;
    case Fault::kGpu:
    case Fault::kModel:
    case Fault::kInput:
      return Severity::kMajor;
    case Fault::kApi:
      return Severity::kMinor;
  }
  return Severity::kMajor;
}

Effort EffortToMend(Fault fault, ErrorCode code) {
  if (code == ErrorCode::kDeviceLost) return Effort::kHigh;
  switch (fault) {
    case Fault::kTraining:
      return Effort::kHigh;
    case Fault::kModel:
    case Fault::kGpu:
      return Effort::kMedium;
    case Fault::kInput:
    case Fault::kApi:
      return Effort::kLow;
  }
  return Effort::kMedium;
}

namespace internal {
void CheckFailed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: broken invariant: %s\n", file, line, condition);
  std::abort();
}
}  // namespace internal

}  // namespace vigil
