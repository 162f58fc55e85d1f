#include "engine/base/file.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

namespace vigil {
namespace {

class FileTest : public ::testing::Test {
 protected:
  FileTest() {
    std::string name = (std::filesystem::temp_directory_path() / "vigil-file-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~FileTest() override { std::filesystem::remove_all(folder_); }
  std::string Read(const std::filesystem::path& path) const {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::ptrdiff_t Entries() const {
    return std::distance(std::filesystem::directory_iterator(folder_),
                         std::filesystem::directory_iterator());
  }

  std::filesystem::path folder_;
};

TEST_F(FileTest, ReplaceFile_PutsTheNewBytesInPlaceOfTheOld_AndLeavesNothingElse) {
  const std::filesystem::path path = folder_ / "a";
  EXPECT_FALSE(ReplaceFile(path, "a long first text"));
  EXPECT_FALSE(ReplaceFile(path, "second"));
  EXPECT_EQ(Read(path), "second");
  EXPECT_EQ(Entries(), 1);
}

TEST_F(FileTest, ReplaceFile_GivesTheModeAskedFor_WhateverTheMask) {
  const mode_t before = umask(0077);
  EXPECT_FALSE(ReplaceFile(folder_ / "open", "x", 0644));
  EXPECT_FALSE(ReplaceFile(folder_ / "masked", "x"));
  umask(before);
  const auto mode = [&](const char* name) {
    struct stat status {};
    stat((folder_ / name).c_str(), &status);
    return status.st_mode & 07777u;
  };
  EXPECT_EQ(mode("open"), 0644u);
  EXPECT_EQ(mode("masked"), 0600u);
}

TEST_F(FileTest, ReplaceFile_ThatCannot_SaysWhyAndLeavesTheOld) {
  EXPECT_EQ(ReplaceFile(folder_ / "none" / "a", "x"), std::errc::no_such_file_or_directory);
  std::filesystem::create_directories(folder_ / "full" / "inside");
  EXPECT_TRUE(ReplaceFile(folder_ / "full", "x"));  // a folder that is not empty stays
  EXPECT_EQ(Entries(), 1);
}

}  // namespace
}  // namespace vigil
