#include "estimator/data/cifar10_pickle.h"

#include "estimator/data/cifar10.h"
#include "estimator/data/pickle.h"
#include "tests/data/fixtures.h"

namespace vigil {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;

std::string LittleEndian(std::uint32_t number) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(number >> (8 * i) & 255);
  return bytes;
}

std::string ShortString(const std::string& text) {
  return "U" + std::string(1, static_cast<char>(text.size())) + text;
}

// The opcodes of one batch as Python 2's cPickle wrote the official files, protocol 2.
struct Batch {
  std::string protocol = "\x80\x02";
  std::string labels = "](K\x06K\x09"s + "e";
  std::string reconstruct = "cnumpy.core.multiarray\n_reconstruct\nq\x07";
  std::string type = "cnumpy\ndtype\nq\x0aU\x02u1K\x00K\x01\x87Rq\x0b(K\x03U\x01|NNNJ"s +
                     "\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"s;
  int rows = 2, columns = 3072;
  std::string order = "\x89";
  std::string pixels = Pixels(2 * 3072);
  std::string end = "u.";

  static std::string Pixels(std::size_t count) {
    std::string pixels(count, '\0');
    for (std::size_t i = 0; i < count; ++i) pixels[i] = static_cast<char>(i * 7 % 256);
    return pixels;
  }
  static std::string TwoBytes(int number) {
    return "M"s + static_cast<char>(number & 255) + static_cast<char>(number >> 8);
  }

  std::string Text() const {
    return protocol + "}q\x01(" + ShortString("batch_label") + "q\x02" +
           ShortString("training batch 1 of 5") + "q\x03" + ShortString("labels") + "q\x04" +
           labels + ShortString("data") + "q\x06" + reconstruct +
           "cnumpy\nndarray\nq\x08K\x00\x85"s + "U\x01" + "b\x87Rq\x09(K\x01" + TwoBytes(rows) +
           TwoBytes(columns) + "\x86" + type + order + "T" +
           LittleEndian(static_cast<std::uint32_t>(pixels.size())) + pixels + "tb" +
           ShortString("filenames") + "q\x0c](" + ShortString("a.png") + "r" + LittleEndian(300) +
           "j" + LittleEndian(300) + "e" + end;
  }
};

std::vector<std::byte> Read(const std::string& pickle) {
  const TemporaryFolder folder;
  return ReadCifarPickle(folder.WriteText("data_batch_1", pickle));
}

std::string Refusal(const std::string& pickle, ErrorCode code) {
  const Error error = ErrorOf([&] { Read(pickle); });
  EXPECT_EQ(error.fault(), Fault::kInput);
  EXPECT_EQ(error.code(), code) << error.what();
  EXPECT_THAT(error.what(), HasSubstr("data_batch_1"));
  return error.what();
}

TEST(CifarPickle, Batch_GivesTheRecordsOfTheBinaryForm) {
  const std::vector<std::byte> records = Read(Batch().Text());
  ASSERT_EQ(records.size(), 2 * kCifarRecordBytes);
  EXPECT_EQ(records[0], std::byte{6});
  EXPECT_EQ(records[kCifarRecordBytes], std::byte{9});
  EXPECT_EQ(records[1 + 5], std::byte{35});
  EXPECT_EQ(records[kCifarRecordBytes + 1], static_cast<std::byte>(3072 * 7 % 256));
}

TEST(CifarPickle, OpenCifar10_TakesThePickle_UnlessThereIsTheBinaryForm) {
  const TemporaryFolder folder;
  folder.WriteText("data_batch_3", Batch().Text());
  const auto dataset = OpenCifar10(folder.path(), {3});
  ASSERT_EQ(dataset->size(), 2);
  const Sample sample = dataset->Get(1);
  EXPECT_EQ(sample.truth.label, 9);
  EXPECT_EQ(sample.image.rgb[3 * 2 + 1], (3072 + 1024 + 2) * 7 % 256);  // green of pixel 2
  folder.Write("data_batch_3.bin", std::vector<std::byte>(3073));
  EXPECT_EQ(OpenCifar10(folder.path(), {3})->size(), 1);
}

// Python 3 writes bytes as text and a call of _codecs.encode; numpy 2 moved its module.
TEST(CifarPickle, PythonThreesForm_IsReadToo) {
  Batch batch;
  batch.reconstruct = "cnumpy._core.multiarray\n_reconstruct\nq\x07";
  const std::string text = batch.Text();
  const std::string binary = "T" + LittleEndian(2 * 3072) + batch.pixels;
  std::string utf8;
  for (const char c : batch.pixels) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      utf8 += c;
    else
      utf8 += {static_cast<char>(0xc0 | byte >> 6), static_cast<char>(0x80 | (byte & 0x3f))};
  }
  const std::string encoded = "c_codecs\nencode\nX" +
                              LittleEndian(static_cast<std::uint32_t>(utf8.size())) + utf8 + "X" +
                              LittleEndian(6) + "latin1\x86R";
  std::string modern = text;
  modern.replace(text.find(binary), binary.size(), encoded);
  EXPECT_EQ(Read(modern), Read(text));
}

TEST(CifarPickle, EveryTruncation_IsMalformedWithItsOffset) {
  const std::string text = Batch().Text();
  for (std::size_t length = 0; length < text.size(); length += length < 400 ? 1 : 97) {
    EXPECT_THAT(Refusal(text.substr(0, length), ErrorCode::kMalformed), HasSubstr("byte "))
        << length;
  }
  EXPECT_THAT(Refusal(text + "x", ErrorCode::kMalformed), HasSubstr("1 bytes after the end"));
}

TEST(CifarPickle, AnyOtherByte_IsReadOrRefused_NeverMore) {
  const std::string text = Batch().Text();
  for (std::size_t at = 0; at < 400; ++at) {
    for (const int flip : {1, 0x20, 0x80, 0xff}) {
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ flip);
      try {
        Read(changed);
      } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::kInput) << at;
      }
    }
  }
}

TEST(CifarPickle, Calls_AreNeverMade) {
  const std::string witness = ::testing::TempDir() + "vigil_pickle_witness";
  std::filesystem::remove(witness);
  const std::string command = "touch " + witness;
  const std::string system =
      "\x80\x02"
      "cos\nsystem\n" +
      ShortString(command) + "\x85R.";
  EXPECT_THAT(Refusal(system, ErrorCode::kUnsupported),
              HasSubstr("byte 2: global 'os.system', expected numpy's"));
  EXPECT_THAT(Refusal("\x80\x02"
                      "cposix\nsystem\n" +
                          ShortString(command) + "\x85R.",
                      ErrorCode::kUnsupported),
              HasSubstr("posix.system"));
  EXPECT_THAT(Refusal("\x80\x02"
                      "(" +
                          ShortString(command) + "ios\nsystem\n.",
                      ErrorCode::kUnsupported),
              HasSubstr("opcode 0x69 'i'"));
  EXPECT_THAT(Refusal("\x80\x02"
                      "cnumpy\nndarray\nK\x05\x85R."s,
                      ErrorCode::kUnsupported),
              HasSubstr("a call of something"));
  EXPECT_FALSE(std::filesystem::exists(witness));
}

TEST(CifarPickle, OtherContents_AreRefusedByName) {
  Batch batch;
  batch.type.replace(batch.type.find("u1"), 2, "f8");
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kUnsupported),
              HasSubstr("array of type 'f8', expected 'u1'"));
  batch = {};
  batch.order = "\x88";
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kUnsupported), HasSubstr("Fortran"));
  batch = {};
  batch.rows = 3;
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kMalformed),
              HasSubstr("an array of 9216 elements with 6144 bytes"));
  batch = {};
  batch.columns = 1024;
  batch.rows = 6;
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kInvalidShape),
              HasSubstr("'data' is 6x1024 for 2 labels, expected 2x3072"));
  batch = {};
  batch.labels = "](K\x06K\x0a"s + "e";
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kInvalidValue), HasSubstr("row 1 has label 10"));
  batch.labels = "](K\x06N"s + "e";
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kInvalidValue), HasSubstr("row 1 has label None"));
  batch.labels = "N";
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kInvalidType),
              HasSubstr("'labels' is None, expected a list"));
  batch = {};
  batch.protocol = "\x80\x04";
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kUnsupported), HasSubstr("protocol 4, expected 2"));
  EXPECT_THAT(Refusal("\x80\x02K\x07."s, ErrorCode::kMalformed),
              HasSubstr("an integer without 'data'"));
}

TEST(Pickle, BrokenPrograms_AreMalformed) {
  for (const std::string& program : {"."s, "e."s, "(."s, "K\x01K\x02."s, "h\x05."s,
                                     "K\x01"
                                     "a."s,
                                     "](K\x01"
                                     "u."s,
                                     "}K\x01s."s, "}(K\x01u."s, "K\x01K\x02\x87."s, "t."s,
                                     "cnumpy\ndtype\n."s, "b."s, "NNb."s, "T\xff\xff\xff\xff."s}) {
    EXPECT_THAT(Refusal("\x80\x02"s + program, ErrorCode::kMalformed), HasSubstr("byte "))
        << program;
  }
}

// A few bytes that ask for much: an array of 2^32 elements, strings decoded over and over, a
// million values.
TEST(Pickle, MemoryIsBoundedWhateverTheFileSays) {
  Batch batch;
  batch.rows = batch.columns = 65535;
  EXPECT_THAT(Refusal(batch.Text(), ErrorCode::kMalformed), HasSubstr("an array's shape"));
  std::string again = "\x80\x02X" + LittleEndian(4000) + std::string(4000, 'a') + "q\x01";
  for (int i = 0; i < 100; ++i) again += "c_codecs\nencode\nh\x01X\x06\x00\x00\x00latin1\x86R"s;
  EXPECT_THAT(Refusal(again, ErrorCode::kUnsupported), HasSubstr("more text to decode"));
  EXPECT_THAT(Refusal("\x80\x02" + std::string(PickleDocument::kMostValues + 1, 'N') + ".",
                      ErrorCode::kUnsupported),
              HasSubstr("more than 1048576 values"));
}

TEST(CifarPickle, FileOfAnotherSize_IsRefusedBeforeItIsRead) {
  const TemporaryFolder folder;
  const auto path = folder.WriteText("data_batch_1", "x");
  std::filesystem::resize_file(path, (64u << 20) + 1);
  const Error error = ErrorOf([&] { ReadCifarPickle(path); });
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("67108865 bytes, expected at most 67108864"));
}

}  // namespace
}  // namespace vigil
