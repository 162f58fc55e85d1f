#include "estimator/data/faces/xgaze.h"

#include <array>
#include <cmath>
#include <numbers>
#include <thread>

#include <hdf5.h>

#include "estimator/data/heads/head_shape.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

constexpr hsize_t kSide = 224;

// A participant's file as the data set has them, written with the library itself.
struct Layout {
  hsize_t rows = 3;
  std::vector<hsize_t> patch_shape{3, kSide, kSide, 3};
  std::vector<hsize_t> pose_shape{3, 2};
  hid_t patch_type = H5T_STD_U8LE, pose_type = H5T_IEEE_F32LE;
  bool with_patches = true, with_poses = true;
  std::vector<float> poses{0.5f, -0.25f, 0.0f, 1.0f, -1.0f, 0.125f};
  bool chunked = false;

  void Write(const fs::path& path) const {
    const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    if (with_patches) {
      std::size_t count = 1;
      for (const hsize_t extent : patch_shape) count *= extent;
      std::vector<std::uint8_t> pixels(count);
      for (std::size_t i = 0; i < count; ++i) pixels[i] = Pixel(i);
      Put(file, "face_patch", patch_type, patch_shape, H5T_NATIVE_UINT8, pixels.data());
    }
    if (with_poses)
      Put(file, "face_head_pose", pose_type, pose_shape, H5T_NATIVE_FLOAT, poses.data());
    const std::vector<std::uint32_t> frames(rows);
    Put(file, "frame_index", H5T_STD_U32LE, {rows, 1}, H5T_NATIVE_UINT32, frames.data());
    H5Fclose(file);
  }

  static std::uint8_t Pixel(std::size_t i) { return static_cast<std::uint8_t>(i * 31 % 253); }

 private:
  void Put(hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& shape,
           hid_t memory, const void* values) const {
    const hid_t space = H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t how = H5Pcreate(H5P_DATASET_CREATE);
    if (chunked) {
      std::vector<hsize_t> chunk = shape;
      chunk[0] = 1;
      H5Pset_chunk(how, static_cast<int>(chunk.size()), chunk.data());
      H5Pset_deflate(how, 4);
    }
    const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, how, H5P_DEFAULT);
    H5Dwrite(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(dataset);
    H5Pclose(how);
    H5Sclose(space);
  }
};

// What the loader says of a folder with this one file; HDF5's own stack must not be printed.
std::string Refusal(const Layout& layout, ErrorCode code) {
  const TemporaryFolder folder;
  layout.Write(folder.path() / "subject0007.h5");
  ::testing::internal::CaptureStderr();
  const Error error = ErrorOf([&] { OpenXgaze(folder.path()); });
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(error.fault(), Fault::kInput);
  EXPECT_EQ(error.code(), code) << error.what();
  EXPECT_THAT(error.what(), HasSubstr("subject0007.h5"));
  return error.what();
}

TEST(Xgaze, Rows_AreRgbImagesWithPosesInOurDegrees) {
  for (const bool chunked : {false, true}) {
    const TemporaryFolder folder;
    Layout layout;
    layout.chunked = chunked;
    layout.Write(folder.path() / "subject0012.h5");
    const auto dataset = OpenXgaze(folder.path());
    EXPECT_EQ(dataset->name(), "ETH-XGaze, 1 participant");
    ASSERT_EQ(dataset->size(), 3);
    const Sample sample = dataset->Get(1);
    EXPECT_EQ(sample.group, 12);
    ASSERT_EQ(sample.image.width, 224);
    ASSERT_EQ(sample.image.height, 224);
    const std::size_t row = 224 * 224 * 3, pixel = 224 * 3 * 5 + 3 * 9;
    for (std::size_t channel = 0; channel < 3; ++channel)
      EXPECT_EQ(sample.image.rgb[pixel + channel], Layout::Pixel(row + pixel + 2 - channel));
    // Radians of the axis into the head: a positive pitch is up, a positive yaw to the left.
    EXPECT_NEAR(dataset->Get(0).truth.pitch, -0.5 * 180 / std::numbers::pi, 1e-4);
    EXPECT_NEAR(dataset->Get(0).truth.yaw, 0.25 * 180 / std::numbers::pi, 1e-4);
    EXPECT_EQ(dataset->Get(0).truth.roll, 0.0f);
    EXPECT_EQ(sample.box.center_x, 112.0f);
    EXPECT_EQ(sample.box.size, 224.0f);
    EXPECT_GT(sample.face.size, 224.0f);  // faces fill the patch
  }
}

TEST(Xgaze, Participants_AreThoseOfTheNames_InOrder) {
  const TemporaryFolder folder;
  Layout one, two;
  one.poses[0] = 0.1f;
  two.poses[0] = 0.2f;
  one.Write(folder.path() / "subject0101.h5");
  two.Write(folder.path() / "subject0002.h5");
  folder.WriteText("notes.txt", "not data");
  const auto all = OpenXgaze(folder.path());
  ASSERT_EQ(all->size(), 6);
  EXPECT_EQ(all->Get(0).group, 2);
  EXPECT_EQ(all->Get(2).group, 2);
  EXPECT_EQ(all->Get(3).group, 101);
  EXPECT_NEAR(all->Get(3).truth.pitch, -0.1 * 180 / std::numbers::pi, 1e-4);
  EXPECT_EQ(OpenXgaze(folder.path(), {101, 101})->size(), 3);
  const Error error = ErrorOf([&] { OpenXgaze(folder.path(), {3}); });
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.what(), HasSubstr("no file of participant 3"));
}

TEST(Xgaze, Get_FromManyThreads_GivesTheSamePixels) {
  const TemporaryFolder folder;
  Layout().Write(folder.path() / "subject0000.h5");
  const auto dataset = OpenXgaze(folder.path());
  const Image expected = dataset->Get(2).image;
  std::vector<std::thread> threads;
  std::array<int, 4> same{};
  for (std::size_t t = 0; t < same.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) same[t] += dataset->Get(2).image.rgb == expected.rgb ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(same, (std::array<int, 4>{20, 20, 20, 20}));
}

TEST(Xgaze, OtherLayouts_AreRefusedByName) {
  Layout layout;
  layout.with_patches = false;
  EXPECT_THAT(Refusal(layout, ErrorCode::kMalformed), HasSubstr("no dataset 'face_patch'"));
  layout = {};
  layout.with_poses = false;
  EXPECT_THAT(Refusal(layout, ErrorCode::kMalformed), HasSubstr("no dataset 'face_head_pose'"));
  layout = {};
  layout.patch_shape = {3, 112, 112, 3};
  EXPECT_THAT(Refusal(layout, ErrorCode::kInvalidShape),
              HasSubstr("'face_patch' is 3x112x112x3, expected 3x224x224x3"));
  layout = {};
  layout.pose_shape = {2, 2};
  EXPECT_THAT(Refusal(layout, ErrorCode::kInvalidShape),
              HasSubstr("'face_head_pose' is 2x2, expected 3x2"));
  layout = {};
  layout.patch_type = H5T_STD_I8LE;
  EXPECT_THAT(Refusal(layout, ErrorCode::kInvalidType), HasSubstr("expected uint8"));
  layout.patch_type = H5T_IEEE_F32LE;
  EXPECT_THAT(Refusal(layout, ErrorCode::kInvalidType), HasSubstr("'face_patch' is of another"));
  layout = {};
  layout.pose_type = H5T_STD_I32LE;
  EXPECT_THAT(Refusal(layout, ErrorCode::kInvalidType), HasSubstr("expected floats"));
  layout = {};
  layout.poses[3] = std::nanf("");
  EXPECT_THAT(Refusal(layout, ErrorCode::kInvalidValue),
              HasSubstr("row 1 of face_head_pose has yaw nan"));
  layout.poses[3] = 4.0f;
  EXPECT_THAT(Refusal(layout, ErrorCode::kInvalidValue), HasSubstr("yaw 4"));
}

TEST(Xgaze, CorruptFiles_AreErrorsAndNothingIsPrinted) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "subject0001.h5";
  Layout().Write(path);
  const std::uintmax_t whole = fs::file_size(path);
  ::testing::internal::CaptureStderr();
  for (const std::uintmax_t size : {whole / 2, std::uintmax_t{600}, std::uintmax_t{0}}) {
    fs::resize_file(path, size);
    const Error error = ErrorOf([&] { OpenXgaze(folder.path()); });
    EXPECT_EQ(error.code(), ErrorCode::kMalformed);
    EXPECT_THAT(error.what(), HasSubstr("subject0001.h5': no HDF5 file, or a corrupt one: "));
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST(Xgaze, DamagedPixels_FailTheirRowAlone) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "subject0001.h5";
  Layout layout;
  layout.chunked = true;  // deflated: damage shows
  layout.Write(path);
  const hid_t opened = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t patches = H5Dopen2(opened, "face_patch", H5P_DEFAULT);
  std::array<hsize_t, 4> start{};
  unsigned filters = 0;
  haddr_t address = 0;
  hsize_t size = 0;
  const hid_t space = H5Dget_space(patches);
  ASSERT_GE(H5Dget_chunk_info(patches, space, 1, start.data(), &filters, &address, &size), 0);
  H5Sclose(space);
  H5Dclose(patches);
  H5Fclose(opened);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(address + size / 2));
  file << std::string(16, '\xff');
  file.close();
  const auto dataset = OpenXgaze(folder.path());
  int failed = 0;
  for (std::int64_t row = 0; row < 3; ++row) {
    try {
      dataset->Get(row);
    } catch (const Error& error) {
      ++failed;
      EXPECT_EQ(error.code(), ErrorCode::kMalformed);
      EXPECT_THAT(error.what(), HasSubstr("row 1 of face_patch cannot be read"));
    }
  }
  EXPECT_EQ(failed, 1);
}

TEST(Xgaze, MissingFolderOrFiles_AreNotFound) {
  const TemporaryFolder folder;
  EXPECT_THAT(ErrorOf([&] { OpenXgaze(folder.path() / "x"); }).what(), HasSubstr("no such folder"));
  EXPECT_THAT(ErrorOf([&] { OpenXgaze(folder.path()); }).what(), HasSubstr("no .h5 file"));
  folder.WriteText("faces.h5", "x");
  EXPECT_THAT(ErrorOf([&] { OpenXgaze(folder.path()); }).what(), HasSubstr("participant's number"));
}

TEST(XgazeFace, FrontalFace_StandsWhereTheNormalisationPutsIt) {
  const HeadView view = CanonicalView(XgazeFace({}), {});
  const Landmarks points = FaceLandmarks(HeadShape{});
  const Vec3 left = view.Project(points.left_eye), right = view.Project(points.right_eye);
  const Vec3 nose = view.Project(points.nose);
  EXPECT_NEAR((left.x + right.x) / 2, 112.0f, 0.5f);
  EXPECT_NEAR(((left.y + right.y) / 2 + nose.y) / 2, 112.0f, 4.0f);
  // Pupils 62 mm apart at 600 mm, seen with a focal length of 960 pixels: 99 pixels.
  EXPECT_NEAR(right.x - left.x, 99.0f, 8.0f);
}

}  // namespace
}  // namespace vigil
