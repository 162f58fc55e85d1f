#include "estimator/store/keys.h"

#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "engine/base/error.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::Not;

class KeysTest : public testing::StoreTest {
 protected:
  std::string secret_ = (folder_ / "secret.key").string();
  std::string public_ = (folder_ / "public.key").string();

  void Write(const std::string& path, const std::string& text, mode_t mode) const {
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
  }
  std::string Read(const std::string& path) const {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  mode_t ModeOf(const std::string& path) const {
    struct stat status {};
    stat(path.c_str(), &status);
    return status.st_mode & 07777u;
  }
};

TEST_F(KeysTest, FirstStart_MakesBothFiles_SecondStartFindsThem) {
  const KeyRing made = ReadOrMakeKeys(secret_, public_);
  EXPECT_EQ(ModeOf(secret_), 0600u);
  EXPECT_EQ(ModeOf(public_), 0644u);
  EXPECT_EQ(ReadPublicKey(public_), made.front().public_key());
  const KeyRing found = ReadOrMakeKeys(secret_, public_);
  EXPECT_EQ(found.front().public_key(), made.front().public_key());
  EXPECT_THAT(Read(public_), Not(HasSubstr("secret")));
}

TEST_F(KeysTest, MissingOrForeignPublicFile_IsWrittenAnew) {
  const KeyRing ring = ReadOrMakeKeys(secret_, public_);
  WritePublicKey(SecretKey::Generate().public_key(), public_);
  ReadOrMakeKeys(secret_, public_);
  EXPECT_EQ(ReadPublicKey(public_), ring.front().public_key());
}

TEST_F(KeysTest, Ring_KeepsItsOrder) {
  const KeyRing ring = {SecretKey::Generate(), SecretKey::Generate()};
  WriteKeyRing(ring, secret_);
  const KeyRing read = ReadKeyRing(secret_);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].public_key(), ring[0].public_key());
  EXPECT_EQ(read[1].public_key(), ring[1].public_key());
  EXPECT_NE(ring[0].public_key().id(), ring[1].public_key().id());
}

// RFC 7748, section 6.1: Alice's keys.
TEST(SecretKey, PublicHalf_IsTheStandards) {
  const auto bytes = [](const std::string& hex) {
    std::array<std::byte, 32> key{};
    for (std::size_t i = 0; i < 32; ++i)
      key[i] = static_cast<std::byte>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    return key;
  };
  const SecretKey alice(
      bytes("77076d0a7318a57d3c16c17251b26645df4c2f87ebc099"
            "2ab177fba51db92c2a"));
  EXPECT_EQ(alice.public_key().bytes, bytes("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381a"
                                            "f4eba4a98eaa9b4e6a"));
}

TEST_F(KeysTest, SecretThatOthersMayRead_IsRefused) {
  WriteKeyRing({SecretKey::Generate()}, secret_);
  for (const mode_t mode : {0640u, 0604u, 0622u}) {
    chmod(secret_.c_str(), mode);
    const Error error = ErrorOf([&] { ReadKeyRing(secret_); });
    EXPECT_EQ(error.code(), ErrorCode::kMisuse);
    EXPECT_THAT(error.what(), HasSubstr("secret.key"));
  }
  chmod(secret_.c_str(), 0400);
  EXPECT_EQ(ReadKeyRing(secret_).size(), 1u);
}

TEST_F(KeysTest, WhatIsNoKey_IsRefusedByLine_WithoutRepeatingIt) {
  WriteKeyRing({SecretKey::Generate()}, secret_);
  const std::string good = Read(secret_);
  Write(secret_, "# a comment\n" + good.substr(0, good.size() - 6) + "\n", 0600);
  const Error error = ErrorOf([&] { ReadKeyRing(secret_); });
  EXPECT_EQ(error.code(), ErrorCode::kMalformed);
  EXPECT_THAT(error.what(), HasSubstr("line 2"));
  EXPECT_THAT(error.what(), Not(HasSubstr(good.substr(20, 20))));
  for (const std::string text :
       {"", "# nothing\n", "vigil-public-key 1 AAAA\n", "vigil-secret-key 2 AA\n"}) {
    Write(secret_, text, 0600);
    EXPECT_EQ(ErrorOf([&] { ReadKeyRing(secret_); }).code(), ErrorCode::kMalformed) << text;
  }
  EXPECT_EQ(ErrorOf([&] { ReadPublicKey(public_); }).code(), ErrorCode::kNotFound);
}

TEST_F(KeysTest, LinkInPlaceOfTheSecret_IsRefused) {
  WriteKeyRing({SecretKey::Generate()}, public_);
  std::filesystem::create_symlink(public_, secret_);
  EXPECT_EQ(ErrorOf([&] { ReadKeyRing(secret_); }).code(), ErrorCode::kIo);
}

TEST_F(KeysTest, FolderThatIsNotThere_IsOneLine) {
  const Error error =
      ErrorOf([&] { WriteKeyRing({SecretKey::Generate()}, folder_ / "none" / "key"); });
  EXPECT_EQ(error.code(), ErrorCode::kIo);
  EXPECT_THAT(error.what(), HasSubstr("none/key"));
}

}  // namespace
}  // namespace vigil
