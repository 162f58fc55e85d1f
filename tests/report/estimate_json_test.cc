#include "estimator/report/estimate_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace vigil {
namespace {

TEST(EstimateToJson, GivesTheFigures) {
  Estimate estimate{.available = true, .accuracy = {0.75, 0.5, 0.875}, .records = 12};
  estimate.causes.push_back({Cause::kBlur, {0.25, 0.125, 0.5}, {1.0, 0.5, 1.0}});
  const nlohmann::json document = ToJson(estimate);
  EXPECT_EQ(document["estimated_accuracy"], 0.75);
  EXPECT_EQ(document["interval_low"], 0.5);
  EXPECT_EQ(document["interval_high"], 0.875);
  EXPECT_EQ(document["records"], 12);
  EXPECT_EQ(document["causes"]["blur"]["of_all"], nlohmann::json({0.25, 0.125, 0.5}));
  EXPECT_FALSE(document.contains("reason_if_none"));
}

TEST(EstimateToJson, WithoutAnEstimate_GivesTheReasonAndNoNumber) {
  const nlohmann::json document = ToJson(Estimate{.reason_if_none = "no verdicts"});
  EXPECT_TRUE(document["estimated_accuracy"].is_null());
  EXPECT_EQ(document["reason_if_none"], "no verdicts");
}

}  // namespace
}  // namespace vigil
