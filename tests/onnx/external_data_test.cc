// Tensors in files beside the model, and everything that such a file must not be.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/onnx/onnx.h"
#include "tests/onnx/wire.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using namespace testing;  // NOLINT(google-build-using-namespace): the tests' own helpers

// A model whose constant 'b' of two floats lies elsewhere.
class ExternalData : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    root_ = std::filesystem::path(::testing::TempDir()) / ("external_" + test);
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_ / "model/parts");
    Write("model/weights.bin", {0.0f, 1.5f, 2.5f, 9.0f});
    Write("outside.bin", {7.0f, 8.0f});
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void Write(const std::string& name, const std::vector<float>& values) const {
    const std::string bytes = RawData(values);
    std::ofstream(root_ / name, std::ios::binary) << bytes;
  }

  std::string ModelBytes(const std::vector<std::pair<std::string, std::string>>& entries) const {
    Wire tensor = Wire().Int(1, 2).Int(2, 1).Bytes(8, "b");
    for (const auto& [key, value] : entries) {
      tensor.Message(13, Wire().Bytes(1, key).Bytes(2, value));
    }
    tensor.Int(14, 1);
    WireModel model = OneNode(NodeWire("Add", {"x", "b"}, {"y"}), 13);
    model.inputs = {ValueWire("x", {1, 2})};
    model.initializers = {tensor};
    return model.Bytes();
  }

  Graph Load(const std::vector<std::pair<std::string, std::string>>& entries) const {
    std::ofstream(root_ / "model/m.onnx", std::ios::binary) << ModelBytes(entries);
    return LoadOnnx(root_ / "model/m.onnx");
  }

  std::string Refusal(const std::vector<std::pair<std::string, std::string>>& entries) const {
    try {
      Load(entries);
      return "accepted";
    } catch (const Error& error) {
      return error.what();
    }
  }

  std::filesystem::path root_;
};

float First(const Graph& graph) { return graph.value(*graph.Find("b")).constant->as<float>()[0]; }

TEST_F(ExternalData, OffsetAndLength_PickTheBytes) {
  EXPECT_EQ(First(Load({{"location", "weights.bin"}, {"offset", "4"}, {"length", "8"}})), 1.5f);
  EXPECT_EQ(First(Load({{"location", "weights.bin"}, {"offset", "8"}})), 2.5f);
  Write("model/parts/b.bin", {3.5f, 4.5f});
  EXPECT_EQ(First(Load({{"location", "parts/b.bin"}})), 3.5f);
}

TEST_F(ExternalData, LinkWithinTheFolder_IsFollowed) {
  Write("model/parts/b.bin", {3.5f, 4.5f});
  std::filesystem::create_symlink("parts/b.bin", root_ / "model/link.bin");
  EXPECT_EQ(First(Load({{"location", "link.bin"}})), 3.5f);
}

TEST_F(ExternalData, PlacesOutsideTheFolder_AreRefusedByName) {
  EXPECT_THAT(Refusal({{"location", "../outside.bin"}}), HasSubstr("tensor 'b'"));
  EXPECT_THAT(Refusal({{"location", "../outside.bin"}}), HasSubstr("leads out of it"));
  EXPECT_THAT(Refusal({{"location", "parts/../../outside.bin"}}), HasSubstr("leads out of it"));
  EXPECT_THAT(Refusal({{"location", (root_ / "outside.bin").string()}}), HasSubstr("is absolute"));
  EXPECT_THAT(Refusal({{"location", ""}}), HasSubstr("is no name"));
}

TEST_F(ExternalData, LinksThatLeadOutside_AreRefused) {
  std::filesystem::create_symlink(root_ / "outside.bin", root_ / "model/link.bin");
  std::filesystem::create_directory_symlink(root_, root_ / "model/up");
  EXPECT_THAT(Refusal({{"location", "link.bin"}}), HasSubstr("a link that leads out of it"));
  EXPECT_THAT(Refusal({{"location", "up/outside.bin"}}), HasSubstr("a link that leads out of it"));
}

TEST_F(ExternalData, NumbersThatDoNotFitTheFile_AreRefused) {
  const auto with = [&](const std::string& offset, const std::string& length) {
    return Refusal({{"location", "weights.bin"}, {"offset", offset}, {"length", length}});
  };
  EXPECT_THAT(with("12", "8"), HasSubstr("has 16 bytes: expected 8 from byte 12 on"));
  EXPECT_THAT(with("17", "0"), HasSubstr("from byte 17 on"));
  EXPECT_THAT(with("18446744073709551615", "8"), HasSubstr("from byte 18446744073709551615"));
  EXPECT_THAT(with("-4", "8"), HasSubstr("offset of its data is '-4'"));
  EXPECT_THAT(with("0", "four"), HasSubstr("length of its data is 'four'"));
  EXPECT_THAT(with("0", "4"), HasSubstr("4 bytes of data: expected 8"));
}

TEST_F(ExternalData, FilesThatAreNone_AreRefused) {
  EXPECT_THAT(Refusal({{"location", "ghost.bin"}}), HasSubstr("'ghost.bin'"));
  EXPECT_THAT(Refusal({{"location", "parts"}}), HasSubstr("no regular file"));
}

TEST_F(ExternalData, ModelFromMemory_HasNoFolder) {
  const std::string bytes = ModelBytes({{"location", "weights.bin"}});
  try {
    ParseOnnx(std::as_bytes(std::span(bytes)), "memory.onnx");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_THAT(error.what(), HasSubstr("memory.onnx: tensor 'b': is kept in another file"));
  }
}

}  // namespace
}  // namespace vigil
