// A made tree of /proc and /sys that goes with the test.
#ifndef VIGIL_TESTS_IDLE_TREE_FIXTURE_H_
#define VIGIL_TESTS_IDLE_TREE_FIXTURE_H_

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>

namespace vigil::testing {

class TreeFixture : public ::testing::Test {
 protected:
  TreeFixture() {
    std::string name = (std::filesystem::temp_directory_path() / "vigil-tree-XXXXXX").string();
    root_ = mkdtemp(name.data());
  }
  ~TreeFixture() override { std::filesystem::remove_all(root_); }

  std::string root() const { return root_; }
  void Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

 private:
  std::filesystem::path root_;
};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_IDLE_TREE_FIXTURE_H_
