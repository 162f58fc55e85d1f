// `vigil dataset make` and `inspect` as a user meets them; only where the estimator is built.
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

namespace vigil {
namespace {

namespace fs = std::filesystem;

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class DatasetCommand : public ::testing::Test {
 protected:
  DatasetCommand()
      : folder_(fs::temp_directory_path() / ("vigil-dataset-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~DatasetCommand() override { fs::remove_all(folder_); }

  void SetUp() override {
    if (!VIGIL_COMMAND_HAS_ESTIMATOR) GTEST_SKIP() << "built without the estimator";
  }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // The exit code; what was printed is in `out` and `err`.
  int Vigil(const std::string& arguments) const {
    const std::string command =
        "cd '" + folder_.string() + "' && '" + VIGIL_COMMAND + "' " + arguments + " >out 2>err";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  void Describe(const std::string& name, int seed) const {
    std::ofstream(Path(name)) << R"({"source":"heads","count":20,"side":32,"variant":"2-cause",)"
                              << "\"seed\":" << seed << "}";
  }

 private:
  fs::path folder_;
};

TEST_F(DatasetCommand, Make_GivesTheSameBytesForTheSameDescription) {
  Describe("one.json", 5);
  Describe("two.json", 6);
  ASSERT_EQ(Vigil("dataset make one.json -o a.vigil"), 0) << ReadText(Path("err"));
  ASSERT_EQ(Vigil("dataset make one.json --threads 1 -o b.vigil"), 0);
  ASSERT_EQ(Vigil("dataset make two.json -o c.vigil"), 0);
  EXPECT_EQ(ReadText(Path("a.vigil")), ReadText(Path("b.vigil")));
  EXPECT_NE(ReadText(Path("a.vigil")), ReadText(Path("c.vigil")));
}

TEST_F(DatasetCommand, Inspect_CountsTheSameInDescriptionAndPreparedSet) {
  Describe("one.json", 5);
  ASSERT_EQ(Vigil("dataset make one.json -o a.vigil"), 0);
  nlohmann::json counts[2];
  for (const int prepared : {0, 1}) {
    ASSERT_EQ(Vigil(std::string("dataset inspect --json --sheet sheet.png ") +
                    (prepared ? "a.vigil" : "one.json")),
              0)
        << ReadText(Path("err"));
    counts[prepared] = nlohmann::json::parse(ReadText(Path("out")));
    counts[prepared].erase("milliseconds_per_image");
    EXPECT_EQ(ReadText(Path("sheet.png")).substr(1, 3), "PNG");
  }
  EXPECT_EQ(counts[0], counts[1]);
  EXPECT_EQ(counts[0]["images"], 20);
  EXPECT_EQ(counts[0]["directness"], "angle");
}

TEST_F(DatasetCommand, Make_SaysWhatIsWrongInOneLine) {
  std::ofstream(Path("bad.json")) << R"({"source":"heads","sead":1})";
  EXPECT_EQ(Vigil("dataset make bad.json -o a.vigil"), 1);
  EXPECT_EQ(ReadText(Path("err")),
            "vigil: input error: description 'bad.json': no key 'sead'; did you mean 'seed'?\n");
  EXPECT_FALSE(fs::exists(Path("a.vigil")));
  EXPECT_EQ(Vigil("dataset make"), 2);
}

}  // namespace
}  // namespace vigil
