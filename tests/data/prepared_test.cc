#include "estimator/data/prepared.h"

#include <cmath>
#include <cstring>

#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/data/description_source.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;

DatasetDescription Described(int seed) {
  return ParseDescription(
      Text(R"({"source":"heads","count":12,"variant":"2-cause","side":24,"seed":)", seed, "}"),
      "set.json");
}

std::vector<std::byte> Make(const TemporaryFolder& folder, const std::string& name, int seed,
                            int threads) {
  const DatasetDescription description = Described(seed);
  WritePrepared(folder.path() / name, *OpenDescribed(description, "").data, description, threads);
  return ReadFileBytes(folder.path() / name);
}

TEST(Prepared, TwoRuns_GiveTheSameBytes_AnotherSeedDoesNot) {
  const TemporaryFolder folder;
  const std::vector<std::byte> first = Make(folder, "a", 3, 1);
  EXPECT_EQ(first, Make(folder, "b", 3, 1));
  EXPECT_EQ(first, Make(folder, "c", 3, 5));
  EXPECT_NE(first, Make(folder, "d", 4, 1));
}

TEST(Prepared, Samples_ComeBackAsTheyWereMade) {
  const TemporaryFolder folder;
  Make(folder, "a", 3, 2);
  const PreparedDataset read = OpenPrepared(folder.path() / "a");
  const DescribedDataset made = OpenDescribed(Described(3), "");
  EXPECT_EQ(read.data->name(), made.data->name());
  EXPECT_EQ(DescriptionText(read.description), DescriptionText(Described(3)));
  ASSERT_EQ(read.data->size(), 12);
  for (std::int64_t i = 0; i < 12; ++i) {
    const Sample expected = made.data->Get(i), found = read.data->Get(i);
    EXPECT_EQ(found.image.rgb, expected.image.rgb) << i;
    EXPECT_EQ(found.truth.pitch, expected.truth.pitch);
    EXPECT_EQ(found.truth.yaw, expected.truth.yaw);
    EXPECT_EQ(found.truth.roll, expected.truth.roll);
    EXPECT_EQ(found.applied, expected.applied);
    EXPECT_EQ(found.group, expected.group);
    EXPECT_EQ(found.box.size, 24.0f);
  }
}

// The documented layout, byte for byte.
TEST(Prepared, File_IsLaidOutAsDocumented) {
  const TemporaryFolder folder;
  const std::vector<std::byte> bytes = Make(folder, "a", 3, 1);
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data() + at, 4);
    return value;
  };
  EXPECT_EQ(std::memcmp(bytes.data(), "VIGILSET", 8), 0);
  EXPECT_EQ(number(8), 1u);    // version
  EXPECT_EQ(number(12), 24u);  // side
  EXPECT_EQ(number(16), 12u);  // samples, of eight bytes
  EXPECT_EQ(number(20), 0u);
  const std::size_t first = 28 + number(24), sample = 24 + 24 * 24 * 3;
  ASSERT_EQ(bytes.size(), first + 12 * sample + 8);
  const Sample second = OpenDescribed(Described(3), "").data->Get(1);
  float yaw = 0.0f;
  std::memcpy(&yaw, bytes.data() + first + sample + 8, 4);
  EXPECT_EQ(yaw, second.truth.yaw);
  EXPECT_EQ(number(first + sample + 16), static_cast<std::uint32_t>(second.group));
  EXPECT_EQ(static_cast<int>(bytes[first + sample + 20]), second.applied.bits());
  EXPECT_EQ(static_cast<int>(bytes[first + sample + 24]), second.image.rgb[0]);
}

class Damaged {
 public:
  Damaged() : bytes_(Make(folder_, "a", 3, 1)) {}

  std::string Refusal(const std::vector<std::byte>& bytes, ErrorCode code) const {
    const auto path = folder_.Write("damaged", bytes);
    const Error error = ErrorOf([&] { OpenPrepared(path); });
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("damaged': "));
    return error.what();
  }
  // With a checksum that holds, so that what is behind it is reached.
  static void Seal(std::vector<std::byte>& bytes) {
    const std::uint64_t hash = Hasher().Add(std::span(bytes).first(bytes.size() - 8)).value();
    std::memcpy(bytes.data() + bytes.size() - 8, &hash, 8);
  }
  const std::vector<std::byte>& bytes() const { return bytes_; }
  std::size_t first_sample() const {
    std::uint32_t header = 0;
    std::memcpy(&header, bytes_.data() + 24, 4);
    return 28 + header;
  }

 private:
  TemporaryFolder folder_;
  std::vector<std::byte> bytes_;
};

TEST(Prepared, EveryTruncation_IsMalformed) {
  const Damaged damaged;
  const std::vector<std::byte>& whole = damaged.bytes();
  for (std::size_t length = 0; length < whole.size(); length += length < 300 ? 1 : 1013)
    damaged.Refusal({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)},
                    ErrorCode::kMalformed);
}

TEST(Prepared, AnyChangedByte_IsFoundByTheChecksum) {
  const Damaged damaged;
  for (std::size_t at = 28; at < damaged.bytes().size(); at += 997) {
    std::vector<std::byte> bytes = damaged.bytes();
    bytes[at] ^= std::byte{1};
    EXPECT_THAT(damaged.Refusal(bytes, ErrorCode::kMalformed), HasSubstr("checksum")) << at;
  }
}

TEST(Prepared, OtherVersionsHeadersAndLabels_AreRefused) {
  const Damaged damaged;
  std::vector<std::byte> bytes = damaged.bytes();
  bytes[8] = std::byte{2};
  EXPECT_THAT(damaged.Refusal(bytes, ErrorCode::kUnsupported), HasSubstr("version 2, expected 1"));
  bytes = damaged.bytes();
  bytes[0] = std::byte{'v'};
  EXPECT_THAT(damaged.Refusal(bytes, ErrorCode::kMalformed), HasSubstr("begins with VIGILSET"));
  bytes = damaged.bytes();
  bytes[28] = std::byte{'['};
  Damaged::Seal(bytes);
  EXPECT_THAT(damaged.Refusal(bytes, ErrorCode::kMalformed), HasSubstr("header: "));
  const float nan = std::nanf("");
  bytes = damaged.bytes();
  std::memcpy(bytes.data() + damaged.first_sample() + 4, &nan, 4);
  Damaged::Seal(bytes);
  EXPECT_THAT(damaged.Refusal(bytes, ErrorCode::kInvalidValue),
              HasSubstr("sample 0 has label 0, pose nan"));
  bytes = damaged.bytes();
  for (std::size_t at = 16; at < 24; ++at) bytes[at] = std::byte{255};  // samples
  EXPECT_THAT(damaged.Refusal(bytes, ErrorCode::kMalformed),
              HasSubstr("18446744073709551615 samples"));
}

TEST(Prepared, FailureOnTheWay_LeavesNoFile) {
  class Failing final : public Dataset {
   public:
    std::string name() const override { return "failing"; }
    std::int64_t size() const override { return 20; }
    Sample Get(std::int64_t index) const override {
      if (index == 13) throw Error(Fault::kInput, ErrorCode::kMalformed, "image 13");
      return {.image = Pattern(24, 24)};
    }
  };
  const TemporaryFolder folder;
  EXPECT_THAT(
      ErrorOf([&] { WritePrepared(folder.path() / "x", Failing(), Described(1), 3); }).what(),
      HasSubstr("image 13"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  EXPECT_EQ(
      ErrorOf([&] { WritePrepared(folder.path() / "no/x", Failing(), Described(1), 1); }).code(),
      ErrorCode::kIo);
}

}  // namespace
}  // namespace vigil
