#include <algorithm>
#include <iostream>

#include <CLI/Error.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/session/backends.h"
#include "engine/verify/onnx_cases.h"
#include "tools/vigil/backend_options.h"
#include "tools/vigil/verify.h"

namespace vigil {
namespace {

struct Opened {
  std::vector<std::shared_ptr<Backend>> backends;
  std::vector<std::string> absent;  // not asked for by name, and why they are not there
};

// A backend that was named must open; of the default ones Vulkan may be absent.
Opened OpenBackends(const VerifyOptions& options) {
  Opened opened;
  const bool named = !options.backends.empty();
  const std::vector<std::string> names =
      named ? options.backends : std::vector<std::string>{"reference", "cpu", "vulkan"};
  for (const std::string& name : names) {
    try {
      opened.backends.push_back(OpenBackend(name, options.device));
    } catch (const Error& error) {
      if (named || error.code() != ErrorCode::kUnavailable) throw;
      opened.absent.push_back(Text(name, ": ", error.what()));
    }
  }
  return opened;
}

struct Counts {
  int passed = 0, failed = 0, skipped = 0, bound = 0;

  void Add(const CaseOutcome& outcome) {
    passed += outcome.result == CaseResult::kPassed;
    failed += outcome.result == CaseResult::kFailed;
    skipped += outcome.result == CaseResult::kSkipped;
    bound += outcome.result == CaseResult::kPassed && outcome.bound_inputs;
  }
  bool good() const { return failed == 0 && passed > 0; }
};

const char* ResultName(CaseResult result) {
  switch (result) {
    case CaseResult::kPassed:
      return "passed";
    case CaseResult::kFailed:
      return "failed";
    case CaseResult::kSkipped:
      return "skipped";
  }
  return "";
}

nlohmann::json ToJson(const CaseOutcome& outcome) {
  return {{"case", outcome.name},
          {"backend", outcome.backend},
          {"result", ResultName(outcome.result)},
          {"reason", outcome.reason},
          {"inputs_given_at_load", outcome.bound_inputs}};
}

void PrintHead(const VerifyOptions& options, const Opened& opened, std::size_t cases) {
  std::cout << cases << " ONNX test cases below " << options.onnx_test
            << ", tolerance 1e-3 relative and 1e-7 absolute\n";
  for (const auto& backend : opened.backends) std::cout << "  on " << Describe(*backend) << "\n";
  for (const std::string& absent : opened.absent) std::cout << "  not on " << absent << "\n";
}

}  // namespace

void VerifyOnnxTests(const VerifyOptions& options) {
  const std::vector<OnnxCase> cases = FindOnnxCases(options.onnx_test);
  const Opened opened = OpenBackends(options);
  if (!options.json) PrintHead(options, opened, cases.size());
  Counts counts;
  nlohmann::json outcomes = nlohmann::json::array();
  for (const OnnxCase& onnx_case : cases) {
    for (const auto& backend : opened.backends) {
      const CaseOutcome outcome = RunOnnxCase(onnx_case, *backend);
      counts.Add(outcome);
      if (options.json) {
        outcomes.push_back(ToJson(outcome));
      } else if (outcome.result != CaseResult::kPassed) {
        std::cout << ResultName(outcome.result) << ": " << outcome.name << " on " << outcome.backend
                  << ": " << outcome.reason << std::endl;
      }
    }
  }
  if (options.json) {
    std::cout << nlohmann::json{{"passed", counts.passed},
                                {"failed", counts.failed},
                                {"skipped", counts.skipped},
                                {"passed_with_inputs_given_at_load", counts.bound},
                                {"cases", outcomes}}
                     .dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
              << "\n";
  } else {
    if (counts.bound > 0) {
      std::cout << counts.bound << " of those that passed had inputs that shape the network "
                << "(a shape, pads, bounds) given when it was loaded\n";
    }
    std::cout << counts.passed << " passed, " << counts.failed << " failed, " << counts.skipped
              << " skipped\n";
  }
  if (!counts.good()) throw CLI::RuntimeError(1);
}

}  // namespace vigil
