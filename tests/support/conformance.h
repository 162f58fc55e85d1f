// Cases of an operator on a backend, against expected answers: what the conformance tests share.
#ifndef VIGIL_TESTS_SUPPORT_CONFORMANCE_H_
#define VIGIL_TESTS_SUPPORT_CONFORMANCE_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/verify/tolerance.h"
#include "tests/support/op_cases.h"

namespace vigil::testing {

// The first output of `run()` that is off, that taps changed an output, or the Error of the run;
// nothing where all agree. One tolerance an output.
std::optional<std::string> Disagreement(const std::vector<Tensor>& expected,
                                        const std::vector<Tolerance>& tolerances,
                                        const std::function<OpRun()>& run);

// Every case that VIGIL_OP_CASE leaves, on the backend of this name: prints the first few that
// disagree, and every validation message; skips where the backend does not open.
void ExpectAgreement(
    const OpCaseTable& table, const std::string& backend_name,
    const std::function<std::optional<std::string>(Backend&, const OpCase&)>& disagreement);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_CONFORMANCE_H_
