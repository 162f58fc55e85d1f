#include "estimator/detect/detector_quality.h"

#include <gtest/gtest.h>

#include "tests/detect/fixtures.h"
#include "tests/support/backends.h"

namespace vigil {
namespace {

// Four pictures: the face is where it is seen and half as large again; the same; elsewhere; absent.
class FourPictures final : public Dataset {
 public:
  std::string name() const override { return "four pictures"; }
  std::int64_t size() const override { return 4; }
  Sample Get(std::int64_t index) const override {
    const Box boxes[] = {{40, 24, 40}, {44, 24, 40}, {10, 50, 20}, {}};
    return {.image = Image::Make(64, 64), .box = boxes[index], .truth = {}};
  }
};

TEST(MeasureDetector, CountsWhatIsFoundMissedAndInvented) {
  FaceDetector detector(testing::SeesOneFace(3.0f), testing::OpenForTest("cpu").backend, {});
  const DetectorQuality quality = MeasureDetector(detector, FourPictures());
  EXPECT_EQ(quality.pictures, 3);
  EXPECT_EQ(quality.found, 2);
  EXPECT_EQ(quality.empty, 1);
  EXPECT_EQ(quality.alarms, 1);
  // The first is wholly within: 32^2 / 40^2. Of the second's it lies 24..56 by 8..40 in 24..64 by
  // 4..44, also wholly within.
  EXPECT_NEAR(quality.overlap, 32.0 * 32.0 / (40.0 * 40.0), 1e-4);
  EXPECT_NEAR(quality.distance, (0.0 + 4.0 / 40.0) / 2.0, 1e-4);
  EXPECT_NEAR(quality.margin, 40.0 / 32.0, 1e-4);
}

TEST(MeasureDetector, MarginMakesTheBoxLarger) {
  FaceDetector detector(testing::SeesOneFace(3.0f), testing::OpenForTest("cpu").backend, {});
  const DetectorQuality quality = MeasureDetector(detector, FourPictures(), 1.25f);
  // Now the first fits exactly, and the second is 4 of 40 pixels off.
  EXPECT_NEAR(quality.overlap, (1.0 + 36.0 / 44.0) / 2.0, 1e-4);
}

}  // namespace
}  // namespace vigil
