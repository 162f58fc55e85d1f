// --precision and `vigil quantize` as a user meets them.
#include <nlohmann/json.hpp>

#include "engine/graph/builder.h"
#include "engine/graph/quantize_model.h"
#include "engine/onnx/onnx.h"
#include "tests/e2e/command_fixture.h"

namespace vigil {
namespace {

using testing::Outcome;

// y = x * 300 * 300: beyond float16 from 0.73 on.
Graph Large() {
  GraphBuilder builder;
  const float factor = 300.0f;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 8}});
  const ValueId k = builder.Constant("k", Tensor(Shape{1}, std::span(&factor, 1)));
  const BinaryAttrs multiply{BinaryKind::kMul};
  builder.Output(builder.Add("y", multiply, {builder.Add("a", multiply, {x, k}), k}));
  return std::move(builder).Build();
}

Graph Dense() {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 8}});
  const std::vector<float> weights(32, 0.125f);
  const ValueId w = builder.Constant("w", Tensor(Shape{4, 8}, weights));
  builder.Output(builder.Add("y", GemmAttrs{.trans_b = true}, {x, w}));
  return std::move(builder).Build();
}

class PrecisionCommand : public testing::CommandFixture {
 protected:
  PrecisionCommand() { SaveOnnx(Large(), Path("large.onnx")); }
};

TEST_F(PrecisionCommand, Inspect_SaysWhichLayersStayInFloat32AndWhy) {
  const Outcome outcome =
      Vigil("inspect " + Path("large.onnx") + " --precision fp16 --backend cpu");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("'y' stays in fp32: output 'y' reached"), std::string::npos)
      << outcome.output;
  EXPECT_EQ(outcome.output.find("'a' stays"), std::string::npos) << outcome.output;
}

TEST_F(PrecisionCommand, Bench_Auto_PrintsWhatItTried) {
  const Outcome outcome =
      Vigil("bench " + Path("large.onnx") + " --precision auto --backend cpu --seconds 0.05");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("    fp16  "), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("    compared with fp32\n"), std::string::npos) << outcome.output;
}

TEST_F(PrecisionCommand, Int8OfAFloatModel_NamesTheWayToMakeOne) {
  const Outcome outcome = Vigil("bench " + Path("large.onnx") + " --precision int8 --backend cpu");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.errors.find("see `vigil quantize`"), std::string::npos) << outcome.errors;
}

// A file that is quantised has no float original to be held against, and says so.
TEST_F(PrecisionCommand, Inspect_AutoOnAQuantisedFile_SaysWhatItIsComparedWith) {
  const Graph prepared = PrepareToQuantize(Dense());
  std::map<std::string, ValueRange> ranges;
  for (const std::string& name : ValuesToQuantize(prepared)) ranges[name] = {-4.0f, 4.0f};
  SaveOnnx(QuantizeModel(prepared, ranges), Path("int8.onnx"));
  const std::string inspect = "inspect " + Path("int8.onnx") + " --precision auto --backend cpu";
  const Outcome outcome = Vigil(inspect);
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("    int8  "), std::string::npos) << outcome.output;
  const std::string line = "compared with fp32 that rounds to this file's own steps";
  EXPECT_NE(outcome.output.find(line), std::string::npos) << outcome.output;
  const auto report = nlohmann::json::parse(Vigil(inspect + " --json").output);
  EXPECT_NE(report["precision"]["compared_with"].get<std::string>(), "fp32");
  EXPECT_EQ(report["precision"]["trials"].size(), 3u);
}

}  // namespace
}  // namespace vigil
