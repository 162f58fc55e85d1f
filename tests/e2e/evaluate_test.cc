// `vigil evaluate` as a user meets it: the tables' JSON on a little data, and what is wrong usage.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/shared_data.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::SharedData;

struct Outcome {
  int exit_code = -1;
  std::string output, errors;
};

std::string ReadText(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Evaluate : public ::testing::Test {
 protected:
  Evaluate() : folder_(fs::temp_directory_path() / ("vigil-evaluate-" + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~Evaluate() override { fs::remove_all(folder_); }
  void SetUp() override {
    if (!VIGIL_COMMAND_HAS_ESTIMATOR) GTEST_SKIP() << "built without the estimator";
  }

  Outcome Vigil(const std::string& arguments) const {
    const std::string out = folder_ / "out", err = folder_ / "err";
    const std::string command =
        std::string("'") + VIGIL_COMMAND + "' " + arguments + " >'" + out + "' 2>'" + err + "'";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadText(out), ReadText(err)};
  }

  // A folder in CIFAR-10's layout, of the lossless excerpts: batch 4's stands in for the test
  // batch, which is not among them. False, with a skip, where the excerpts are not here.
  bool MakeCifarRoot() const {
    const fs::path data = fs::absolute(SharedData() / "cifar10");
    const std::pair<const char*, const char*> files[] = {
        {"data_batch_1.first4000.bin", "data_batch_1.bin"},
        {"data_batch_5.first1017.bin", "data_batch_5.bin"},
        {"data_batch_4.first1017.bin", "test_batch.bin"}};
    for (const auto& [from, to] : files) {
      if (!fs::exists(data / from)) return false;
      fs::create_symlink(data / from, folder_ / to);
    }
    return true;
  }

  fs::path folder_;
};

void ExpectInterval(const json& interval, const std::string& what) {
  ASSERT_TRUE(interval.is_object() && interval.contains("value")) << what << interval;
  if (interval["value"].is_null() || interval["low"].is_null()) return;
  EXPECT_LE(interval["low"], interval["high"]) << what;
}

TEST_F(Evaluate, Table6_OnALittleData_HasEveryFigureUnderItsKey) {
  if (!MakeCifarRoot()) GTEST_SKIP() << "no CIFAR-10 excerpts in " << SharedData();
  const Outcome outcome =
      Vigil("evaluate --table 6 --limit 200 --json --backend cpu --root '" + folder_.string() +
            "' --lossless '" + (folder_ / "data_batch_5.bin").string() + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json report = json::parse(outcome.output);
  EXPECT_EQ(report["table"], 6);
  for (const char* key : {"data", "target", "estimator", "backend", "device", "precision"})
    EXPECT_FALSE(report[key].get<std::string>().empty()) << key;
  EXPECT_GT(report["seconds"], 0.0);
  ExpectInterval(report["clean_accuracy"], "clean_accuracy");
  ASSERT_EQ(report["sets"].size(), 2u);
  for (const json& set : report["sets"]) {
    EXPECT_EQ(set["images"], 200);
    for (const char* key :
         {"accuracy", "accuracy_strict", "tnr", "tpr_strict", "tpr", "balanced_accuracy", "auroc",
          "aupr_error", "fpr_at_95_tpr", "aurc", "target_accuracy", "recall_localization",
          "recall_blur", "recall_lighting", "recall_other", "specificity_blur", "prevalence_blur"})
      ExpectInterval(set["ours"][key], key);
    for (const char* part : {"all", "augmented", "untouched"})
      ExpectInterval(set["ours"][part]["auroc"], part);
    EXPECT_EQ(set["baselines"].size(), 14u);  // the oracle of operations too
    for (const json& baseline : set["baselines"]) {
      EXPECT_FALSE(baseline["source"].get<std::string>().empty());
      ExpectInterval(baseline["all"]["auroc"], baseline["name"]);
      ExpectInterval(baseline["all"]["lead_auroc"], baseline["name"]);
      EXPECT_TRUE(baseline["accuracy"].is_number());
    }
  }
  EXPECT_DOUBLE_EQ(report["sets"][0]["paper"]["accuracy_strict"], 0.7518);
  EXPECT_DOUBLE_EQ(report["sets"][0]["paper"]["recall_blur"], 0.9923);
  EXPECT_TRUE(report["sets"][1]["paper"].empty());  // the paper has one severity
  ASSERT_EQ(report["windows"].size(), 7u);
  EXPECT_TRUE(report["windows"][0]["calibrated"]);
  EXPECT_EQ(report["windows"][0]["methods"][0]["name"], "PE");
  for (const json& window : report["windows"]) {
    ExpectInterval(window["coverage"], window["condition"]);
    EXPECT_EQ(window["methods"].size(), 9u);
    for (const json& method : window["methods"])
      EXPECT_LT(method["mae"]["value"], 0.7) << method["name"];
  }
  EXPECT_TRUE(report["behind"].is_array());
}

TEST_F(Evaluate, Table1_PrintsAllVariantsBesideThePaper) {
  const Outcome outcome = Vigil("evaluate --table 1 --limit 50 --json --backend cpu");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json report = json::parse(outcome.output);
  ASSERT_EQ(report["sets"].size(), 5u);
  EXPECT_EQ(report["sets"][0]["variant"], "clean");
  EXPECT_DOUBLE_EQ(report["sets"][0]["paper"]["accuracy"], 0.9884);
  EXPECT_DOUBLE_EQ(report["sets"][2]["paper"]["accuracy"], 0.8073);
  for (const json& set : report["sets"]) ExpectInterval(set["ours"]["accuracy"], set["variant"]);
}

// The box that a detector finds is not the true one, so T is right on other images.
TEST_F(Evaluate, Table1_WithTheDetectorThatShips_SaysSo_AndGivesOtherFigures) {
  const json with =
      json::parse(Vigil("evaluate --table 1 --limit 100 --json --backend cpu --detector").output);
  const json without =
      json::parse(Vigil("evaluate --table 1 --limit 100 --json --backend cpu").output);
  EXPECT_NE(with["data"].get<std::string>().find("faces as detected"), std::string::npos);
  const auto clean = [](const json& report) {
    return report["sets"][0]["ours"]["accuracy"]["value"].get<double>();
  };
  EXPECT_NE(clean(with), clean(without));
  EXPECT_GT(clean(with), 0.6);
}

TEST_F(Evaluate, Table1_OfPhotographs_LeavesOutInvalidLabels) {
  if (!fs::exists(SharedData() / "headpose")) GTEST_SKIP() << "needs Pointing'04";
  const Outcome outcome = Vigil("evaluate --table 1 --data headpose --limit 100 --json --root '" +
                                (SharedData() / "headpose").string() + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.errors.find("left out"), std::string::npos);
  const json report = json::parse(outcome.output);
  EXPECT_EQ(report["sets"][0]["images"], 100);
  EXPECT_DOUBLE_EQ(report["sets"][0]["paper"]["accuracy"], 0.9884);
  // T learned from rendered heads: on photographs its yaw goes with the labels', and shrinks.
  const json& yaw = report["sets"][0]["pose"]["yaw"];
  EXPECT_GT(yaw["correlation"], 0.3);
  EXPECT_GT(yaw["slope"], 0.1);
  EXPECT_LT(yaw["slope"], 1.0);
}

TEST_F(Evaluate, Table4_OfThoseThatShip_JudgesEachOnBothVariants) {
  const Outcome outcome = Vigil("evaluate --table 4 --limit 50 --json --backend cpu");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json report = json::parse(outcome.output);
  ASSERT_EQ(report["sets"].size(), 4u);
  for (const json& set : report["sets"]) {
    ExpectInterval(set["ours"]["recall_occlusion"], set["variant"]);
    EXPECT_EQ(set["images"], 50);
  }
  EXPECT_EQ(report["sets"][0]["trained_on"], "1-cause");
  EXPECT_EQ(report["sets"][0]["variant"], "1-cause");
  EXPECT_EQ(report["sets"][1]["variant"], "2-cause");
  EXPECT_EQ(report["sets"][2]["trained_on"], "2-cause");
  EXPECT_DOUBLE_EQ(report["sets"][3]["paper"]["recall_occlusion"], 0.9125);
}

TEST_F(Evaluate, Table5_OfOneEstimator_HasItsEncodings_AndDrawsThePlot) {
  const std::string plot = folder_ / "taps.svg";
  const Outcome outcome =
      Vigil("evaluate --table 5 --limit 50 --json --backend cpu --plot '" + plot +
            "' --estimators '" + VIGIL_SOURCE_DIR + "/estimator/models/directness_estimator.onnx'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  const json taps = json::parse(outcome.output)["taps"];
  ASSERT_EQ(taps["rows"].size(), 3u);
  // 24x28x28 and 192x14x14 values of 4, 2 and 1 bytes, the last with two numbers a channel.
  EXPECT_EQ(taps["rows"][0]["tap_bytes"], 4 * (24 * 28 * 28 + 192 * 14 * 14));
  EXPECT_EQ(taps["rows"][1]["tap_bytes"], 2 * (24 * 28 * 28 + 192 * 14 * 14));
  EXPECT_LT(taps["rows"][2]["tap_bytes"], taps["rows"][1]["tap_bytes"]);
  for (const json& row : taps["rows"]) {
    ExpectInterval(row["ours"]["auroc"], row["encoding"]);
    EXPECT_DOUBLE_EQ(row["paper"]["accuracy_strict"], 0.9501);
    EXPECT_GT(row["stored_bytes"], 1000);
  }
  EXPECT_NE(ReadText(plot).find("<svg"), std::string::npos);
}

TEST_F(Evaluate, WrongUsage_ExitsWithTwo) {
  EXPECT_EQ(Vigil("evaluate").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 3 --robustness").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 2").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 3 --plot x.svg").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 4 --estimator x.onnx").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 3 --estimators x.onnx").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table six").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 3 --data faces").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 3 --data cifar10 --root /tmp").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 1 --data cifar10 --root /tmp --detector").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 6 --data headpose --root /tmp").exit_code, 2);
  EXPECT_EQ(Vigil("evaluate --table 3 --data headpose").exit_code, 2);
  const Outcome no_root = Vigil("evaluate --table 6");
  EXPECT_EQ(no_root.exit_code, 2);
  EXPECT_NE(no_root.errors.find("--root"), std::string::npos) << no_root.errors;
}

TEST_F(Evaluate, WhatCannotBeDone_IsOneLine) {
  const auto expect = [&](const std::string& arguments, const std::string& words) {
    const Outcome outcome = Vigil(arguments);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.errors;
    EXPECT_EQ(std::ranges::count(outcome.errors, '\n'), 1) << outcome.errors;
    EXPECT_NE(outcome.errors.find(words), std::string::npos) << outcome.errors;
  };
  expect("evaluate --table 6 --root '" + (folder_ / "none").string() + "'", "test_batch.bin");
  const std::string models = std::string(VIGIL_SOURCE_DIR) + "/estimator/models/";
  expect("evaluate --table 3 --estimator '" + models + "cifar10_estimator.onnx'",
         "is of task cifar10: expected directness");
  expect("evaluate --table 3 --target '" + models + "cifar10_target.onnx'",
         "expects 1x3xSxS to 1x3");
}

TEST_F(Evaluate, Replay_OnALittleData_HasStudentsAndLeaks) {
  if (!MakeCifarRoot()) GTEST_SKIP() << "no CIFAR-10 excerpts in " << SharedData();
  const std::string command = "evaluate --replay --task cifar10 --limit 100 --json --backend cpu ";
  const Outcome outcome = Vigil(command + "--root '" + folder_.string() + "'");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  json report = json::parse(outcome.output);
  json again = json::parse(Vigil(command + "--root '" + folder_.string() + "'").output);
  report.erase("seconds");
  again.erase("seconds");
  EXPECT_EQ(report, again) << "the seed decides";
  EXPECT_EQ(report["held_out_records"], 100);
  ASSERT_EQ(report["students"].size(), 7u);
  EXPECT_EQ(report["students"][0]["trained_on"], "real");
  EXPECT_EQ(report["students"][0]["kept_accuracy"]["value"], 1.0);
  for (const json& student : report["students"]) {
    for (const char* key : {"auroc", "auroc_untouched", "auroc_augmented", "accuracy"}) {
      ExpectInterval(student[key], student["trained_on"].dump() + " " + key);
      EXPECT_FALSE(student[key]["value"].is_number() && student[key]["value"] > 1.0) << key;
    }
  }
  ASSERT_EQ(report["leaks"].size(), 3u);
  for (const json& leak : report["leaks"]) {
    EXPECT_GT(leak["distance_ratio"], 0.3) << leak;
    ExpectInterval(leak["membership_auc"], "membership");
    EXPECT_GT(leak["bytes"], 0);
  }
  const Outcome no_task = Vigil("evaluate --replay");
  EXPECT_NE(no_task.exit_code, 0);
  EXPECT_NE(no_task.errors.find("--task"), std::string::npos) << no_task.errors;
  EXPECT_NE(Vigil(command + "--robustness").exit_code, 0);
}

}  // namespace
}  // namespace vigil
