// Quantised operators in files, in and out.
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "tests/onnx/parse_wire.h"

namespace vigil::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int kFloat = 1, kUInt8 = 2, kInt8 = 3, kInt32 = 6;

Wire FloatScalar(const std::string& name, float value) {
  return TensorWire(name, kFloat, {}, RawData(std::vector<float>{value}));
}
template <typename T>
Wire Row(const std::string& name, int type, const std::vector<T>& values) {
  return TensorWire(name, type, {static_cast<std::int64_t>(values.size())}, RawData(values));
}
Wire ByteScalar(const std::string& name, int type, std::uint8_t value) {
  return TensorWire(name, type, {}, std::string(1, static_cast<char>(value)));
}

// x [1, 2, 4, 4] -> QuantizeLinear -> y, with these further inputs.
WireModel Quantize(std::initializer_list<std::string> inputs, std::vector<Wire> constants,
                   std::int64_t opset, std::initializer_list<Wire> attributes = {}) {
  WireModel model = OneNode(NodeWire("QuantizeLinear", inputs, {"q"}, attributes), opset);
  model.nodes.push_back(NodeWire("DequantizeLinear", {"q", "s"}, {"y"}));
  model.initializers = std::move(constants);
  return model;
}

TEST(ImportQuantized, QuantizeLinearWithoutZeroPoint_IsUInt8) {
  const Graph graph = Parse(Quantize({"x", "s"}, {FloatScalar("s", 0.5f)}, 10));
  const auto& attrs = std::get<QuantizeAttrs>(graph.nodes()[0].attrs);
  EXPECT_EQ(attrs.type, DType::kUInt8);
  EXPECT_THAT(attrs.scale.scales, ElementsAre(0.5f));
  EXPECT_THAT(attrs.scale.zero_points, ElementsAre(0));
}

TEST(ImportQuantized, ZeroPoint_SaysTheType) {
  const Graph graph =
      Parse(Quantize({"x", "s", "z"}, {FloatScalar("s", 0.5f), ByteScalar("z", kInt8, 0xfb)}, 13));
  const auto& attrs = std::get<QuantizeAttrs>(graph.nodes()[0].attrs);
  EXPECT_EQ(attrs.type, DType::kInt8);
  EXPECT_THAT(attrs.scale.zero_points, ElementsAre(-5));
}

TEST(ImportQuantized, OutputDtypeOfOpset21_SaysTheType) {
  const Graph graph = Parse(
      Quantize({"x", "s"}, {FloatScalar("s", 0.5f)}, 21, {IntAttribute("output_dtype", kInt8)}));
  EXPECT_EQ(std::get<QuantizeAttrs>(graph.nodes()[0].attrs).type, DType::kInt8);
}

TEST(ImportQuantized, ScalesOfAnAxis_CountFromTheEndToo) {
  WireModel model =
      OneNode(NodeWire("QuantizeLinear", {"x", "s", "z"}, {"q"}, {IntAttribute("axis", -3)}), 13);
  model.nodes.push_back(
      NodeWire("DequantizeLinear", {"q", "s", "z"}, {"y"}, {IntAttribute("axis", -3)}));
  model.initializers = {Row("s", kFloat, std::vector<float>{0.5f, 0.25f}),
                        Row("z", kUInt8, std::vector<std::uint8_t>{1, 2})};
  const Graph graph = Parse(model);
  const auto& scale = std::get<QuantizeAttrs>(graph.nodes()[0].attrs).scale;
  EXPECT_EQ(scale.axis, 1);
  EXPECT_THAT(scale.zero_points, ElementsAre(1, 2));
}

TEST(ImportQuantized, WhatIsNotSupported_IsRefusedWithTheReason) {
  EXPECT_THAT(
      Refusal(Quantize({"x", "s"}, {FloatScalar("s", 0.5f)}, 21, {IntAttribute("block_size", 2)})),
      HasSubstr("block_size is 2: expected scales a tensor or an axis"));
  EXPECT_THAT(Refusal(Quantize({"x", "s"}, {FloatScalar("s", 0.5f)}, 21,
                               {IntAttribute("output_dtype", 7)})),
              HasSubstr("output_dtype is int64: expected int8 or uint8"));
  EXPECT_THAT(Refusal(Quantize({"x", "s"}, {FloatScalar("s", -1.0f)}, 13)),
              HasSubstr("scale holds -1: expected finite numbers above 0"));
  WireModel at_run_time = Quantize({"x", "x"}, {FloatScalar("s", 1.0f)}, 13);
  EXPECT_THAT(Refusal(at_run_time), HasSubstr("is known only at run time: expected a constant"));
}

WireModel QLinearConv() {
  WireModel model = OneNode(NodeWire("QuantizeLinear", {"x", "xs", "xz"}, {"q"}), 13);
  model.nodes.push_back(NodeWire("QLinearConv", {"q", "xs", "xz", "w", "ws", "wz", "ys", "yz", "b"},
                                 {"c"}, {IntsAttribute("pads", {1, 1, 1, 1})}));
  model.nodes.push_back(NodeWire("DequantizeLinear", {"c", "ys", "yz"}, {"y"}));
  model.initializers = {FloatScalar("xs", 0.1f),
                        ByteScalar("xz", kUInt8, 3),
                        TensorWire("w", kInt8, {2, 2, 3, 3}, std::string(36, '\x05')),
                        Row("ws", kFloat, std::vector<float>{0.5f, 0.25f}),
                        Row("wz", kInt8, std::vector<std::int8_t>{0, 0}),
                        FloatScalar("ys", 2.0f),
                        ByteScalar("yz", kInt8, 0xff),
                        Row("b", kInt32, std::vector<std::int32_t>{7, -7})};
  return model;
}

TEST(ImportQuantized, QLinearConv_IsOneNode) {
  const Graph graph = Parse(QLinearConv());
  const auto& attrs = std::get<QConvAttrs>(graph.nodes()[1].attrs);
  EXPECT_EQ(attrs.kernel, (std::array<std::int64_t, 2>{3, 3}));
  EXPECT_EQ(attrs.pads, (std::array<std::int64_t, 4>{1, 1, 1, 1}));
  EXPECT_EQ(attrs.product.x_zero_point, 3);
  EXPECT_THAT(attrs.product.weight_scales, ElementsAre(0.5f, 0.25f));
  EXPECT_EQ(attrs.product.y_zero_point, -1);
  EXPECT_EQ(attrs.product.type, DType::kInt8);
  EXPECT_TRUE(attrs.product.has_bias);
}

TEST(ImportQuantized, ConvIntegerAndMatMulInteger_GiveInt32) {
  WireModel model = OneNode(NodeWire("QuantizeLinear", {"x", "s"}, {"q"}), 13);
  model.nodes.push_back(NodeWire("ConvInteger", {"q", "w", "z"}, {"c"}));
  model.nodes.push_back(NodeWire("DequantizeLinear", {"c", "s"}, {"y"}));
  model.initializers = {FloatScalar("s", 0.1f), ByteScalar("z", kUInt8, 9),
                        TensorWire("w", kInt8, {3, 2, 1, 1}, std::string(6, '\x05'))};
  const Graph graph = Parse(model);
  EXPECT_EQ(OpName(graph.nodes()[1].attrs), "ConvInteger");
  EXPECT_EQ(graph.value(graph.nodes()[1].outputs[0]).desc.dtype, DType::kInt32);
}

TEST(ExportQuantized, WhatIsWritten_IsReadBackTheSame) {
  const Graph graph = Parse(QLinearConv());
  const auto path = std::filesystem::temp_directory_path() / "vigil_quantized_test.onnx";
  SaveOnnx(graph, path);
  const Graph again = LoadOnnx(path);
  std::filesystem::remove(path);
  ASSERT_EQ(again.nodes().size(), graph.nodes().size());
  const auto& before = std::get<QConvAttrs>(graph.nodes()[1].attrs);
  const auto& after = std::get<QConvAttrs>(again.nodes()[1].attrs);
  EXPECT_EQ(after.pads, before.pads);
  EXPECT_EQ(after.product.weight_scales, before.product.weight_scales);
  EXPECT_EQ(after.product.y_zero_point, before.product.y_zero_point);
  EXPECT_EQ(after.product.type, before.product.type);
  const ValueId w = again.nodes()[1].inputs[1];
  EXPECT_EQ(again.value(w).desc, (TensorDesc{DType::kInt8, {2, 2, 3, 3}}));
  EXPECT_EQ(std::get<QuantizeAttrs>(again.nodes()[0].attrs).scale.zero_points,
            std::get<QuantizeAttrs>(graph.nodes()[0].attrs).scale.zero_points);
}

}  // namespace
}  // namespace vigil::testing
