#include "estimator/store/payload.h"

#include <cstring>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using testing::MakeRecord;

bool SameData(const Record& a, const Record& b) {
  if (a.output != b.output || a.statistics != b.statistics || a.taps.size() != b.taps.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.taps.size(); ++i) {
    const StoredTap &x = a.taps[i], &y = b.taps[i];
    if (x.name != y.name || !(x.shape == y.shape) || x.encoding != y.encoding ||
        x.bytes != y.bytes) {
      return false;
    }
  }
  return true;
}

std::vector<std::byte> Encode(const Record& record) {
  return SealPayload(PackBody(record), {}, *PlainCodec());
}

void Decode(std::span<const std::byte> payload, Record& record) {
  UnpackBody(OpenPayload(payload, {}, 0, *PlainCodec()), record);
}

Record TwoTaps() {
  Record record = MakeRecord(3);
  record.taps.push_back({"small", {1, 2, 3, 1}, Encoding::kInt8, std::vector<std::byte>(24)});
  return record;
}

ErrorCode CodeOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput) << error.what();
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.code();
  }
  ADD_FAILURE() << "no error";
  return ErrorCode::kMisuse;
}

TEST(Payload, Decode_GivesBackWhatWasEncoded) {
  Record record;
  Decode(Encode(TwoTaps()), record);
  EXPECT_TRUE(SameData(record, TwoTaps()));
}

TEST(Payload, SerializeBody_WritesTheDocumentedBytes) {
  Record record;
  record.output = {1.0f};
  record.statistics = {-2.0f};
  record.taps = {{"ab", {1, 1}, Encoding::kFloat16, {std::byte{5}, std::byte{6}, {}, {}}}};
  const std::vector<int> expected = {1, 0, 0, 0,   0,    0, 0x80, 0x3f,  // one output: 1.0
                                     1, 0, 0, 0,   0xc0,                 // one statistic: -2.0
                                     1, 2, 0, 'a', 'b',  1, 2,           // one tap, fp16, rank 2
                                     1, 0, 0, 0,   0,    0, 0,    0,     //
                                     1, 0, 0, 0,   0,    0, 0,    0,    5, 6, 0, 0};
  std::vector<int> bytes;
  for (const std::byte b : SerializeBody(record)) bytes.push_back(std::to_integer<int>(b));
  EXPECT_EQ(bytes, expected);
}

TEST(Payload, Decode_OfAnyDamagedBit_ThrowsOrGivesTheSame) {
  const Record original = TwoTaps();
  const auto payload = Encode(original);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      auto damaged = payload;
      damaged[i] ^= static_cast<std::byte>(1 << bit);
      Record record;
      try {
        Decode(damaged, record);
        EXPECT_TRUE(SameData(record, original)) << "byte " << i << " bit " << bit;
      } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::kInput);
      }
    }
  }
}

TEST(Payload, Decode_OfAnyTruncation_Throws) {
  const auto payload = Encode(TwoTaps());
  for (std::size_t size = 0; size < payload.size(); ++size) {
    Record record;
    EXPECT_THROW(Decode(std::span(payload).first(size), record), Error) << size;
  }
}

// Behind the checksum, where a hostile writer would sit: every byte of the body takes every value.
TEST(Payload, ParseBody_OfAnyChangedByte_ThrowsOrStaysWithinBounds) {
  const auto body = SerializeBody(TwoTaps());
  for (std::size_t i = 0; i < body.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      auto damaged = body;
      damaged[i] = static_cast<std::byte>(value);
      Record record;
      try {
        ParseBody(damaged, record);
        for (const StoredTap& tap : record.taps) {
          EXPECT_EQ(tap.bytes.size(), EncodedSampleBytes(tap.shape, tap.encoding));
        }
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kMalformed);
      }
    }
  }
}

TEST(Payload, ParseBody_OfAnyTruncationOrExtension_Throws) {
  auto body = SerializeBody(TwoTaps());
  Record record;
  for (std::size_t size = 0; size < body.size(); ++size) {
    EXPECT_THROW(ParseBody(std::span(body).first(size), record), Error) << size;
  }
  body.push_back(std::byte{0});
  EXPECT_THROW(ParseBody(body, record), Error);
}

TEST(Payload, Decode_OfANewerVersion_SaysUnsupported) {
  auto payload = Encode(TwoTaps());
  payload[0] = std::byte{2};
  Record record;
  EXPECT_EQ(CodeOf([&] { Decode(payload, record); }), ErrorCode::kUnsupported);
}

TEST(Payload, Encode_OfATapThatDoesNotFitItsShape_Throws) {
  Record record = TwoTaps();
  record.taps[1].bytes.pop_back();
  EXPECT_EQ(CodeOf([&] { Encode(record); }), ErrorCode::kInvalidValue);
  record.taps[1] = {"batch", {2, 3}, Encoding::kFloat32, std::vector<std::byte>(24)};
  EXPECT_EQ(CodeOf([&] { Encode(record); }), ErrorCode::kInvalidValue);
}

TEST(Payload, Encode_OfSeventeenStatistics_Throws) {
  Record record;
  record.statistics.assign(17, 0.0f);
  EXPECT_EQ(CodeOf([&] { Encode(record); }), ErrorCode::kInvalidValue);
}

}  // namespace
}  // namespace vigil
