#include "estimator/data/cifar10.h"

#include "tests/data/fixtures.h"
#include "tests/support/shared_data.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

constexpr std::size_t kRecord = 3073;

// Record `row` is labelled row % 10; plane c is filled with 50 * c + row.
std::vector<std::byte> Records(int rows) {
  std::vector<std::byte> bytes;
  for (int row = 0; row < rows; ++row) {
    bytes.push_back(static_cast<std::byte>(row % 10));
    for (int channel = 0; channel < 3; ++channel)
      bytes.insert(bytes.end(), 1024, static_cast<std::byte>(50 * channel + row));
  }
  return bytes;
}

TEST(Cifar10, Get_TurnsPlanesIntoInterleavedRgb) {
  const TemporaryFolder folder;
  std::vector<std::byte> bytes = Records(3);
  bytes[kRecord * 1 + 1 + 1024 + 33] = std::byte{200};  // row 1, green, y 1, x 1
  folder.Write("data_batch_2.bin", bytes);
  const auto dataset = OpenCifar10(folder.path(), {2});
  ASSERT_EQ(dataset->size(), 3);
  const Sample sample = dataset->Get(1);
  EXPECT_EQ(sample.truth.label, 1);
  EXPECT_EQ(sample.image.width, 32);
  EXPECT_EQ(sample.image.height, 32);
  EXPECT_EQ(sample.image.rgb[0], 1);
  EXPECT_EQ(sample.image.rgb[1], 51);
  EXPECT_EQ(sample.image.rgb[2], 101);
  EXPECT_EQ(sample.image.rgb[33 * 3 + 1], 200);
  EXPECT_EQ(sample.box.size, 32.0f);
  EXPECT_TRUE(sample.applied.empty());
}

TEST(Cifar10, Batches_FollowInTheOrderAsked) {
  const TemporaryFolder folder;
  folder.Write("test_batch.bin", Records(2));
  const std::vector<std::byte> five = Records(5);
  folder.Write("data_batch_5.bin", std::span(five).subspan(kRecord * 3));
  const auto dataset = OpenCifar10(folder.path(), {5, kCifarTestBatch}, "JPEG q75");
  EXPECT_EQ(dataset->name(), "CIFAR-10 batch 5 + test batch, JPEG q75");
  std::vector<int> labels;
  for (std::int64_t i = 0; i < dataset->size(); ++i) labels.push_back(dataset->Get(i).truth.label);
  EXPECT_EQ(labels, (std::vector<int>{3, 4, 0, 1}));
}

TEST(Cifar10, InvalidLabel_NamesFileAndRow) {
  const TemporaryFolder folder;
  std::vector<std::byte> bytes = Records(4);
  bytes[kRecord * 2] = std::byte{10};
  folder.Write("test_batch.bin", bytes);
  const Error error = ErrorOf([&] { OpenCifar10(folder.path(), {kCifarTestBatch}); });
  EXPECT_EQ(error.fault(), Fault::kInput);
  EXPECT_EQ(error.code(), ErrorCode::kInvalidValue);
  EXPECT_THAT(error.what(), HasSubstr("test_batch.bin': row 2 has label 10, expected 0 to 9"));
}

TEST(Cifar10, TruncatedFile_NamesFileAndBytes) {
  const TemporaryFolder folder;
  std::vector<std::byte> bytes = Records(2);
  bytes.pop_back();
  folder.Write("data_batch_1.bin", bytes);
  const Error error = ErrorOf([&] { OpenCifar10(folder.path(), {1}); });
  EXPECT_EQ(error.code(), ErrorCode::kMalformed);
  EXPECT_THAT(error.what(), HasSubstr("data_batch_1.bin': 6145 bytes"));
}

TEST(Cifar10, MissingOrUnknownBatch_IsNotFound) {
  const TemporaryFolder folder;
  const Error missing = ErrorOf([&] { OpenCifar10(folder.path(), {4}); });
  EXPECT_EQ(missing.fault(), Fault::kInput);
  EXPECT_EQ(missing.code(), ErrorCode::kNotFound);
  EXPECT_THAT(missing.what(), HasSubstr("data_batch_4.bin"));
  const Error unknown = ErrorOf([&] { OpenCifar10(folder.path(), {6}); });
  EXPECT_EQ(unknown.fault(), Fault::kApi);
}

TEST(Cifar10, LosslessExcerpt_HasTheOfficialFirstImage) {
  const auto file = testing::SharedData() / "cifar10/data_batch_1.first4000.bin";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no " << file;
  const auto dataset = OpenCifar10Files({file}, "CIFAR-10 excerpt");
  EXPECT_EQ(dataset->size(), 4000);
  // Published with the data set: the first training image is a frog whose first pixel is (59, 62,
  // 63).
  const Sample first = dataset->Get(0);
  EXPECT_EQ(CifarTask().labels[static_cast<std::size_t>(first.truth.label)], "frog");
  EXPECT_EQ(first.image.rgb[0], 59);
  EXPECT_EQ(first.image.rgb[1], 62);
  EXPECT_EQ(first.image.rgb[2], 63);
}

}  // namespace
}  // namespace vigil
