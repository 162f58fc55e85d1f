#include "tests/support/conformance.h"

#include <gtest/gtest.h>

#include "engine/verify/compare.h"
#include "tests/support/backends.h"

namespace vigil::testing {

std::optional<std::string> Disagreement(const std::vector<Tensor>& expected,
                                        const std::vector<Tolerance>& tolerances,
                                        const std::function<OpRun()>& run) {
  try {
    const OpRun result = run();
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (auto mismatch = FirstMismatch(expected[i], result.outputs[i], tolerances[i])) {
        return "output " + std::to_string(i) + ": " + *mismatch;
      }
    }
    if (!result.identical_without_taps)
      return "the output differs between a run with and without taps";
  } catch (const Error& error) {
    return error.what();
  }
  return std::nullopt;
}

void ExpectAgreement(
    const OpCaseTable& table, const std::string& backend_name,
    const std::function<std::optional<std::string>(Backend&, const OpCase&)>& disagreement) {
  constexpr int kFailuresShown = 5;
  const OpenedBackend opened = OpenForTest(backend_name);
  if (!opened.backend) GTEST_SKIP() << backend_name << ": " << opened.reason;
  TakeValidationMessages();
  int failures = 0;
  const std::vector<OpCase> cases = ChosenCases(table);
  for (const OpCase& op_case : cases) {
    const std::optional<std::string> difference = disagreement(*opened.backend, op_case);
    if (difference && ++failures <= kFailuresShown) {
      ADD_FAILURE() << ToString(op_case) << " on " << backend_name << ": " << *difference;
    }
    for (const std::string& message : TakeValidationMessages()) {
      if (++failures <= kFailuresShown) ADD_FAILURE() << ToString(op_case) << ": " << message;
    }
  }
  EXPECT_EQ(failures, 0) << "failures in " << cases.size() << " cases";
}

}  // namespace vigil::testing
