// Symbolic dimensions on the command line: --size NAME=N.
#include "tests/e2e/command_fixture.h"
#include "tests/onnx/wire.h"

namespace vigil {
namespace {

using testing::Outcome;

class SizeOption : public testing::CommandFixture {
 protected:
  SizeOption() {
    using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers
    const auto symbol = [](const std::string& name) { return Wire().Bytes(2, name); };
    const Wire shape = Wire()
                           .Message(1, symbol("batch"))
                           .Message(1, Wire().Int(1, 3))
                           .Message(1, symbol("height"))
                           .Message(1, symbol("width"));
    const Wire type = Wire().Message(1, Wire().Int(1, 1).Message(2, shape));
    WireModel model = OneNode(NodeWire("Relu", {"image"}, {"y"}), 13);
    model.inputs = {Wire().Bytes(1, "image").Message(2, type)};
    Write("symbolic.onnx", model.Bytes());
  }

  std::string Command(const std::string& command, const std::string& options) const {
    return command + " '" + Path("symbolic.onnx") + "' --backend cpu " + options;
  }
};

TEST_F(SizeOption, EveryCommandThatReadsAModel_TakesIt) {
  const std::string sizes = "--size height=6 --size width=4";
  const Outcome inspected = Vigil(Command("inspect", sizes));
  EXPECT_EQ(inspected.exit_code, 0) << inspected.errors;
  EXPECT_NE(inspected.output.find("1x3x6x4"), std::string::npos) << inspected.output;
  for (const std::string command : {"verify", "bench"}) {
    const std::string options = sizes + (command == "bench" ? " --seconds 0" : "");
    const Outcome outcome = Vigil(Command(command, options));
    EXPECT_EQ(outcome.exit_code, 0) << command << outcome.errors;
  }
  const Outcome started = Vigil(Command("bench", sizes + " --startup --repeats 1"));
  EXPECT_EQ(started.exit_code, 0) << started.errors;
  Write("x.pb", testing::TensorWire("x", 1, {2, 3, 1, 1}, std::string(24, '\0')).bytes());
  const std::string input = " --input '" + Path("x.pb") + "'";
  const Outcome ran = Vigil(Command("run", "--size image=1" + input));
  EXPECT_EQ(ran.exit_code, 0) << ran.errors;
  EXPECT_NE(ran.output.find("2x3x1x1"), std::string::npos) << ran.output;
}

TEST_F(SizeOption, MissingOne_IsOneLineThatNamesTheOptionAndAllSymbols) {
  ExpectFailure(Command("inspect", ""), "model",
                {"symbolic.onnx", "dimension 2", "--size height=N", "'batch', 'height', 'width'"});
  ExpectFailure(Command("bench", "--size height=6"), "model", {"--size width=N"});
}

TEST_F(SizeOption, UnknownName_ListsTheModelsSymbols) {
  ExpectFailure(Command("verify", "--size heigth=6"), "api",
                {"'heigth'", "'batch', 'height', 'width'"});
}

TEST_F(SizeOption, WhatIsNoSize_IsWrongUsage) {
  for (const std::string text : {"height", "height=", "height=0", "height=-3", "=4", "height=4x"}) {
    const Outcome outcome = Vigil(Command("inspect", "--size " + text));
    EXPECT_EQ(outcome.exit_code, 2) << text;
    EXPECT_NE(outcome.errors.find("NAME=N"), std::string::npos) << outcome.errors;
  }
}

TEST_F(SizeOption, Quantize_TakesIt) {
  if (!VIGIL_COMMAND_HAS_ESTIMATOR) GTEST_SKIP() << "built without the estimator";
  ExpectFailure("quantize '" + Path("symbolic.onnx") + "' --dataset rendered --size height=6 -o '" +
                    Path("out.onnx") + "'",
                "model", {"--size width=N"});
}

}  // namespace
}  // namespace vigil
