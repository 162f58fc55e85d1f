// Every case of every table on every backend, against the operator's own reference.
#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/backends.h"
#include "tests/support/op_cases.h"
#include "tests/support/tolerance.h"

namespace vigil::testing {
namespace {

constexpr int kFailuresShown = 5;

// Nothing where the backend agrees.
std::optional<std::string> Disagreement(Backend& backend, const OpCase& op_case) {
  const std::vector<Tensor> inputs = MakeInputs(op_case);
  const std::vector<Tensor> expected = RunReference(op_case.attrs, inputs);
  const std::vector<Tolerance> tolerances = TolerancesOf(op_case, inputs);
  try {
    const OpRun run = RunOn(backend, op_case, inputs);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (auto mismatch = FirstMismatch(expected[i], run.outputs[i], tolerances[i])) {
        return "output " + std::to_string(i) + ": " + *mismatch;
      }
    }
    if (!run.identical_without_taps)
      return "the output differs between a run with and without taps";
  } catch (const Error& error) {
    return error.what();
  }
  return std::nullopt;
}

class OpConformance : public ::testing::TestWithParam<std::tuple<OpCaseTable, std::string>> {};

TEST_P(OpConformance, EveryCase_AgreesWithReference) {
  const auto& [table, backend_name] = GetParam();
  const OpenedBackend opened = OpenForTest(backend_name);
  if (!opened.backend) GTEST_SKIP() << backend_name << ": " << opened.reason;
  TakeValidationMessages();
  int failures = 0;
  const std::vector<OpCase> cases = ChosenCases(table);
  for (const OpCase& op_case : cases) {
    const std::optional<std::string> disagreement = Disagreement(*opened.backend, op_case);
    if (disagreement && ++failures <= kFailuresShown) {
      ADD_FAILURE() << ToString(op_case) << " on " << backend_name << ": " << *disagreement;
    }
    for (const std::string& message : TakeValidationMessages()) {
      if (++failures <= kFailuresShown) ADD_FAILURE() << ToString(op_case) << ": " << message;
    }
  }
  EXPECT_EQ(failures, 0) << "failures in " << cases.size() << " cases";
}

INSTANTIATE_TEST_SUITE_P(Tables, OpConformance,
                         ::testing::Combine(::testing::ValuesIn(AllOpCases()),
                                            ::testing::ValuesIn(BackendNames())),
                         [](const auto& test) {
                           return std::get<0>(test.param).name + "_" + std::get<1>(test.param);
                         });

}  // namespace
}  // namespace vigil::testing
