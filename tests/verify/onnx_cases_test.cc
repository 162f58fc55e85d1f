// ONNX test cases: what passes, what is skipped, and what a bad folder says.
#include "engine/verify/onnx_cases.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cpu/cpu_backend.h"
#include "engine/reference/reference_backend.h"
#include "tests/onnx/wire.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing::NodeWire;
using testing::OneNode;
using testing::RawData;
using testing::TensorWire;
using testing::ValueWire;
using testing::WireModel;

std::string Floats(const std::vector<std::int64_t>& dims, const std::vector<float>& values) {
  return TensorWire("t", 1, dims, RawData(values)).bytes();
}

std::string Integers(const std::vector<std::int64_t>& values) {
  return TensorWire("t", 7, {static_cast<std::int64_t>(values.size())}, RawData(values)).bytes();
}

class OnnxCases : public ::testing::Test {
 protected:
  OnnxCases()
      : root_(fs::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~OnnxCases() override { fs::remove_all(root_); }

  void Write(const std::string& file, const std::string& bytes) const {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file, std::ios::binary) << bytes;
  }

  // Relu of [1, 2, 1, 2], with one right data set.
  void WriteRelu(const std::string& name) const {
    WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
    model.inputs = {ValueWire("x", {1, 2, 1, 2})};
    Write(name + "/model.onnx", model.Bytes());
    Write(name + "/test_data_set_0/input_0.pb", Floats({1, 2, 1, 2}, {-1, 2, -3, 4}));
    Write(name + "/test_data_set_0/output_0.pb", Floats({1, 2, 1, 2}, {0, 2, 0, 4}));
  }

  CaseOutcome RunOnly() const {
    const std::vector<OnnxCase> cases = FindOnnxCases(root_);
    EXPECT_EQ(cases.size(), 1u);
    return RunOnnxCase(cases.at(0), *backend_);
  }

  void ExpectFailure(const std::vector<std::string>& words) const {
    const CaseOutcome outcome = RunOnly();
    EXPECT_EQ(outcome.result, CaseResult::kFailed) << outcome.reason;
    EXPECT_EQ(outcome.reason.find('\n'), std::string::npos);
    for (const std::string& word : words) EXPECT_THAT(outcome.reason, HasSubstr(word));
  }

  const fs::path root_;
  const std::shared_ptr<Backend> backend_ = MakeReferenceBackend();
};

TEST_F(OnnxCases, Found_AtEveryDepth_InOrder) {
  WriteRelu("b/inner");
  WriteRelu("a");
  Write("c/no_model.txt", "text");
  const std::vector<OnnxCase> cases = FindOnnxCases(root_);
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].name, "a");
  EXPECT_EQ(cases[1].name, "b/inner");
  EXPECT_EQ(FindOnnxCases(root_ / "a").at(0).name, "a");
}

TEST_F(OnnxCases, MissingRoot_IsNamed) {
  try {
    FindOnnxCases(root_ / "absent");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("absent"));
  }
}

TEST_F(OnnxCases, RightOutput_Passes) {
  WriteRelu("relu");
  const CaseOutcome outcome = RunOnly();
  EXPECT_EQ(outcome.result, CaseResult::kPassed) << outcome.reason;
  EXPECT_EQ(outcome.backend, "reference");
  EXPECT_FALSE(outcome.bound_inputs);
}

TEST_F(OnnxCases, WrongOutputInTheSecondSet_NamesSetOutputAndElement) {
  WriteRelu("relu");
  Write("relu/test_data_set_1/input_0.pb", Floats({1, 2, 1, 2}, {1, 2, 3, 4}));
  Write("relu/test_data_set_1/output_0.pb", Floats({1, 2, 1, 2}, {1, 2, 3.01f, 4}));
  ExpectFailure({"test_data_set_1", "'y'", "[0, 1, 0, 0]", "3.0"});
}

TEST_F(OnnxCases, AnotherBatchThanOne_IsTakenFromTheInput) {
  WriteRelu("relu");
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {0, 2})};
  Write("relu/model.onnx", model.Bytes());
  Write("relu/test_data_set_0/input_0.pb", Floats({3, 2}, {-1, 2, -3, 4, 5, -6}));
  Write("relu/test_data_set_0/output_0.pb", Floats({3, 2}, {0, 2, 0, 4, 5, 0}));
  const CaseOutcome outcome = RunOnly();
  EXPECT_EQ(outcome.result, CaseResult::kPassed) << outcome.reason;
}

TEST_F(OnnxCases, InputsThatBroadcast_NeedNoCommonBatch) {
  WireModel model = OneNode(NodeWire("Add", {"x", "z"}, {"y"}), 13);
  model.inputs = {ValueWire("x", {3, 2}), ValueWire("z", {2})};
  Write("add/model.onnx", model.Bytes());
  Write("add/test_data_set_0/input_0.pb", Floats({3, 2}, {1, 2, 3, 4, 5, 6}));
  Write("add/test_data_set_0/input_1.pb", Floats({2}, {10, 20}));
  Write("add/test_data_set_0/output_0.pb", Floats({3, 2}, {11, 22, 13, 24, 15, 26}));
  for (const auto& backend : {backend_, MakeCpuBackend()}) {
    const CaseOutcome outcome = RunOnnxCase(FindOnnxCases(root_).at(0), *backend);
    EXPECT_EQ(outcome.result, CaseResult::kPassed) << outcome.reason;
  }
}

TEST_F(OnnxCases, ShapeThatIsAnInput_IsGivenAtLoad) {
  WireModel model = OneNode(NodeWire("Reshape", {"x", "shape"}, {"y"}), 13);
  testing::Wire integers =
      testing::Wire().Int(1, 7).Message(2, testing::Wire().Message(1, testing::Wire().Int(1, 2)));
  model.inputs = {
      ValueWire("x", {2, 3}),
      testing::Wire().Bytes(1, "shape").Message(2, testing::Wire().Message(1, integers))};
  Write("reshape/model.onnx", model.Bytes());
  Write("reshape/test_data_set_0/input_0.pb", Floats({2, 3}, {1, 2, 3, 4, 5, 6}));
  Write("reshape/test_data_set_0/input_1.pb", Integers({3, 2}));
  Write("reshape/test_data_set_0/output_0.pb", Floats({3, 2}, {1, 2, 3, 4, 5, 6}));
  const CaseOutcome outcome = RunOnly();
  EXPECT_EQ(outcome.result, CaseResult::kPassed) << outcome.reason;
  EXPECT_TRUE(outcome.bound_inputs);
}

TEST_F(OnnxCases, ModelThatIsConstantOnceItsInputIsGiven_Passes) {
  WireModel model = OneNode(NodeWire("ConstantOfShape", {"x"}, {"y"}), 9);
  model.inputs = {ValueWire("x", {2}, 7)};
  Write("zeros/model.onnx", model.Bytes());
  Write("zeros/test_data_set_0/input_0.pb", Integers({1, 3}));
  Write("zeros/test_data_set_0/output_0.pb", Floats({1, 3}, {0, 0, 0}));
  const CaseOutcome outcome = RunOnly();
  EXPECT_EQ(outcome.result, CaseResult::kPassed) << outcome.reason;
  EXPECT_TRUE(outcome.bound_inputs);
}

TEST_F(OnnxCases, EmptyOptionalInput_CountsAsAbsent) {
  WireModel model = OneNode(NodeWire("ReduceSum", {"x", "axes"}, {"y"}), 13);
  const testing::Wire empty = testing::Wire().Message(1, testing::Wire().Int(1, 0));
  const testing::Wire integers = testing::Wire().Int(1, 7).Message(2, empty);
  model.inputs = {ValueWire("x", {1, 3}), testing::Wire().Bytes(1, "axes").Message(
                                              2, testing::Wire().Message(1, integers))};
  Write("sum/model.onnx", model.Bytes());
  Write("sum/test_data_set_0/input_0.pb", Floats({1, 3}, {1, 2, 4}));
  Write("sum/test_data_set_0/input_1.pb", Integers({}));
  Write("sum/test_data_set_0/output_0.pb", Floats({1, 1}, {7}));
  const CaseOutcome outcome = RunOnly();
  EXPECT_EQ(outcome.result, CaseResult::kPassed) << outcome.reason;
}

TEST_F(OnnxCases, SequenceInput_IsASkipBeforeItsFileIsMisread) {
  WriteRelu("relu");
  WireModel model = OneNode(NodeWire("Relu", {"x"}, {"y"}), 13);
  const testing::Wire sequence = testing::Wire().Message(4, testing::Wire().Bytes(1, ""));
  model.inputs = {testing::Wire().Bytes(1, "x").Message(2, sequence)};
  Write("relu/model.onnx", model.Bytes());
  Write("relu/test_data_set_0/input_0.pb", "\x0a\x01x");
  const CaseOutcome outcome = RunOnly();
  EXPECT_EQ(outcome.result, CaseResult::kSkipped);
  EXPECT_THAT(outcome.reason, HasSubstr("'x' is a sequence"));
}

TEST_F(OnnxCases, UnsupportedOperator_IsASkipThatNamesIt) {
  WriteRelu("relu");
  Write("relu/model.onnx", OneNode(NodeWire("Cholesky", {"x"}, {"y"}), 13).Bytes());
  const CaseOutcome outcome = RunOnly();
  EXPECT_EQ(outcome.result, CaseResult::kSkipped);
  EXPECT_THAT(outcome.reason, HasSubstr("Cholesky"));
}

TEST_F(OnnxCases, NoDataSet_IsAFailure) {
  WriteRelu("relu");
  fs::remove_all(root_ / "relu/test_data_set_0");
  ExpectFailure({"test_data_set_*"});
}

TEST_F(OnnxCases, MissingOutputFile_IsAFailure) {
  WriteRelu("relu");
  fs::remove(root_ / "relu/test_data_set_0/output_0.pb");
  ExpectFailure({"output_0.pb"});
}

TEST_F(OnnxCases, MissingInputFile_IsAFailureWithTheCounts) {
  WriteRelu("relu");
  fs::remove(root_ / "relu/test_data_set_0/input_0.pb");
  ExpectFailure({"0 files input_*.pb", "takes 1"});
}

TEST_F(OnnxCases, OutputOfAnotherShape_IsAFailure) {
  WriteRelu("relu");
  Write("relu/test_data_set_0/output_0.pb", Floats({4}, {0, 2, 0, 4}));
  ExpectFailure({"1x2x1x2", "expected 4"});
}

TEST_F(OnnxCases, BadFiles_AreFailuresOfOneLine) {
  WriteRelu("relu");
  Write("relu/test_data_set_0/input_0.pb", "\x08\xff\xff");
  ExpectFailure({"input_0.pb"});
  Write("relu/model.onnx", "no\nmodel");
  ExpectFailure({""});
}

}  // namespace
}  // namespace vigil
