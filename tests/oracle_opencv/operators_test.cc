// The references against OpenCV DNN, which nobody here wrote, through the ONNX files that we write:
// a mistake that our exporter, importer and reference share shows here.
#include <algorithm>

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/onnx/onnx.h"
#include "tests/oracle_opencv/opencv_net.h"
#include "tests/support/op_cases.h"
#include "tests/support/tolerance.h"

namespace vigil::testing {
namespace {

class OpenCvOracle : public ::testing::TestWithParam<OpCaseTable> {};

std::optional<std::string> Disagreement(const OpCase& op_case, const std::filesystem::path& file) {
  const std::vector<Tensor> inputs = MakeInputs(op_case);
  const std::vector<Tensor> expected = RunReference(op_case.attrs, inputs);
  try {
    SaveOnnx(MakeGraph(op_case, inputs), file);
    std::map<std::string, const Tensor*> by_name;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!IsConstantInput(op_case, i)) by_name["in" + std::to_string(i)] = &inputs[i];
    }
    const std::vector<Tensor> actual = RunOpenCv(file, by_name, {"out0"});
    return FirstMismatch(expected[0], actual[0], TolerancesOf(op_case, inputs)[0]);
  } catch (const Error& error) {
    return error.what();
  }
}

bool IsFused(const OpAttrs& attrs) {
  return std::visit(
      [](const auto& a) {
        if constexpr (requires { a.epilogue; }) return !(a.epilogue == Epilogue{});
        return false;
      },
      attrs);
}

bool GemmIsRead(const GemmAttrs& attrs, const std::vector<Shape>& shapes) {
  // It mistakes the sizes of an untransposed b, drops alpha and beta, and adds rows alone.
  if (attrs.trans_a || !attrs.trans_b || attrs.alpha != 1.0f || attrs.beta != 1.0f) return false;
  return !attrs.has_bias || shapes[2].elements() == shapes[1][0];
}

bool BinaryIsRead(const OpCase& op_case) {
  const Shape& a = op_case.shapes[0];
  const Shape& b = op_case.shapes[1];
  const BinaryKind kind = std::get<BinaryAttrs>(op_case.attrs).kind;
  if (kind == BinaryKind::kPow) return b.elements() == 1 && IsConstantInput(op_case, 1);
  if (kind == BinaryKind::kPRelu && !IsConstantInput(op_case, 1)) return false;
  // Of the lesser and the greater it takes no constants.
  if ((kind == BinaryKind::kMin || kind == BinaryKind::kMax) && IsConstantInput(op_case, 1)) {
    return false;
  }
  // Of operands that repeat it takes constants alone: one value, or one a channel.
  if (!IsConstantInput(op_case, 1)) return a == b;
  return b.elements() == 1 || (a.rank() == 4 && b == Shape{a[1], 1, 1}) ||
         (a.rank() == 2 && b == Shape{a[1]});
}

bool PoolIsRead(const PoolAttrs& attrs, const Shape& x) {
  // It drops dilations and count_include_pad, and keeps a last window that starts in the padding.
  if (attrs.dilations != std::array<std::int64_t, 2>{1, 1}) return false;
  if (attrs.count_include_pad && attrs.pads != std::array<std::int64_t, 4>{}) return false;
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t size = x[static_cast<int>(d) + 2];
    const std::int64_t room = size + attrs.pads[d] + attrs.pads[d + 2] - attrs.kernel[d];
    const std::int64_t last = (room + attrs.strides[d] - 1) / attrs.strides[d];
    if (attrs.ceil_mode && last * attrs.strides[d] >= size + attrs.pads[d]) return false;
  }
  return true;
}

// It wants axes, parts and sizes as attributes or knows fewer modes; these operators are held to
// values worked out by hand and to the standard's own examples.
bool MovesInNewerForms(const OpAttrs& attrs) {
  if (const auto* pad = std::get_if<PadAttrs>(&attrs)) {
    return pad->mode != PadMode::kConstant ||
           std::ranges::any_of(pad->pads, [](std::int64_t size) { return size < 0; });
  }
  return std::holds_alternative<SqueezeAttrs>(attrs) ||
         std::holds_alternative<UnsqueezeAttrs>(attrs) ||
         std::holds_alternative<SliceAttrs>(attrs) || std::holds_alternative<SplitAttrs>(attrs) ||
         std::holds_alternative<ExpandAttrs>(attrs) || std::holds_alternative<TileAttrs>(attrs) ||
         std::holds_alternative<GatherAttrs>(attrs) ||
         std::holds_alternative<DepthToSpaceAttrs>(attrs) ||
         std::holds_alternative<SpaceToDepthAttrs>(attrs) ||
         std::holds_alternative<ResizeAttrs>(attrs);
}

// It wants the same padding on both sides, less of it than the kernel reaches, and fewer further
// rows than a stride.
bool ConvTransposeIsRead(const ConvTransposeAttrs& attrs) {
  if (attrs.dilations != std::array<std::int64_t, 2>{1, 1}) return false;  // it drops them
  for (std::size_t d = 0; d < 2; ++d) {
    if (attrs.pads[d] != attrs.pads[d + 2]) return false;
    if (attrs.pads[d] > 0 && attrs.pads[d] >= attrs.kernel[d]) return false;
    if (attrs.output_pads[d] >= attrs.strides[d]) return false;
  }
  return true;
}

// Whether OpenCV 4.6 reads the case as ONNX means it; what it does not is written here, not found
// out by trying, so that a case cannot drop out unseen.
bool OpenCvReads(const OpCase& op_case) {
  const OpAttrs& attrs = op_case.attrs;
  if (IsFused(attrs)) return false;  // has no form in ONNX
  if (MovesInNewerForms(attrs)) return false;
  if (const auto* gemm = std::get_if<GemmAttrs>(&attrs)) return GemmIsRead(*gemm, op_case.shapes);
  if (const auto* pool = std::get_if<PoolAttrs>(&attrs)) {
    return PoolIsRead(*pool, op_case.shapes[0]);
  }
  if (const auto* conv = std::get_if<ConvTransposeAttrs>(&attrs)) return ConvTransposeIsRead(*conv);
  if (std::holds_alternative<MatMulAttrs>(attrs)) {
    return op_case.shapes[0].rank() == 2 && op_case.shapes[1].rank() == 2;
  }
  // Its statistics are the first sample's, whatever the batch.
  if (std::holds_alternative<InstanceNormAttrs>(attrs)) return op_case.shapes[0][0] == 1;
  if (const auto* lrn = std::get_if<LrnAttrs>(&attrs)) {
    return lrn->size % 2 == 1 && op_case.shapes[0].rank() == 4;
  }
  if (const auto* reduce = std::get_if<ReduceAttrs>(&attrs)) {
    // The axes of a sum are an input since opset 13; of the others it knows those of images.
    return reduce->kind != ReduceKind::kSum && op_case.shapes[0].rank() == 4 &&
           reduce->axes == std::vector<std::int64_t>{2, 3};
  }
  if (const auto* unary = std::get_if<UnaryAttrs>(&attrs)) {
    // It wants the bounds of Clip as attributes, as before opset 11; Gelu and Mish are of opsets
    // that it does not know.
    return unary->kind != UnaryKind::kClip && unary->kind != UnaryKind::kGelu &&
           unary->kind != UnaryKind::kGeluTanh && unary->kind != UnaryKind::kMish;
  }
  if (const auto* flatten = std::get_if<FlattenAttrs>(&attrs)) {
    return flatten->axis < op_case.shapes[0].rank();
  }
  return !std::holds_alternative<BinaryAttrs>(attrs) || BinaryIsRead(op_case);
}

TEST_P(OpenCvOracle, EveryCaseThatItImports_Agrees) {
  const std::filesystem::path file =
      std::filesystem::path(::testing::TempDir()) /
      ("vigil_oracle_" + std::to_string(::getpid()) + GetParam().name + ".onnx");
  int failures = 0;
  std::vector<OpCase> cases = ChosenCases(GetParam());
  std::erase_if(cases, [](const OpCase& op_case) { return !OpenCvReads(op_case); });
  for (const OpCase& op_case : cases) {
    const std::optional<std::string> disagreement = Disagreement(op_case, file);
    if (!disagreement) continue;
    ++failures;
    ADD_FAILURE() << ToString(op_case) << ": " << *disagreement;
  }
  RecordProperty("cases", static_cast<int>(cases.size()));
  EXPECT_EQ(failures, 0) << "failures in " << cases.size() << " cases";
  std::filesystem::remove(file);
}

INSTANTIATE_TEST_SUITE_P(Tables, OpenCvOracle, ::testing::ValuesIn(AllOpCases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace vigil::testing
