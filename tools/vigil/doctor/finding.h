// What the doctor found, check by check.
#ifndef VIGIL_TOOLS_VIGIL_DOCTOR_FINDING_H_
#define VIGIL_TOOLS_VIGIL_DOCTOR_FINDING_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace vigil::doctor {

enum class Result { kOk, kWarn, kFail, kSkipped };

std::string_view ResultName(Result result);  // "ok", "warn", "fail", "skipped"

struct Finding {
  Fault family = Fault::kModel;
  std::string check;    // "dead channels"
  std::string subject;  // "cifar10_target.onnx"; empty: the machine
  Result result = Result::kOk;
  std::string found;   // what is so, with numbers; of kSkipped: why
  std::string remedy;  // what to do; empty where nothing is to be done
};

// What a check says, without its name.
struct Said {
  Result result = Result::kOk;
  std::string found;
  std::string remedy;
};

class Findings {
 public:
  // Runs a check and notes what it says; an Error that leaves it is a failure of the family.
  // `on_error` says what to do then.
  void Check(Fault family, std::string check, std::string subject, const std::function<Said()>& act,
             std::string on_error = "");

  const std::vector<Finding>& all() const { return findings_; }
  int Count(Result result) const;

 private:
  std::vector<Finding> findings_;
};

// In the order of the families, and of what was looked at within one; wrapped to the terminal's
// width.
std::string ToText(const Findings& findings, std::string_view head);
std::string ToJsonText(const Findings& findings, std::string_view head);

}  // namespace vigil::doctor

#endif  // VIGIL_TOOLS_VIGIL_DOCTOR_FINDING_H_
