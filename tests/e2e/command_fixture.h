// Runs the command `vigil` as a user does, in a folder that goes with the test.
#ifndef VIGIL_TESTS_E2E_COMMAND_FIXTURE_H_
#define VIGIL_TESTS_E2E_COMMAND_FIXTURE_H_

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vigil::testing {

struct Outcome {
  int exit_code = -1;
  std::string output, errors;
};

class CommandFixture : public ::testing::Test {
 protected:
  CommandFixture()
      : folder_(std::filesystem::temp_directory_path() /
                ("vigil-e2e-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~CommandFixture() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  void Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(Path(name), std::ios::binary) << bytes;
  }

  Outcome Vigil(const std::string& arguments) const {
    const std::string command = std::string("'") + VIGIL_COMMAND + "' " + arguments + " >'" +
                                Path("out") + "' 2>'" + Path("err") + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadText("out"), ReadText("err")};
  }

  // Fails with one line of this family that contains all the words.
  void ExpectFailure(const std::string& arguments, const std::string& family,
                     const std::vector<std::string>& words) const {
    const Outcome outcome = Vigil(arguments);
    EXPECT_EQ(outcome.exit_code, 1) << arguments << "\n" << outcome.errors;
    EXPECT_EQ(outcome.output, "") << arguments;
    EXPECT_EQ(std::ranges::count(outcome.errors, '\n'), 1) << outcome.errors;
    EXPECT_TRUE(outcome.errors.starts_with("vigil: " + family + " error: ")) << outcome.errors;
    for (const std::string& word : words) {
      EXPECT_NE(outcome.errors.find(word), std::string::npos) << word << "\n" << outcome.errors;
    }
  }

  const std::filesystem::path folder_;

 private:
  std::string ReadText(const std::string& name) const {
    std::ifstream in(Path(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }

};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_E2E_COMMAND_FIXTURE_H_
