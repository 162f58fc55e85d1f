// Two months of a device with troubles planted: each is named with its day and kind, and nothing
// else is.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/e2e/command_fixture.h"
#include "tests/support/shared_data.h"

namespace vigil::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

using Days = CommandFixture;

TEST_F(Days, OfCifar10_NamesEachPlantedTrouble_AndNoOther) {
  if (!VIGIL_COMMAND_HAS_ESTIMATOR) GTEST_SKIP() << "built without the estimator";
  // The lossless excerpt of batch 4 stands in for the test batch.
  const fs::path excerpt = fs::absolute(SharedData() / "cifar10" / "data_batch_4.first1017.bin");
  if (!fs::exists(excerpt)) GTEST_SKIP() << "no CIFAR-10 excerpts in " << SharedData();
  fs::create_symlink(excerpt, folder_ / "test_batch.bin");
  const fs::path page = folder_ / "days.html";
  const Outcome outcome = Vigil("demo --days 60 --backend cpu --dataset cifar10 --json --root '" +
                                folder_.string() + "' --html '" + page.string() + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json days = json::parse(outcome.output);
  // Without training there are no gradients to attack with, and no adversarial day.
  EXPECT_GE(days["planted"].size(), 5u);
  for (const json& planted : days["planted"]) EXPECT_TRUE(planted["named"]) << planted;
  EXPECT_EQ(days["further_events"], 0) << days["report"]["drift"];
  std::stringstream html;
  html << std::ifstream(page).rdbuf();
  for (const char* text : {"What changed?", "pipeline fault", "(site=yard)", "input drift (blur)"})
    EXPECT_NE(html.str().find(text), std::string::npos) << text;
}

TEST_F(Days, OfTooFew_OrAReportWithoutDays_AreWrongUsage) {
  EXPECT_NE(Vigil("demo --days 20").exit_code, 0);
  EXPECT_NE(Vigil("demo --html page.html").exit_code, 0);
}

}  // namespace
}  // namespace vigil::testing
