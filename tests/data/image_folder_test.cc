#include "estimator/data/image_folder.h"

#include "estimator/data/image_io.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

void WriteImages(const TemporaryFolder& folder, const std::vector<std::string>& names) {
  for (const std::string& name : names) folder.Write(name, EncodePng(Pattern(12, 8)));
}

TEST(ImageFolder, WithoutLabels_ListsImagesByNameAndNothingElse) {
  const TemporaryFolder folder;
  WriteImages(folder, {"b.PNG", "a.png"});
  folder.WriteText("notes.txt", "not an image");
  const ImageFolder opened = OpenImageFolder(folder.path(), CifarTask(), OnBadSample::kFail);
  EXPECT_FALSE(opened.labelled);
  ASSERT_EQ(opened.images->size(), 2);
  const Sample sample = opened.images->Get(0);
  EXPECT_EQ(sample.image.rgb, Pattern(12, 8).rgb);
  EXPECT_EQ(sample.box.center_x, 6.0f);
  EXPECT_EQ(sample.box.size, 8.0f);
}

TEST(ImageFolder, ClassLabels_ByNumberOrName) {
  const TemporaryFolder folder;
  WriteImages(folder, {"a.png", "b.png"});
  folder.WriteText("labels.csv", "label,file\nfrog,a.png\n3, b.png\r\n");
  const ImageFolder opened = OpenImageFolder(folder.path(), CifarTask(), OnBadSample::kFail);
  EXPECT_TRUE(opened.labelled);
  EXPECT_EQ(opened.images->Get(0).truth.label, 6);
  EXPECT_EQ(opened.images->Get(1).truth.label, 3);
}

TEST(ImageFolder, PoseLabels_InDegreesWithPersons) {
  const TemporaryFolder folder;
  WriteImages(folder, {"a.png"});
  folder.WriteText("labels.csv", "file,person,pitch_deg,yaw_deg,roll_deg\na.png,4,10.5,-40,2\n");
  const Sample sample =
      OpenImageFolder(folder.path(), DirectnessTask(), OnBadSample::kFail).images->Get(0);
  EXPECT_EQ(sample.truth.pitch, 10.5f);
  EXPECT_EQ(sample.truth.yaw, -40.0f);
  EXPECT_EQ(sample.truth.roll, 2.0f);
  EXPECT_EQ(sample.group, 4);
}

TEST(ImageFolder, InvalidLabel_NamesFileAndRow_OrIsSkippedAndCounted) {
  const TemporaryFolder folder;
  WriteImages(folder, {"a.png", "b.png"});
  for (const std::string bad : {"nan", "999", "", "12x"}) {
    folder.WriteText("labels.csv", "file,pitch,yaw\na.png,1,2\nb.png," + bad + ",3\n");
    const Error error =
        ErrorOf([&] { OpenImageFolder(folder.path(), DirectnessTask(), OnBadSample::kFail); });
    EXPECT_EQ(error.code(), ErrorCode::kInvalidValue) << bad;
    EXPECT_THAT(error.what(), HasSubstr("row 3 (b.png): pitch '" + bad + "'"));
    const ImageFolder opened = OpenImageFolder(folder.path(), DirectnessTask(), OnBadSample::kSkip);
    EXPECT_EQ(opened.images->size(), 1);
    ASSERT_EQ(opened.skipped.size(), 1u);
    EXPECT_EQ(opened.skipped[0].file, "b.png");
  }
}

TEST(ImageFolder, UnreadableImage_IsNamed_OrSkippedAndCounted) {
  const TemporaryFolder folder;
  WriteImages(folder, {"a.png"});
  const std::vector<std::byte> whole = EncodePng(Pattern(30, 30));
  folder.Write("cut.png", std::span(whole).first(whole.size() / 2));
  const Error error =
      ErrorOf([&] { OpenImageFolder(folder.path(), CifarTask(), OnBadSample::kFail); });
  EXPECT_EQ(error.code(), ErrorCode::kMalformed);
  EXPECT_THAT(error.what(), HasSubstr("cut.png"));
  const ImageFolder opened = OpenImageFolder(folder.path(), CifarTask(), OnBadSample::kSkip);
  EXPECT_EQ(opened.images->size(), 1);
  EXPECT_EQ(opened.skipped.size(), 1u);
}

TEST(ImageFolder, NoFolderNoImageOrNoColumn_IsSaid) {
  const TemporaryFolder folder;
  const auto open = [&](const std::filesystem::path& path) {
    return ErrorOf([&] { OpenImageFolder(path, CifarTask(), OnBadSample::kSkip); });
  };
  EXPECT_THAT(open(folder.path() / "absent").what(), HasSubstr("no such folder"));
  EXPECT_THAT(open(folder.path()).what(), HasSubstr("no usable image"));
  folder.WriteText("labels.csv", "file,pitch,yaw\n");
  EXPECT_THAT(open(folder.path()).what(), HasSubstr("no column 'label'"));
}

}  // namespace
}  // namespace vigil
