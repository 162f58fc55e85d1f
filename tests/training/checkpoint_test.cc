#include "estimator/training/checkpoint.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil::training {
namespace {

class CheckpointTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = std::filesystem::path(::testing::TempDir()) /
            (std::string("vigil_") +
             ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".checkpoint");
    std::filesystem::remove(path_);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void Save() const {
    SaveCheckpoint({42, 3, 24, 0.5, {{1.5, 0.75}}, {{1.0f, 2.0f}, {}, {3.0f}}}, path_);
  }
  std::string Bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void Write(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
  }
  ErrorCode CodeOfLoading(std::uint64_t fingerprint) const {
    try {
      LoadCheckpoint(path_, fingerprint);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), ::testing::HasSubstr(path_.filename().string()));
      return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::kMisuse;
  }

  std::filesystem::path path_;
};

TEST_F(CheckpointTest, Load_AfterSave_GivesTheSame) {
  Save();
  const auto loaded = LoadCheckpoint(path_, 42);
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->epochs_done, 3);
  EXPECT_EQ(loaded->optimizer_steps, 24);
  EXPECT_EQ(loaded->last_loss, 0.5);
  EXPECT_EQ(loaded->curve, (LearningCurve{{1.5, 0.75}}));
  EXPECT_EQ(loaded->tensors, (std::vector<std::vector<float>>{{1.0f, 2.0f}, {}, {3.0f}}));
}

TEST_F(CheckpointTest, Load_WithoutAFile_GivesNothing) { EXPECT_FALSE(LoadCheckpoint(path_, 42)); }

TEST_F(CheckpointTest, Load_OfAnyCutFile_IsRefused) {
  Save();
  const std::string bytes = Bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Write(bytes.substr(0, size));
    EXPECT_EQ(CodeOfLoading(42), ErrorCode::kMalformed) << size;
  }
}

TEST_F(CheckpointTest, Load_WithAnyByteAltered_IsRefused) {
  Save();
  const std::string bytes = Bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string altered = bytes;
    altered[i] = static_cast<char>(altered[i] ^ 0x10);
    Write(altered);
    EXPECT_EQ(CodeOfLoading(42), ErrorCode::kMalformed) << i;
  }
}

TEST_F(CheckpointTest, Load_OfAnotherNetworks_IsRefused) {
  Save();
  EXPECT_EQ(CodeOfLoading(43), ErrorCode::kMalformed);
}

TEST_F(CheckpointTest, Save_IntoAMissingFolder_IsRefused) {
  try {
    SaveCheckpoint({}, path_.parent_path() / "vigil_missing_folder" / "x");
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kTraining);
    EXPECT_EQ(error.code(), ErrorCode::kIo);
  }
}

}  // namespace
}  // namespace vigil::training
