// Every case of every table with its values stored in float16, on every backend, against the
// operator's reference on float16 (which widens, computes in float32 and rounds once).
#include <algorithm>
#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "engine/base/half.h"
#include "engine/graph/half_plan.h"
#include "tests/support/backends.h"
#include "tests/support/conformance.h"
#include "tests/support/evaluate.h"
#include "tests/support/tolerance.h"

namespace vigil::testing {
namespace {

// Inputs that float16 has, as float32.
std::vector<Tensor> MakeHalfInputs(const OpCase& op_case) {
  std::vector<Tensor> inputs = MakeInputs(op_case);
  for (Tensor& input : inputs) {
    if (input.desc().dtype != DType::kFloat32) continue;
    for (float& x : input.as<float>()) x = RoundToHalf(x);
  }
  return inputs;
}

// The node with all that is float in it stored in float16, between casts.
Graph MakeHalfGraph(const OpCase& op_case, const std::vector<Tensor>& inputs) {
  return WithHalfStorage(MakeGraph(op_case, inputs), {});
}

// The reference's answers, as MakeGraph names them.
std::vector<Tensor> RunHalfReference(const OpCase& op_case, const std::vector<Tensor>& inputs) {
  const Graph graph = MakeHalfGraph(op_case, inputs);
  std::vector<Tensor> given;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!IsConstantInput(op_case, i)) given.push_back(inputs[i].Clone());
  }
  std::map<std::string, Tensor> values = Evaluate(graph, given);
  std::vector<Tensor> outputs;
  outputs.push_back(std::move(values.at("out0")));
  for (const ValueId id : graph.taps()) {
    outputs.push_back(std::move(values.at(graph.value(id).name)));
  }
  return outputs;
}

class HalfConformance : public ::testing::TestWithParam<std::tuple<OpCaseTable, std::string>> {};

TEST_P(HalfConformance, EveryCase_AgreesWithReference) {
  const auto& [table, backend_name] = GetParam();
  ExpectAgreement(table, backend_name, [](Backend& backend, const OpCase& op_case) {
    const std::vector<Tensor> inputs = MakeHalfInputs(op_case);
    return Disagreement(RunHalfReference(op_case, inputs), HalfTolerancesOf(op_case, inputs), [&] {
      return RunOn(backend, MakeHalfGraph(op_case, inputs), op_case, inputs);
    });
  });
}

class HalfMutants : public ::testing::TestWithParam<OpCaseTable> {};

// Every other operator loses a shift of its input among equal numbers now and then.
std::vector<OpCaseTable> SumsOfProducts() {
  std::vector<OpCaseTable> tables = AllOpCases();
  std::erase_if(tables, [](const OpCaseTable& table) {
    return !table.name.starts_with("Conv") && !table.name.starts_with("Gemm") &&
           !table.name.starts_with("MatMul");
  });
  return tables;
}

// Fails where the comparison accepts `wrong`.
template <typename Mutate>
void ExpectCaught(const OpCaseTable& table, Mutate mutate) {
  for (const OpCase& op_case : ChosenCases(table)) {
    const std::vector<Tensor> inputs = MakeHalfInputs(op_case);
    const std::vector<Tensor> expected = RunHalfReference(op_case, inputs);
    const Tensor wrong = mutate(op_case, inputs, expected[0]);
    EXPECT_TRUE(FirstMismatch(expected[0], wrong, HalfTolerancesOf(op_case, inputs)[0]))
        << ToString(op_case);
  }
}

TEST_P(HalfMutants, ZeroOutput_IsCaught) {
  ExpectCaught(GetParam(), [](const OpCase&, const std::vector<Tensor>&, const Tensor& expected) {
    return Tensor(expected.desc());
  });
}

TEST_P(HalfMutants, InputShiftedByOneElement_IsCaught) {
  ExpectCaught(GetParam(),
               [](const OpCase& op_case, const std::vector<Tensor>& inputs, const Tensor&) {
                 std::vector<Tensor> shifted;
                 for (const Tensor& input : inputs) shifted.push_back(input.Clone());
                 std::ranges::rotate(shifted[0].as<float>(), shifted[0].as<float>().begin() + 1);
                 return std::move(RunHalfReference(op_case, shifted)[0]);
               });
}

INSTANTIATE_TEST_SUITE_P(Tables, HalfConformance,
                         ::testing::Combine(::testing::ValuesIn(AllOpCases()),
                                            ::testing::ValuesIn(BackendNames())),
                         [](const auto& test) {
                           return std::get<0>(test.param).name + "_" + std::get<1>(test.param);
                         });
INSTANTIATE_TEST_SUITE_P(Tables, HalfMutants, ::testing::ValuesIn(SumsOfProducts()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace vigil::testing
