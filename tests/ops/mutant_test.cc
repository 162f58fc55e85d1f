// Proof that the comparison bites: each way of being wrong is caught in every case where it exists.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tests/support/op_cases.h"
#include "tests/support/tolerance.h"

namespace vigil::testing {
namespace {

class OpMutants : public ::testing::TestWithParam<OpCaseTable> {
 protected:
  // Fails for every case in which `mutate` makes a wrong answer that the comparison accepts.
  // `mutate` returns the wrong first output, or nothing where the case has no such mutant.
  template <typename Mutate>
  void ExpectCaught(Mutate mutate) {
    int mutants = 0;
    for (const OpCase& op_case : ChosenCases(GetParam())) {
      const std::vector<Tensor> inputs = MakeInputs(op_case);
      const std::vector<Tensor> expected = RunReference(op_case.attrs, inputs);
      const std::optional<Tensor> wrong = mutate(op_case, inputs, expected[0]);
      if (!wrong) continue;
      ++mutants;
      EXPECT_TRUE(FirstMismatch(expected[0], *wrong, TolerancesOf(op_case, inputs)[0]))
          << ToString(op_case);
    }
    EXPECT_GT(mutants, 0);
  }
};

class WeightMutants : public OpMutants {};
class WindowMutants : public OpMutants {};
class OperandMutants : public OpMutants {};

std::vector<OpCaseTable> TablesOf(const std::vector<std::string>& operators) {
  std::vector<OpCaseTable> tables = AllOpCases();
  std::erase_if(tables, [&](const OpCaseTable& table) {
    return std::ranges::none_of(operators,
                                [&](const auto& name) { return table.name.starts_with(name); });
  });
  return tables;
}

std::vector<Tensor> CloneAll(const std::vector<Tensor>& tensors) {
  std::vector<Tensor> clones;
  for (const Tensor& tensor : tensors) clones.push_back(tensor.Clone());
  return clones;
}

TEST_P(OpMutants, Tolerance_IsSmallBesideTheOutput) {
  for (const OpCase& op_case : ChosenCases(GetParam())) {
    const std::vector<Tensor> inputs = MakeInputs(op_case);
    const std::vector<Tensor> expected = RunReference(op_case.attrs, inputs);
    const std::vector<Tolerance> tolerances = TolerancesOf(op_case, inputs);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_LT(ToleranceOverRms(expected[i], tolerances[i]), kLargestToleranceOfRms)
          << ToString(op_case) << ", output " << i;
    }
  }
}

TEST_P(OpMutants, ZeroOutput_IsCaught) {
  ExpectCaught([](const OpCase&, const std::vector<Tensor>&, const Tensor& expected) {
    return std::optional(Tensor(expected.desc()));
  });
}

// Not where all is one output; an extremum only where it stands at the rim of its elements, as some
// of many few do.
bool FeelsAShift(const ReduceAttrs& attrs, const Shape& in) {
  const ReduceWalk walk = WalkOf(attrs, in);
  const bool extremum = attrs.kind == ReduceKind::kMax || attrs.kind == ReduceKind::kMin;
  return walk.kept.elements() > (extremum ? walk.gone.elements() : 1);
}

TEST_P(OpMutants, InputShiftedByOneElement_IsCaught) {
  ExpectCaught([](const OpCase& op_case, const std::vector<Tensor>& inputs,
                  const Tensor&) -> std::optional<Tensor> {
    const auto* reduce = std::get_if<ReduceAttrs>(&op_case.attrs);
    if (reduce && !FeelsAShift(*reduce, inputs[0].shape())) return std::nullopt;
    std::vector<Tensor> shifted = CloneAll(inputs);
    const std::span<float> x = shifted[0].as<float>();
    std::rotate(x.begin(), x.begin() + 1, x.end());
    return std::move(RunReference(op_case.attrs, shifted)[0]);
  });
}

// The largest of those in the middle of their kernel: taps at the rim may read padding alone.
float* LargestCentralWeight(Tensor& weights) {
  const std::span<float> values = weights.as<float>();
  const Shape& shape = weights.shape();
  const bool windowed = shape.rank() == 4;
  const std::int64_t taps = windowed ? shape[2] * shape[3] : 1;
  const std::int64_t middle = windowed ? shape[2] / 2 * shape[3] + shape[3] / 2 : 0;
  float* largest = &values[static_cast<std::size_t>(middle)];
  for (std::int64_t i = middle; i < shape.elements(); i += taps) {
    float& value = values[static_cast<std::size_t>(i)];
    if (std::abs(value) > std::abs(*largest)) largest = &value;
  }
  return largest;
}

TEST_P(WeightMutants, OneWeightDropped_IsCaught) {
  ExpectCaught([](const OpCase& op_case, const std::vector<Tensor>& inputs, const Tensor&) {
    std::vector<Tensor> dropped = CloneAll(inputs);
    *LargestCentralWeight(dropped[1]) = 0.0f;
    return std::optional(std::move(RunReference(op_case.attrs, dropped)[0]));
  });
}

TEST_P(OperandMutants, SwappedOperands_AreCaught) {
  ExpectCaught([](const OpCase& op_case, const std::vector<Tensor>& inputs,
                  const Tensor&) -> std::optional<Tensor> {
    using enum BinaryKind;
    const BinaryKind kind = std::get<BinaryAttrs>(op_case.attrs).kind;
    const bool commutes = kind == kAdd || kind == kMul || kind == kMin || kind == kMax;
    if (commutes || !(inputs[0].desc() == inputs[1].desc())) return std::nullopt;
    std::vector<Tensor> swapped = CloneAll(inputs);
    std::swap(swapped[0], swapped[1]);
    return std::move(RunReference(op_case.attrs, swapped)[0]);
  });
}

// Moves one row or column of padding to the other side. The shapes stay; a pooling window may be
// left with padding alone, which is no mutant but a refusal.
template <typename Attrs>
std::optional<OpAttrs> ShiftPads(Attrs attrs, const std::vector<Tensor>& inputs) {
  for (std::size_t d = 0; d < 2; ++d) {
    for (const auto& [from, to] : {std::pair(d, d + 2), std::pair(d + 2, d)}) {
      Attrs shifted = attrs;
      if (shifted.pads[from]-- == 0) continue;
      ++shifted.pads[to];
      std::vector<TensorDesc> descs;
      for (const Tensor& input : inputs) descs.push_back(input.desc());
      try {
        OpOf(shifted).infer(shifted, descs);
        return shifted;
      } catch (const Error&) {
        continue;
      }
    }
  }
  return std::nullopt;
}

TEST_P(WindowMutants, PaddingOffByOne_IsCaught) {
  ExpectCaught([](const OpCase& op_case, const std::vector<Tensor>& inputs,
                  const Tensor& expected) -> std::optional<Tensor> {
    const auto* conv = std::get_if<ConvAttrs>(&op_case.attrs);
    const auto* transposed = std::get_if<ConvTransposeAttrs>(&op_case.attrs);
    const std::optional<OpAttrs> shifted =
        conv         ? ShiftPads(*conv, inputs)
        : transposed ? ShiftPads(*transposed, inputs)
                     : ShiftPads(std::get<PoolAttrs>(op_case.attrs), inputs);
    if (!shifted) return std::nullopt;
    Tensor wrong = std::move(RunReference(*shifted, inputs)[0]);
    // With ceil_mode the number of outputs may follow the side of the padding.
    if (!(wrong.desc() == expected.desc())) return std::nullopt;
    return wrong;
  });
}

class AttributeMutants : public OpMutants {};

// The attributes, a little wrong; nothing where that says the same.
std::optional<OpAttrs> SlightlyWrong(const OpAttrs& attrs) {
  if (const auto* slice = std::get_if<SliceAttrs>(&attrs)) {
    SliceAttrs wrong = *slice;
    if (wrong.axes.empty()) return std::nullopt;
    ++wrong.starts[0];
    if (wrong.ends[0] < 1000) ++wrong.ends[0];
    return wrong;
  }
  if (const auto* split = std::get_if<SplitAttrs>(&attrs)) {
    SplitAttrs wrong = *split;
    std::ranges::reverse(wrong.sizes);
    return wrong.sizes == split->sizes ? std::nullopt : std::optional<OpAttrs>(wrong);
  }
  if (const auto* depth = std::get_if<DepthToSpaceAttrs>(&attrs)) {
    return DepthToSpaceAttrs{depth->block, !depth->column_row_depth};
  }
  if (const auto* resize = std::get_if<ResizeAttrs>(&attrs)) {
    ResizeAttrs wrong = *resize;
    wrong.mode = wrong.mode == ResizeMode::kLinear ? ResizeMode::kCubic : ResizeMode::kLinear;
    return wrong;
  }
  if (const auto* pad = std::get_if<PadAttrs>(&attrs)) {
    PadAttrs wrong = *pad;
    wrong.mode = pad->mode == PadMode::kEdge ? PadMode::kWrap : PadMode::kEdge;
    return wrong;
  }
  return std::nullopt;
}

TEST_P(AttributeMutants, SlightlyOtherAttributes_AreCaught) {
  ExpectCaught([](const OpCase& op_case, const std::vector<Tensor>& inputs,
                  const Tensor& expected) -> std::optional<Tensor> {
    const std::optional<OpAttrs> attrs = SlightlyWrong(op_case.attrs);
    if (!attrs) return std::nullopt;
    Tensor wrong = std::move(RunReference(*attrs, inputs)[0]);
    const bool same_shape = wrong.desc() == expected.desc();
    // Some ways of being wrong say the same of some shapes: one pixel, or no padding at all.
    if (same_shape && std::ranges::equal(wrong.bytes(), expected.bytes())) return std::nullopt;
    return wrong;
  });
}

const auto kTableName = [](const auto& test) { return test.param.name; };

INSTANTIATE_TEST_SUITE_P(Tables, OpMutants, ::testing::ValuesIn(AllOpCases()), kTableName);
INSTANTIATE_TEST_SUITE_P(Tables, WeightMutants,
                         ::testing::ValuesIn(TablesOf({"Conv", "Gemm", "MatMul"})), kTableName);
INSTANTIATE_TEST_SUITE_P(Tables, OperandMutants, ::testing::ValuesIn(TablesOf({"Binary"})),
                         kTableName);
INSTANTIATE_TEST_SUITE_P(Tables, AttributeMutants,
                         ::testing::ValuesIn(TablesOf({"Slice", "Split", "DepthToSpace", "Resize",
                                                       "PadMode"})),
                         kTableName);
INSTANTIATE_TEST_SUITE_P(Tables, WindowMutants, ::testing::ValuesIn(TablesOf({"Conv", "Pool"})),
                         kTableName);

}  // namespace
}  // namespace vigil::testing
