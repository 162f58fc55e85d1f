#include "estimator/monitor/outliers/outlier_metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "tests/monitor/outliers/outlier_fixture.h"

namespace vigil {
namespace {

using testing::HandMetadata;
using testing::HandMonitor;
using ::testing::HasSubstr;

void ExpectRefusal(const OutlierMetadata& metadata, const std::string& part) {
  try {
    WriteOutlierMetadata(HandMonitor(), metadata);
    FAIL() << "accepted, expected: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(FaultName(error.fault()), FaultName(Fault::kModel));
    EXPECT_EQ(CodeName(error.code()), CodeName(ErrorCode::kMalformed));
    EXPECT_THAT(error.what(), HasSubstr(part));
  }
}

TEST(OutlierMetadata, ReadsBackWhatWasWritten) {
  const OutlierMetadata written = HandMetadata(OutlierMetric::kCosine);
  const OutlierMetadata read = ReadOutlierMetadata(WriteOutlierMetadata(HandMonitor(), written));
  EXPECT_EQ(read.task, written.task);
  EXPECT_EQ(read.kind, written.kind);
  EXPECT_EQ(read.taps, written.taps);
  EXPECT_EQ(read.known, "by hand");
  EXPECT_EQ(read.records, 100);
  EXPECT_EQ(read.residual_variance, written.residual_variance);
  EXPECT_EQ(read.latent.mean, written.latent.mean);
  EXPECT_EQ(read.latent.covariance, written.latent.covariance);
  EXPECT_EQ(read.quantiles, written.quantiles);
  EXPECT_EQ(read.metric, OutlierMetric::kCosine);
}

TEST(OutlierMetadata, WhatDoesNotFit_IsRefusedByName) {
  OutlierMetadata metadata = HandMetadata();
  metadata.taps.push_back("another");
  ExpectRefusal(metadata, "'vigil.taps' names 2 taps for a network of 1 inputs");
  metadata = HandMetadata();
  metadata.latent.covariance = {1.0, 2.0, 2.0, 1.0};
  ExpectRefusal(metadata, "latent covariance: pivot 1");
  metadata = HandMetadata();
  metadata.quantiles[OutlierMetric::kSquared] = {2.0, 1.0};
  ExpectRefusal(metadata, "quantiles of 'mse'");
  metadata = HandMetadata();
  metadata.quantiles.erase(OutlierMetric::kStructure);
  ExpectRefusal(metadata, "no quantiles of 'ssim'");
  metadata = HandMetadata();
  metadata.residual_variance = {1.0f, 0.0f};
  ExpectRefusal(metadata, "expected 2 positive numbers");
  metadata = HandMetadata();
  metadata.kind = AutoencoderKind::kVariational;
  ExpectRefusal(metadata, "expected an output 'log_variance'");
}

TEST(OutlierMetadata, FilesOfAnotherKind_AreRefused) {
  EXPECT_THROW(ReadOutlierMetadata(HandMonitor()), Error) << "no metadata at all";
  auto keys = WriteOutlierMetadata(HandMonitor(), HandMetadata()).metadata();
  keys["vigil.outliers"] = "{\"version\": 2}";
  EXPECT_THROW(ReadOutlierMetadata(HandMonitor().WithMetadata(keys)), Error);
  keys["vigil.outliers"] = "{";
  EXPECT_THROW(ReadOutlierMetadata(HandMonitor().WithMetadata(keys)), Error);
}

}  // namespace
}  // namespace vigil
