// One entry of a file's metadata, and nothing else of the file.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/graph/builder.h"
#include "engine/onnx/onnx.h"

namespace vigil {
namespace {

std::string BytesOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class SetMetadataTest : public ::testing::Test {
 protected:
  SetMetadataTest()
      : path_(std::filesystem::path(::testing::TempDir()) /
              (std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) +
               ".onnx")) {
    GraphBuilder builder;
    const ValueId x = builder.Input("x", {DType::kFloat32, {1, 2}});
    builder.Output(builder.Add("y", UnaryAttrs{.kind = UnaryKind::kRelu}, {x}));
    builder.Metadata("vigil.task", "cifar10");
    SaveOnnx(std::move(builder).Build(), path_);
  }
  ~SetMetadataTest() override { std::filesystem::remove(path_); }

  const std::filesystem::path path_;
};

TEST_F(SetMetadataTest, NewKey_IsAddedAndTheFileBeforeItIsTheSame) {
  const std::string before = BytesOf(path_);
  SetOnnxMetadata(path_, "vigil.input_schema", "{\"version\":1}");
  const std::string after = BytesOf(path_);
  EXPECT_EQ(after.substr(0, before.size()), before);
  const auto metadata = LoadOnnx(path_).metadata();
  EXPECT_EQ(metadata.at("vigil.input_schema"), "{\"version\":1}");
  EXPECT_EQ(metadata.at("vigil.task"), "cifar10");
}

TEST_F(SetMetadataTest, SameKeyAgain_TakesTheOldOnesPlace) {
  SetOnnxMetadata(path_, "a", "a much longer text than the next");
  SetOnnxMetadata(path_, "a", "x");
  const std::string once = BytesOf(path_);
  SetOnnxMetadata(path_, "a", "x");
  EXPECT_EQ(BytesOf(path_), once);
  EXPECT_EQ(LoadOnnx(path_).metadata().at("a"), "x");
  EXPECT_EQ(once.find("much longer"), std::string::npos);
}

TEST_F(SetMetadataTest, TruncatedFile_IsRefusedAndStays) {
  const std::string whole = BytesOf(path_);
  std::ofstream(path_, std::ios::binary).write(whole.data(), 20);
  try {
    SetOnnxMetadata(path_, "a", "x");
    FAIL() << "expected an Error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kModel);
    EXPECT_EQ(error.code(), ErrorCode::kMalformed);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("begins no field"));
  }
  EXPECT_EQ(BytesOf(path_), whole.substr(0, 20));
  EXPECT_THROW(SetOnnxMetadata(path_.string() + ".none", "a", "x"), Error);
}

}  // namespace
}  // namespace vigil
