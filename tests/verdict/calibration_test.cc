#include "estimator/verdict/calibration.h"

#include <cmath>
#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/base/error.h"

namespace vigil {
namespace {

constexpr int kTwoBands = 2 * Strata::kGroups;

// One band edge at 0.5, which is the threshold too: strata 0..9 are causes, 10 and 11 "none".
Strata TwoBands() { return Strata({0.5f}, 0.5f); }

// Records judged wrong for localization (band 0) and judged correct (band 1).
MixCounts Mix(int low_seen, int low_right, int high_seen, int high_right) {
  MixCounts mix{std::vector<std::int32_t>(kTwoBands), std::vector<std::int32_t>(kTwoBands)};
  mix.seen[0] = low_seen;
  mix.right[0] = low_right;
  mix.seen[11] = high_seen;
  mix.right[11] = high_right;
  return mix;
}

Calibration Of(std::vector<MixCounts> mixes, double auroc = 0.9) {
  return Calibration(TwoBands(), std::move(mixes), auroc, 0.0);
}

TEST(Strata, CutsAtEdgesAndThreshold) {
  const Strata strata({0.25f, 0.75f}, 0.5f);
  const std::array<float, kCauseCount> blurred = {0.1f, 0.2f, 0.9f, 0.3f, 0.0f};
  EXPECT_EQ(strata.StratumOf(0.1f, blurred), 2 * 3 + 0);
  EXPECT_EQ(strata.StratumOf(0.25f, blurred), 2 * 3 + 1);
  EXPECT_EQ(strata.StratumOf(0.5f, blurred), Strata::kNoCause * 3 + 1);
  EXPECT_EQ(strata.StratumOf(1.0f, blurred), Strata::kNoCause * 3 + 2);
}

TEST(Strata, FromQuantiles_MergesCutsThatCoincide) {
  const Strata strata = Strata::FromQuantiles({0.1f, 0.2f, 0.2f, 0.2f, 0.2f, 0.9f}, 3, 0.5f);
  EXPECT_EQ(strata.edges(), std::vector<float>{0.2f});
}

TEST(Strata, WithEdgesThatDoNotRise_Throws) {
  EXPECT_THROW(Strata({0.5f, 0.5f}, 0.5f), Error);
  EXPECT_THROW(Strata({1.0f}, 0.5f), Error);
}

TEST(Calibration, RateOfAStratumThatIsItsBand_IsTheBandsShare) {
  const Calibration calibration = Of(std::vector<MixCounts>(10, Mix(50, 10, 50, 45)));
  // The band: (100 + 0.5) / (500 + 1); the stratum: (100 + 8 * band) / (500 + 8).
  EXPECT_NEAR(calibration.rate(0), (100 + 8 * (100.5 / 501)) / 508, 1e-12);
  EXPECT_NEAR(calibration.rate(11), (450 + 8 * (450.5 / 501)) / 508, 1e-12);
  EXPECT_NEAR(calibration.accuracy(), 0.55, 1e-12);
}

TEST(Calibration, RateOfAStratumNeverSeen_IsItsBands) {
  const Calibration calibration = Of(std::vector<MixCounts>(10, Mix(50, 10, 50, 45)));
  EXPECT_NEAR(calibration.rate(2), 100.5 / 501, 1e-12);
}

TEST(Calibration, BandsThatFall_ArePooled) {
  const Calibration calibration = Of(std::vector<MixCounts>(10, Mix(50, 40, 50, 20)));
  // Pool of both: (600 + 1) / (1000 + 2).
  EXPECT_NEAR(calibration.rate(2), 601.0 / 1002, 1e-12);
  EXPECT_NEAR(calibration.rate(3), 601.0 / 1002, 1e-12);
}

TEST(Calibration, OfMixesThatAgree_HasNoOverdispersion) {
  EXPECT_EQ(Of(std::vector<MixCounts>(10, Mix(50, 10, 50, 45))).overdispersion(), 0.0);
}

TEST(Calibration, OfMixesThatDisagree_MeasuresByHowMuch) {
  // In every other mix T is right 4 and 16 points more often than the rates say, a share of 0.2 or
  // 0.8; huge mixes, so that sampling explains nothing: phi * r (1 - r) is about the square of the
  // deviation.
  std::vector<MixCounts> mixes;
  for (int m = 0; m < 40; ++m) {
    const double off = m % 2 == 0 ? 0.05 : -0.05;
    mixes.push_back(Mix(100000, static_cast<int>(100000 * (0.2 + off)), 100000,
                        static_cast<int>(100000 * (0.8 + off))));
  }
  const Calibration calibration = Of(mixes);
  EXPECT_NEAR(calibration.overdispersion() * 0.16, 0.05 * 0.05, 0.0003);
}

TEST(Calibration, RateVariance_IsThatOfTheMeanOverMixes) {
  // Window entirely in band 1 of "none": variance of the mean of 40 mixes' rates, +-0.05 each.
  std::vector<MixCounts> mixes;
  for (int m = 0; m < 40; ++m) mixes.push_back(Mix(100, 20, 10000, m % 2 == 0 ? 8500 : 7500));
  std::vector<double> shares(kTwoBands, 0.0);
  shares[11] = 1.0;
  EXPECT_NEAR(Of(mixes).RateVariance(shares), 0.05 * 0.05 / 39, 2e-6);
}

TEST(Calibration, Discrimination_IsTheShareOfVarianceExplained) {
  // Rates 0.2 and 0.8, half each: 0.09 of 0.25.
  EXPECT_NEAR(Of(std::vector<MixCounts>(10, Mix(50000, 10000, 50000, 40000))).discrimination(),
              0.36, 1e-4);
}

TEST(Calibration, WithFewMixes_ThrowsWithTheNumbers) {
  try {
    Of(std::vector<MixCounts>(7, Mix(50, 10, 50, 45)));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "calibration: 7 mixes, expected at least 8");
  }
}

TEST(Calibration, WithMoreRightThanSeen_NamesTheMix) {
  std::vector<MixCounts> mixes(10, Mix(50, 10, 50, 45));
  mixes[3] = Mix(50, 51, 50, 45);
  try {
    Of(mixes);
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "calibration: mix 3 stratum 0 has 51 right of 50");
  }
}

std::vector<CalibrationSample> Drawn(int mixes) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<float> uniform;
  std::vector<CalibrationSample> samples;
  for (int i = 0; i < mixes * 100; ++i) {
    CalibrationSample sample{.mix = i % mixes, .p_correct = uniform(random)};
    for (float& p : sample.p_cause) p = uniform(random);
    sample.correct = uniform(random) < sample.p_correct;
    samples.push_back(sample);
  }
  return samples;
}

TEST(FitCalibration, OfCalibratedScores_GivesThemBack) {
  const Calibration calibration = FitCalibration(Drawn(40));
  EXPECT_EQ(calibration.samples(), 4000);
  EXPECT_EQ(calibration.strata().bands(), 10);
  for (float p = 0.05f; p < 1.0f; p += 0.1f) {
    // 400 records a band split over five causes below 0.5: a standard error of up to 0.056.
    EXPECT_NEAR(calibration.Calibrate(p, std::array<float, kCauseCount>{0, 0, 1, 0, 0}), p, 0.15);
  }
  EXPECT_NEAR(calibration.auroc(), 5.0 / 6.0, 0.02);
}

TEST(FitCalibration, RefusesWhatCannotBeFitted) {
  std::vector<CalibrationSample> samples = Drawn(10);
  samples[5].p_correct = std::nanf("");
  EXPECT_THROW(FitCalibration(samples), Error);
  samples = Drawn(10);
  for (CalibrationSample& sample : samples) sample.correct = true;
  EXPECT_THROW(FitCalibration(samples), Error);
  EXPECT_THROW(FitCalibration(Drawn(3)), Error);
  EXPECT_THROW(FitCalibration({}), Error);
}

TEST(CalibrationJson, ReadsWhatItWrote) {
  const Calibration written = FitCalibration(Drawn(12));
  const Calibration read = CalibrationFromJson(CalibrationToJson(written));
  EXPECT_EQ(read.strata().edges(), written.strata().edges());
  EXPECT_EQ(read.auroc(), written.auroc());
  EXPECT_EQ(read.blend_tolerance(), written.blend_tolerance());
  EXPECT_EQ(read.overdispersion(), written.overdispersion());
  for (int s = 0; s < written.strata().size(); ++s) EXPECT_EQ(read.rate(s), written.rate(s));
}

TEST(CalibrationJson, OfAnotherVersion_IsRefused) {
  nlohmann::json document = nlohmann::json::parse(CalibrationToJson(FitCalibration(Drawn(8))));
  document["version"] = 3;
  try {
    CalibrationFromJson(document.dump());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
    EXPECT_STREQ(error.what(), "vigil.calibration: version 3, expected 1 or 2");
  }
}

TEST(CalibrationJson, EveryFieldThatIsMissingOrOfAnotherType_IsAnError) {
  const nlohmann::json whole = nlohmann::json::parse(CalibrationToJson(FitCalibration(Drawn(8))));
  for (const auto& [name, value] : whole.items()) {
    nlohmann::json document = whole;
    document.erase(name);
    EXPECT_THROW(CalibrationFromJson(document.dump()), Error) << name;
    document[name] = "text";
    EXPECT_THROW(CalibrationFromJson(document.dump()), Error) << name;
    document[name] = {{"seen", -1}};
    EXPECT_THROW(CalibrationFromJson(document.dump()), Error) << name;
  }
}

TEST(CalibrationJson, TruncatedOrFlipped_IsAnErrorOrACalibration) {
  const std::string text = CalibrationToJson(FitCalibration(Drawn(8)));
  int refused = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string flipped = text;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x11);
    for (const std::string& damaged : {text.substr(0, at), flipped}) {
      try {
        CalibrationFromJson(damaged);
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GE(refused, static_cast<int>(text.size()));  // every truncation, at least
}

}  // namespace
}  // namespace vigil
