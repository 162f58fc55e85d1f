#include "engine/base/error.h"

#include "engine/base/hash.h"

namespace vigil {
namespace {

TEST(Error, CarriesFamilyCodeAndMessage) {
  const Error error(Fault::kInput, ErrorCode::kInvalidShape,
                    "input 'x' has shape 1x2: expected 1x3");
  EXPECT_EQ(FaultName(error.fault()), "input");
  EXPECT_EQ(CodeName(error.code()), "invalid-shape");
  EXPECT_STREQ(error.what(), "input 'x' has shape 1x2: expected 1x3");
}

TEST(Error, LostDevice_IsCriticalAndCostlyToMend) {
  EXPECT_EQ(SeverityOf(Fault::kGpu, ErrorCode::kDeviceLost), Severity::kCritical);
  EXPECT_EQ(EffortToMend(Fault::kGpu, ErrorCode::kDeviceLost), Effort::kHigh);
  EXPECT_EQ(SeverityOf(Fault::kApi, ErrorCode::kMisuse), Severity::kMinor);
  EXPECT_EQ(EffortToMend(Fault::kApi, ErrorCode::kMisuse), Effort::kLow);
}

TEST(ErrorDeathTest, BrokenInvariant_AbortsWithItsText) {
  EXPECT_DEATH(VIGIL_CHECK(1 > 2), "1 > 2");
}

// FNV-1a's published test vectors.
TEST(Hash, KnownTexts_HaveTheirPublishedHashes) {
  EXPECT_EQ(Hasher().value(), 0xcbf29ce484222325u);
  EXPECT_EQ(Hasher().Add("a").value(), 0xaf63dc4c8601ec8cu);
  EXPECT_EQ(Hasher().Add("foobar").value(), 0x85944171f73967e8u);
  EXPECT_EQ(HashToHex(0xab), "00000000000000ab");
}

}  // namespace
}  // namespace vigil
