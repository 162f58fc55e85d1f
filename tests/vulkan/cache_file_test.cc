// The pipeline cache on disk: whole or a miss, whatever happened to the file.
#include "engine/vulkan/cache_file.h"

#include <atomic>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "engine/vulkan/capped_backend.h"
#include "tests/support/backends.h"
#include "tests/vulkan/small_network.h"

namespace vigil::vulkan {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHeaderBytes = 56;

CacheIdentity Identity() {
  CacheIdentity identity{0x10005, 7, {}, 0x1122334455667788u};
  for (std::size_t i = 0; i < identity.uuid.size(); ++i) {
    identity.uuid[i] = static_cast<std::uint8_t>(16 * i + 1);
  }
  return identity;
}

std::vector<std::byte> Payload(std::size_t bytes, unsigned seed = 1) {
  std::vector<std::byte> payload(bytes);
  for (std::size_t i = 0; i < bytes; ++i) {
    payload[i] = static_cast<std::byte>((seed * 2654435761u + i * 40503u) >> 8);
  }
  return payload;
}

std::vector<std::byte> BytesOf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

void Put(const fs::path& path, std::span<const std::byte> bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()),
            static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(out.flush());
}

int FilesIn(const fs::path& folder) {
  return static_cast<int>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// A folder of the test's own, gone after it.
class CacheFile : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::path(::testing::TempDir()) / "vigil-cache-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    path_ = CachePath(folder_, Identity());
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_, path_;
};

TEST_F(CacheFile, RoundTrip_GivesThePayloadBack) {
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, std::size_t{4099}}) {
    WriteCache(path_, Identity(), Payload(bytes));
    EXPECT_EQ(ReadCache(path_, Identity()), Payload(bytes));
  }
  EXPECT_EQ(FilesIn(folder_), 1) << "nothing but the cache stays";
}

TEST_F(CacheFile, Layout_IsAsDocumented) {
  const std::vector<std::byte> blob = EncodeCache(Identity(), Payload(3));
  ASSERT_EQ(blob.size(), kHeaderBytes + 3);
  const auto text = [&](std::size_t at, std::size_t bytes) {
    return std::string(reinterpret_cast<const char*>(blob.data()) + at, bytes);
  };
  EXPECT_EQ(text(0, 8), "VIGILPC1");
  EXPECT_EQ(text(8, 4), std::string("\x05\x00\x01\x00", 4));
  EXPECT_EQ(text(12, 4), std::string("\x07\x00\x00\x00", 4));
  EXPECT_EQ(text(16, 2), std::string("\x01\x11", 2));
  EXPECT_EQ(text(32, 8), "\x88\x77\x66\x55\x44\x33\x22\x11");
  EXPECT_EQ(text(40, 8), std::string("\x03\0\0\0\0\0\0\0", 8));
}

TEST_F(CacheFile, TruncatedAtEveryLength_IsAMiss) {
  const std::vector<std::byte> blob = EncodeCache(Identity(), Payload(37));
  for (std::size_t length = 0; length < blob.size(); ++length) {
    Put(path_, std::span(blob).first(length));
    EXPECT_TRUE(ReadCache(path_, Identity()).empty()) << length << " bytes";
    EXPECT_FALSE(DecodeCache(Identity(), std::span(blob).first(length))) << length << " bytes";
  }
}

TEST_F(CacheFile, BytesAppended_AreAMiss) {
  std::vector<std::byte> blob = EncodeCache(Identity(), Payload(37));
  blob.push_back(std::byte{0});
  EXPECT_FALSE(DecodeCache(Identity(), blob));
}

TEST_F(CacheFile, EveryByteFlipped_IsAMiss) {
  const std::vector<std::byte> blob = EncodeCache(Identity(), Payload(37));
  for (std::size_t at = 0; at < blob.size(); ++at) {
    for (const int bit : {0, 3, 7}) {
      std::vector<std::byte> bad = blob;
      bad[at] ^= std::byte{1} << bit;
      EXPECT_FALSE(DecodeCache(Identity(), bad)) << "byte " << at << " bit " << bit;
    }
    std::vector<std::byte> bad = blob;
    bad[at] = ~bad[at];
    Put(path_, bad);
    EXPECT_TRUE(ReadCache(path_, Identity()).empty()) << "byte " << at;
  }
}

TEST_F(CacheFile, LengthFieldMadeAbsurd_IsAMissWithoutAllocatingIt) {
  std::vector<std::byte> blob = EncodeCache(Identity(), Payload(37));
  for (std::size_t at = 40; at < 48; ++at) blob[at] = std::byte{0xff};
  EXPECT_FALSE(DecodeCache(Identity(), blob));
}

TEST_F(CacheFile, OtherDeviceDriverOrShaders_AreAMiss) {
  WriteCache(path_, Identity(), Payload(99));
  CacheIdentity other = Identity();
  other.vendor_id = 0x10de;
  EXPECT_TRUE(ReadCache(path_, other).empty());
  other = Identity();
  other.device_id = 8;
  EXPECT_TRUE(ReadCache(path_, other).empty());
  for (std::uint8_t& byte : other.uuid) {  // a driver's update changes the UUID
    other = Identity();
    byte ^= 1;
    EXPECT_TRUE(ReadCache(path_, other).empty());
  }
  other = Identity();
  ++other.shader_hash;  // another version of Vigil
  EXPECT_TRUE(ReadCache(path_, other).empty());
  EXPECT_EQ(ReadCache(path_, Identity()), Payload(99));
}

TEST_F(CacheFile, OtherVersionOfTheLayout_IsAMiss) {
  std::vector<std::byte> blob = EncodeCache(Identity(), Payload(37));
  blob[7] = std::byte{'2'};
  EXPECT_FALSE(DecodeCache(Identity(), blob));
}

TEST_F(CacheFile, Path_IsOneADeviceWhateverTheShaders) {
  CacheIdentity other = Identity();
  ++other.shader_hash;
  EXPECT_EQ(CachePath(folder_, other), path_);
  other.uuid[15] ^= 1;
  EXPECT_NE(CachePath(folder_, other), path_);
}

TEST_F(CacheFile, NoFile_AFolderInItsPlace_OrNoFolder_AreAMiss) {
  EXPECT_TRUE(ReadCache(path_, Identity()).empty());
  EXPECT_TRUE(ReadCache(folder_ / "none" / "such", Identity()).empty());
  fs::create_directory(path_);
  EXPECT_TRUE(ReadCache(path_, Identity()).empty());
}

TEST_F(CacheFile, Write_MakesMissingFolders) {
  const fs::path deep = CachePath(folder_ / "a" / "b", Identity());
  WriteCache(deep, Identity(), Payload(5));
  EXPECT_EQ(ReadCache(deep, Identity()), Payload(5));
}

TEST_F(CacheFile, Write_WhereNothingCanBeWritten_ThrowsNothingAndLeavesNothing) {
  Put(folder_ / "file", Payload(1));
  // Below a file: refused for root too, which permissions are not.
  EXPECT_NO_THROW(WriteCache(folder_ / "file" / "cache.bin", Identity(), Payload(5)));
  fs::create_directory(path_);
  EXPECT_NO_THROW(WriteCache(path_, Identity(), Payload(5))) << "a folder in its place";
  EXPECT_EQ(FilesIn(folder_), 2) << "the unfinished file was removed";
}

// A reader sees the one's or the other's, never a part, a mixture or nothing.
TEST_F(CacheFile, TwoWritersAtOnce_LeaveOneOrTheOtherWhole) {
  const std::vector<std::byte> payloads[] = {Payload(300000, 1), Payload(70000, 2)};
  WriteCache(path_, Identity(), payloads[0]);
  ::testing::internal::CaptureStderr();
  std::atomic<int> writing = 2;
  std::vector<std::thread> writers;
  for (const std::vector<std::byte>& payload : payloads) {
    writers.emplace_back([&] {
      for (int i = 0; i < 100; ++i) WriteCache(path_, Identity(), payload);
      --writing;
    });
  }
  int reads = 0;
  for (; writing != 0 || reads == 0; ++reads) {
    const std::vector<std::byte> got = ReadCache(path_, Identity());
    EXPECT_TRUE(got == payloads[0] || got == payloads[1]) << got.size() << " bytes";
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "") << "a write was lost";
  const std::vector<std::byte> last = ReadCache(path_, Identity());
  EXPECT_TRUE(last == payloads[0] || last == payloads[1]) << last.size() << " bytes";
  EXPECT_EQ(FilesIn(folder_), 1);
}

class BackendCache : public CacheFile {
 protected:
  void SetUp() override {
    CacheFile::SetUp();
    if (const auto plain = testing::OpenForTest("vulkan"); !plain.backend) {
      GTEST_SKIP() << plain.reason;
    }
    graph_ = testing::SmallNetwork();
  }

  // Opens a backend on `folder`, compiles and runs.
  std::vector<Tensor> RunWith(const fs::path& folder) {
    VulkanOptions options;
    options.pipeline_cache = folder;
    const std::shared_ptr<Backend> backend = MakeVulkanBackend(options);
    return std::move(testing::RunOnce(*backend->Compile(*graph_, {}), *graph_, 4, false).outputs);
  }
  void ExpectSame(const std::vector<Tensor>& got, const std::vector<Tensor>& wanted) {
    ASSERT_EQ(got.size(), wanted.size());
    for (std::size_t i = 0; i < got.size(); ++i) {
      EXPECT_TRUE(std::ranges::equal(got[i].bytes(), wanted[i].bytes())) << "output " << i;
    }
  }
  fs::path TheFile() { return *fs::directory_iterator(folder_); }

  std::optional<Graph> graph_;
};

TEST_F(BackendCache, FirstRun_WritesOneFileThatTheNextReads) {
  const std::vector<Tensor> wanted = RunWith({});
  EXPECT_EQ(FilesIn(folder_), 0);
  ExpectSame(RunWith(folder_), wanted);
  ASSERT_EQ(FilesIn(folder_), 1);
  EXPECT_GT(fs::file_size(TheFile()), kHeaderBytes);
  ExpectSame(RunWith(folder_), wanted);
  EXPECT_EQ(FilesIn(folder_), 1);
}

TEST_F(BackendCache, CorruptFile_IsIgnoredAndRewritten) {
  const std::vector<Tensor> wanted = RunWith(folder_);
  ASSERT_EQ(FilesIn(folder_), 1);
  const fs::path file = TheFile();
  const std::vector<std::byte> good = BytesOf(file);
  std::vector<std::byte> flipped = good, cut = good;
  flipped.at(kHeaderBytes) ^= std::byte{0x10};
  cut.resize(good.size() / 2);
  for (const std::vector<std::byte>& bad : {flipped, cut, std::vector<std::byte>(), Payload(999)}) {
    Put(file, bad);
    ExpectSame(RunWith(folder_), wanted);
    const std::vector<std::byte> now = BytesOf(file);
    EXPECT_NE(now, bad);
    EXPECT_GT(now.size(), kHeaderBytes);
    // Written for the same driver and shaders: magic and identity are those of the good one.
    EXPECT_TRUE(std::equal(now.begin(), now.begin() + 40, good.begin()));
  }
}

TEST_F(BackendCache, UnwritableFolder_CostsNothingButTheCache) {
  Put(folder_ / "file", Payload(1));
  ExpectSame(RunWith(folder_ / "file"), RunWith({}));
}

}  // namespace
}  // namespace vigil::vulkan
