#include "estimator/taps/compression.h"

#include <gtest/gtest.h>

#include "engine/base/error.h"

namespace vigil {
namespace {

std::vector<std::byte> Pattern(std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>((i * i / 7) % 23);
  return bytes;
}

TEST(Compression, Decompress_GivesBackWhatWasCompressed) {
  for (const std::size_t size : {0, 1, 4096, 300007}) {
    for (const int level : {1, 2, 3}) {
      EXPECT_EQ(Decompress(Compress(Pattern(size), level), size), Pattern(size)) << size;
    }
  }
}

TEST(Compression, Compress_OfSparseBytes_IsMuchSmaller) {
  EXPECT_LT(Compress(std::vector<std::byte>(100000)).size(), 100u);
}

TEST(Compression, Decompress_OfMoreThanAllowed_IsAnInputError) {
  const auto frame = Compress(Pattern(5000));
  try {
    Decompress(frame, 4999);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_NE(std::string(error.what()).find("declares 5000 bytes: expected at most 4999"),
              std::string::npos)
        << error.what();
  }
}

TEST(Compression, Decompress_OfDamagedBytes_ThrowsOrGivesTheSame) {
  const auto plain = Pattern(700);
  const auto frame = Compress(plain);
  for (std::size_t i = 0; i < frame.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = frame;
      damaged[i] ^= static_cast<std::byte>(1 << bit);
      try {
        EXPECT_EQ(Decompress(damaged, 1 << 20), plain) << "byte " << i << " bit " << bit;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kMalformed);
      }
    }
  }
}

TEST(Compression, Decompress_OfTruncatedOrExtendedFrame_Throws) {
  auto frame = Compress(Pattern(700));
  for (std::size_t size = 0; size < frame.size(); ++size) {
    EXPECT_THROW(Decompress(std::span(frame).first(size), 1 << 20), Error) << size;
  }
  frame.push_back(std::byte{0});
  EXPECT_THROW(Decompress(frame, 1 << 20), Error);
}

}  // namespace
}  // namespace vigil
