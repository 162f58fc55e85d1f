#include "estimator/data/faces/headpose.h"

#include <cmath>
#include <set>

#include "estimator/data/faces/face_fit.h"
#include "estimator/data/heads/head_shape.h"
#include "estimator/data/heads/renderer.h"
#include "estimator/data/image_io.h"
#include "tests/data/fixtures.h"
#include "tests/support/shared_data.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

constexpr const char* kHeader = "file,person,series,pitch_deg,yaw_deg,roll_deg\n";

// A folder with three images and the rows given.
class HeadPoseFiles {
 public:
  explicit HeadPoseFiles(const std::string& labels) {
    for (const std::string name : {"a.png", "b.png", "c.png"})
      folder_.Write(name, EncodePng(Pattern(20, 16)));
    folder_.WriteText("labels.csv", labels);
  }
  HeadPoseLabels Read() const { return ReadHeadPoseLabels(folder_.path()); }
  std::string Refusal(ErrorCode code) const {
    const Error error = ErrorOf([&] { Read(); });
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }

 private:
  TemporaryFolder folder_;
};

TEST(HeadPose, Rows_GivePersonSeriesAndPose) {
  const HeadPoseFiles files(std::string(kHeader) + "a.png,4,2,10.5,-40,2\nb.png,5,1,0,1,-3\n");
  const HeadPoseLabels labels = files.Read();
  ASSERT_EQ(labels.photos.size(), 2u);
  EXPECT_TRUE(labels.skipped.empty());
  EXPECT_EQ(labels.photos[0].series, 2);
  const auto dataset = OpenHeadPose(labels, {4});
  EXPECT_EQ(dataset->name(), "Pointing'04, persons 4");
  ASSERT_EQ(dataset->size(), 1);
  const Sample sample = dataset->Get(0);
  EXPECT_EQ(sample.group, 4);
  EXPECT_EQ(sample.truth.pitch, 10.5f);
  EXPECT_EQ(sample.truth.yaw, -40.0f);
  EXPECT_EQ(sample.truth.roll, 2.0f);
  EXPECT_EQ(sample.image.rgb, Pattern(20, 16).rgb);
}

TEST(HeadPose, InvalidPoses_AreLeftOutAndSaidInALineEach) {
  const HeadPoseFiles files(std::string(kHeader) +
                            "a.png,1,1,-397.6,96,32\nb.png,1,1,0,nan,0\nc.png,1,1,0,0,0\n");
  const HeadPoseLabels labels = files.Read();
  ASSERT_EQ(labels.photos.size(), 1u);
  EXPECT_EQ(labels.photos[0].file, "c.png");
  ASSERT_EQ(labels.skipped.size(), 2u);
  EXPECT_EQ(labels.skipped[0].file, "a.png");
  EXPECT_THAT(labels.skipped[0].reason,
              HasSubstr("row 2 (a.png): pitch '-397.6', expected degrees from -90 to 90"));
  EXPECT_THAT(labels.skipped[1].reason, HasSubstr("row 3 (b.png): yaw 'nan'"));
}

TEST(HeadPose, BrokenFiles_AreRefusedWithFileAndRow) {
  const std::string good = "a.png,1,1,0,0,0\n";
  EXPECT_THAT(HeadPoseFiles("file,person,pitch_deg,yaw_deg,roll_deg\n" + good)
                  .Refusal(ErrorCode::kMalformed),
              HasSubstr("no column 'series' in the header"));
  EXPECT_THAT(HeadPoseFiles("").Refusal(ErrorCode::kMalformed), HasSubstr("no column 'file'"));
  EXPECT_THAT(HeadPoseFiles(kHeader + good + "b.png,,1,0,0,0\n").Refusal(ErrorCode::kMalformed),
              HasSubstr("row 3 (b.png): person '', expected a number from 1"));
  EXPECT_THAT(HeadPoseFiles(kHeader + good + "b.png,1,0,0,0,0\n").Refusal(ErrorCode::kMalformed),
              HasSubstr("row 3 (b.png): series '0'"));
  EXPECT_THAT(HeadPoseFiles(kHeader + good + "b.png,1,1,0,0\n").Refusal(ErrorCode::kMalformed),
              HasSubstr("row 3 (b.png): 5 fields, expected 6"));
  EXPECT_THAT(HeadPoseFiles(kHeader + good + good).Refusal(ErrorCode::kMalformed),
              HasSubstr("row 3 (a.png): the same file as row 2"));
  EXPECT_THAT(HeadPoseFiles(kHeader + good + "d.png,1,1,0,0,0\n").Refusal(ErrorCode::kNotFound),
              HasSubstr("row 3 (d.png): no such image"));
}

TEST(HeadPose, MissingFolderLabelsOrPerson_IsNotFound) {
  const TemporaryFolder folder;
  EXPECT_THAT(ErrorOf([&] { ReadHeadPoseLabels(folder.path() / "x"); }).what(),
              HasSubstr("no such folder"));
  EXPECT_THAT(ErrorOf([&] { ReadHeadPoseLabels(folder.path()); }).what(), HasSubstr("labels.csv"));
  const HeadPoseFiles files(std::string(kHeader) + "a.png,1,1,0,0,0\nb.png,2,1,0,-400,0\n");
  const Error error = ErrorOf([&] { OpenHeadPose(files.Read(), {1, 2}); });
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.what(), HasSubstr("no photograph of person 2"));
}

// A grey head without hair, as on Pointing'04's faces, on a light wall.
struct GreyHead {
  Image image = Uniform(240, 224, 180);
  Box box;
};

GreyHead DrawGreyHead(const Truth& pose) {
  const HeadView view(PoseRotation(pose.pitch, pose.yaw, pose.roll), 115.0f, 130.0f, 62.0f);
  GreyHead head{.box = FaceBox(HeadShape{}, view)};
  // Points of the face, closer than pixels.
  for (float azimuth = -1.6f; azimuth <= 1.6f; azimuth += 0.005f) {
    for (float elevation = -1.2f; elevation <= 0.40f; elevation += 0.005f) {
      const Vec3 p = view.Project(SkinPoint(HeadShape{}, azimuth, elevation));
      const int x = static_cast<int>(p.x), y = static_cast<int>(p.y);
      if (x < 0 || y < 0 || x >= 240 || y >= 224) continue;
      std::fill_n(head.image.rgb.begin() + (y * 240 + x) * 3, 3, 100);
    }
  }
  return head;
}

TEST(FitFace, GreyHead_IsFoundInEveryPose) {
  for (const Truth& pose : {Truth{}, Truth{.yaw = 50.0f}, Truth{.pitch = -40.0f, .yaw = -20.0f},
                            Truth{.pitch = 35.0f, .yaw = 10.0f, .roll = 15.0f}}) {
    const GreyHead head = DrawGreyHead(pose);
    const Box box = FitFace(head.image, pose);
    EXPECT_NEAR(box.center_x, head.box.center_x, 0.06f * head.box.size) << pose.pitch << pose.yaw;
    EXPECT_NEAR(box.center_y, head.box.center_y, 0.06f * head.box.size) << pose.pitch << pose.yaw;
    EXPECT_NEAR(box.size, head.box.size, 0.10f * head.box.size) << pose.pitch << pose.yaw;
  }
}

TEST(FitFace, WithoutAGreyFace_IsTheSquareInTheMiddle) {
  const Box box = FitFace(Pattern(30, 20), Truth{});
  EXPECT_EQ(box.center_x, 15.0f);
  EXPECT_EQ(box.center_y, 10.0f);
  EXPECT_EQ(box.size, 20.0f);
}

TEST(HeadPose, SharedCopy_HasOneInvalidLabelAndThePublishedPrevalence) {
  const std::filesystem::path root = testing::SharedData() / "headpose";
  if (!std::filesystem::exists(root)) GTEST_SKIP() << "no " << root;
  const HeadPoseLabels labels = ReadHeadPoseLabels(root);
  EXPECT_EQ(labels.photos.size(), 2789u);
  ASSERT_EQ(labels.skipped.size(), 1u);
  EXPECT_THAT(labels.skipped[0].reason, HasSubstr("row 1110 (images/person06285+60+0.jpg)"));
  std::set<int> persons;
  int by_angle = 0, as_printed = 0;
  for (const HeadPosePhoto& photo : labels.photos) {
    persons.insert(photo.person);
    by_angle += IsFacing(photo.pose.pitch, photo.pose.yaw, DirectnessRule::kAngle) ? 1 : 0;
    as_printed += IsFacing(photo.pose.pitch, photo.pose.yaw, DirectnessRule::kPrinted) ? 1 : 0;
  }
  EXPECT_EQ(persons.size(), 15u);
  // shared/data/README.md: 26 % and 81 %.
  EXPECT_EQ(std::lround(100.0 * by_angle / 2789), 26);
  EXPECT_EQ(std::lround(100.0 * as_printed / 2789), 81);
}

}  // namespace
}  // namespace vigil
