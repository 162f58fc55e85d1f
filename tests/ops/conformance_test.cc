// Every case of every table on every backend, against the operator's own reference.
#include "tests/support/conformance.h"

#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/backends.h"
#include "tests/support/tolerance.h"

namespace vigil::testing {
namespace {

class OpConformance : public ::testing::TestWithParam<std::tuple<OpCaseTable, std::string>> {};

TEST_P(OpConformance, EveryCase_AgreesWithReference) {
  const auto& [table, backend_name] = GetParam();
  ExpectAgreement(table, backend_name, [](Backend& backend, const OpCase& op_case) {
    const std::vector<Tensor> inputs = MakeInputs(op_case);
    return Disagreement(RunReference(op_case.attrs, inputs), TolerancesOf(op_case, inputs),
                        [&] { return RunOn(backend, op_case, inputs); });
  });
}

std::vector<std::string> BackendsWithOtherKernels() {
  std::vector<std::string> names = BackendNames();
  names.emplace_back(kVulkanWithoutLanes);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Tables, OpConformance,
                         ::testing::Combine(::testing::ValuesIn(AllOpCases()),
                                            ::testing::ValuesIn(BackendsWithOtherKernels())),
                         [](const auto& test) {
                           return std::get<0>(test.param).name + "_" + std::get<1>(test.param);
                         });

}  // namespace
}  // namespace vigil::testing
