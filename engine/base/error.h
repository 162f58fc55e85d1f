// The one exception type of the project, and the taxonomy that every failure is reported in.
#ifndef VIGIL_ENGINE_BASE_ERROR_H_
#define VIGIL_ENGINE_BASE_ERROR_H_

#include <stdexcept>
#include <string>
#include <string_view>

namespace vigil {

// The five families of the fault taxonomy (SOURCES.md X1): wrong or unsupported architecture;
// shape, type or value of data; training; device; misuse of an interface.
enum class Fault { kModel, kInput, kTraining, kGpu, kApi };

// What went wrong. Codes that a caller treats differently are distinct; the message carries the
// rest.
enum class ErrorCode {
  kUnsupported,   // valid, but outside what is implemented (operator, version, device)
  kMalformed,     // a file or message that cannot be read: truncated, cyclic, corrupt
  kInvalidShape,  // shape or rank differs from what was declared
  kInvalidType,   // element type differs from what was declared
  kInvalidValue,  // NaN, out of range, invalid label
  kNotFound,      // file, value, tap or option that does not exist
  kIo,            // the operating system refused: full disk, permission
  kDiverged,      // a training loss that is no longer finite
  kDeviceLost,    // the device is gone; compile again
  kOutOfMemory,   // device or host memory
  kTimeout,       // a deadline passed
  kUnavailable,   // driver, device or component is not present on this machine
  kMisuse,        // an interface was called in a way its contract excludes
};

// How much a fault hurts, and what it takes to mend it (SOURCES.md X3).
enum class Severity { kMinor, kMajor, kCritical };
enum class Effort { kLow, kMedium, kHigh };

std::string_view FaultName(Fault fault);    // "model", "input", ...
std::string_view CodeName(ErrorCode code);  // "invalid-shape", ...
Severity SeverityOf(Fault fault, ErrorCode code);
Effort EffortToMend(Fault fault, ErrorCode code);

// Thrown by everything in this project for what the world does wrong; our own bugs abort
// (VIGIL_CHECK). `what()` is one line that names the thing, the place, what was expected and what
// was found.
class Error : public std::runtime_error {
 public:
  Error(Fault fault, ErrorCode code, const std::string& message)
      : std::runtime_error(message), fault_(fault), code_(code) {}

  Fault fault() const { return fault_; }
  ErrorCode code() const { return code_; }

 private:
  Fault fault_;
  ErrorCode code_;
};

namespace internal {
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);
}

// Aborts with file and line where one of our own invariants does not hold. A macro for the text of
// the condition and its place; clang 14 has no std::source_location.
#define VIGIL_CHECK(condition) \
  ((condition) ? void(0) : ::vigil::internal::CheckFailed(__FILE__, __LINE__, #condition))

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_ERROR_H_
