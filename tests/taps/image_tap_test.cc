#include "estimator/taps/image_tap.h"

#include <gtest/gtest.h>

#include "engine/graph/builder.h"

namespace vigil {
namespace {

Tensor Filled(const Shape& shape, float value) {
  return Tensor(shape, std::vector<float>(static_cast<std::size_t>(shape.elements()), value));
}

// One value for each way in which an image can hide, and some that are none.
Graph Disguises() {
  GraphBuilder b;
  const ValueId image = b.Input("image", {DType::kFloat32, {1, 3, 8, 8}});
  const ValueId factor = b.Constant("factor", Filled({1, 3, 1, 1}, 2.0f));
  const ValueId channel = b.Constant("channel", Filled({3}, 1.0f));
  const ValueId weights = b.Constant("weights", Filled({3, 3, 1, 1}, 0.1f));
  const ValueId scaled = b.Add("scaled", BinaryAttrs{BinaryKind::kMul}, {image, factor});
  const ValueId shifted = b.Add("shifted", BinaryAttrs{BinaryKind::kAdd}, {factor, scaled});
  const ValueId normal =
      b.Add("normalised", BatchNormAttrs{}, {shifted, channel, channel, channel, channel});
  const ValueId padded = b.Add("padded", PadAttrs{{0, 0, 1, 1, 0, 0, 1, 1}}, {normal});
  const ValueId turned = b.Add("turned", TransposeAttrs{{0, 2, 3, 1}}, {padded});
  const ValueId same = b.Add("same", UnaryAttrs{UnaryKind::kIdentity}, {turned});
  const ValueId drop = b.Add("dropout", UnaryAttrs{UnaryKind::kDropout, 0.5f}, {same});
  b.Add("flat", FlattenAttrs{1}, {drop});
  b.Add("reshaped", ReshapeAttrs{{0, -1}}, {drop});
  b.Add("clipped", UnaryAttrs{UnaryKind::kClip, 0.0f, 1.0f}, {image});
  PoolAttrs pool;
  pool.kernel = {2, 2};
  pool.strides = {2, 2};
  b.Add("thumbnail", pool, {image});
  b.Add("resized", ResizeAttrs{.sizes = {0, 0, 4, 4}}, {image});
  b.Add("cut", SliceAttrs{{1}, {7}, {2}, {2}}, {image});
  b.AddNode("split", SplitAttrs{1, {1, 2}}, {image}, {"red", "others"});
  b.Add("deep", SpaceToDepthAttrs{2}, {image});
  b.Add("bytes", CastAttrs{DType::kUInt8}, {image});
  b.Add("doubled", BinaryAttrs{BinaryKind::kAdd}, {image, scaled});
  const ValueId conv = b.Add("conv", ConvAttrs{}, {image, weights});
  const ValueId relu = b.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {conv});
  b.Add("joined", ConcatAttrs{1}, {relu, image});
  b.Add("residual", BinaryAttrs{BinaryKind::kAdd}, {relu, image});
  b.Add("mean", GlobalPoolAttrs{}, {image});
  b.Output(relu);
  return std::move(b).Build();
}

TEST(ImageTap, CheckTapIsNoImage_ForEveryDisguiseOfTheInput_Throws) {
  const Graph graph = Disguises();
  for (const char* name :
       {"image",   "scaled", "shifted",  "normalised", "padded",    "turned",  "same",
        "dropout", "flat",   "reshaped", "clipped",    "thumbnail", "resized", "cut",
        "red",     "others", "deep",     "bytes",      "doubled",   "joined"}) {
    try {
      CheckTapIsNoImage(graph, name);
      ADD_FAILURE() << name << " was let through";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

TEST(ImageTap, CheckTapIsNoImage_ForFeatures_Passes) {
  const Graph graph = Disguises();
  for (const char* name : {"conv", "relu", "residual", "mean"}) {
    EXPECT_NO_THROW(CheckTapIsNoImage(graph, name)) << name;
  }
}

TEST(ImageTap, CheckTapIsNoImage_ForAnUnknownName_SaysNotFound) {
  try {
    CheckTapIsNoImage(Disguises(), "block_7");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace vigil
