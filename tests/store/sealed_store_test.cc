// A store whose payloads only the evaluator opens: what a thief, a clumsy operator and a failing
// disk find.
#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "estimator/store/sealed_codec.h"
#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeRecord;
using testing::MakeVerdict;
using testing::RunSql;

class SealedStoreTest : public testing::StoreTest {
 protected:
  const SecretKey key_ = SecretKey::Generate();

  Store Writer() { return Opened(SealingCodec(key_.public_key())); }
  Store Evaluator() { return Opened(OpeningCodec({key_})); }
  Store Opened(std::shared_ptr<const PayloadCodec> codec) {
    return Store(path_, {.codec = std::move(codec)}, clock_);
  }
  // The file and its journal as they lie on the disk.
  std::string OnDisk() const {
    std::string bytes;
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream in(path_ + suffix, std::ios::binary);
      bytes += std::string(std::istreambuf_iterator<char>(in), {});
    }
    return bytes;
  }
};

// Random bytes do not compress, so that a frame carries them as they are.
std::string TapBytes(std::int64_t value) {
  const std::vector<std::byte> bytes = MakeRecord(value).taps[0].bytes;
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST_F(SealedStoreTest, WriterAppends_EvaluatorReadsAndJudges) {
  std::int64_t id = 0;
  {
    Store writer = Writer();
    id = writer.Append(std::vector{MakeRecord(1)}).ids.at(0);
    EXPECT_THAT(writer.ReadUnjudged(10), IsEmpty());
    EXPECT_EQ(writer.Stats().unopenable, 1);
    EXPECT_THAT(writer.Verify(), IsEmpty());
  }
  Store evaluator = Evaluator();
  EXPECT_EQ(evaluator.Stats().unopenable, 0);
  EXPECT_THAT(evaluator.Verify(), IsEmpty());
  const auto records = evaluator.ReadUnjudged(10);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].taps.at(0).bytes, MakeRecord(1).taps[0].bytes);
  EXPECT_EQ(records[0].output, MakeRecord(1).output);
  EXPECT_EQ(evaluator.Judge(std::vector{MakeVerdict(id)}), 1);
}

TEST_F(SealedStoreTest, FileAndJournal_HoldNothingOfTheFeatures) {
  {
    Store plain(path_, {}, clock_);
    plain.Append(std::vector{MakeRecord(1)});
    // What the sealed store must not show is what an open one shows.
    EXPECT_NE(OnDisk().find(TapBytes(1).substr(0, 32)), std::string::npos);
  }
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  Store writer = Writer();
  std::vector<Record> records;
  for (int i = 0; i < 20; ++i) records.push_back(MakeRecord(i));
  writer.Append(records);
  const std::string bytes = OnDisk();
  ASSERT_GT(bytes.size(), 20u * 256u);
  for (int i = 0; i < 20; ++i) {
    const std::string tap = TapBytes(i);
    for (std::size_t at = 0; at + 8 <= tap.size(); at += 8)
      ASSERT_EQ(bytes.find(tap.substr(at, 8)), std::string::npos) << "record " << i;
  }
  EXPECT_EQ(bytes.find("features"), std::string::npos);  // the tap's name
}

TEST_F(SealedStoreTest, SameRecordTwice_LooksDifferent) {
  Store writer = Writer();
  writer.Append(std::vector{MakeRecord(1)});
  writer.Append(std::vector{MakeRecord(1)});
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &database), SQLITE_OK);
  const auto count = [](void* out, int, char** values, char**) {
    *static_cast<int*>(out) = std::atoi(values[0]);
    return 0;
  };
  int distinct = 0;
  sqlite3_exec(database, "SELECT count(DISTINCT substr(payload, 2, 32)) FROM records", count,
               &distinct, nullptr);
  sqlite3_close(database);
  EXPECT_EQ(distinct, 2);
}

TEST_F(SealedStoreTest, WrongKey_LosesNothing_AndTheRightOneGoesOn) {
  Writer().Append(std::vector{MakeRecord(1), MakeRecord(2)});
  {
    Store wrong = Opened(OpeningCodec({SecretKey::Generate()}));
    EXPECT_THAT(wrong.ReadUnjudged(10), IsEmpty());
    EXPECT_EQ(wrong.Stats().unopenable, 2);
    EXPECT_EQ(wrong.Stats().totals.set_aside, 0);
    // Records of its own are not held up by those.
    wrong.Append(std::vector{MakeRecord(3)});
    EXPECT_EQ(wrong.ReadUnjudged(10).size(), 1u);
  }
  Store evaluator = Evaluator();
  EXPECT_EQ(evaluator.ReadUnjudged(10).size(), 2u);
}

TEST_F(SealedStoreTest, AlteredMovedAndTruncatedPayloads_AreSetAside_TheRestGoesOn) {
  const auto ids = Writer()
                       .Append(std::vector{MakeRecord(1), MakeRecord(2), MakeRecord(3),
                                           MakeRecord(4), MakeRecord(5), MakeRecord(6)})
                       .ids;
  const auto id = [&](std::size_t i) { return std::to_string(ids[i]); };
  // A flipped byte; two records swapped; one cut; another model.
  RunSql(path_,
         "UPDATE records SET payload = substr(payload, 1, 60) || x'00' || substr(payload, 62)"
         " WHERE id = " +
             id(0));
  RunSql(path_, "UPDATE records SET payload = (SELECT payload FROM records WHERE id = " + id(2) +
                    ") WHERE id = " + id(1));
  RunSql(path_, "UPDATE records SET payload = substr(payload, 1, 30) WHERE id = " + id(3));
  RunSql(path_, "UPDATE records SET model_hash = 5 WHERE id = " + id(4));
  Store evaluator = Evaluator();
  const auto problems = evaluator.Verify();
  ASSERT_EQ(problems.size(), 4u);
  EXPECT_THAT(problems[0], HasSubstr("record " + id(0)));
  EXPECT_THAT(problems[2], HasSubstr("record " + id(3)));
  const auto read = evaluator.ReadUnjudged(10);
  std::vector<std::int64_t> read_ids;
  for (const Record& record : read) read_ids.push_back(record.id);
  EXPECT_THAT(read_ids, ::testing::UnorderedElementsAre(ids[2], ids[5]));
  EXPECT_EQ(evaluator.Stats().totals.set_aside, 4);
  EXPECT_THAT(evaluator.Verify(), IsEmpty());
}

TEST_F(SealedStoreTest, EveryByteOfASealedPayload_IsAuthenticated) {
  const auto codec = OpeningCodec({key_});
  const PayloadOwner owner{.record_id = 7, .model_hash = 9};
  const std::vector<std::byte> plain(40, std::byte{0x5a});
  const auto sealed = codec->Seal(plain, owner);
  EXPECT_EQ(sealed.size(), plain.size() + 48);
  EXPECT_EQ(codec->Open(sealed, owner, codec->seal_key()), plain);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    auto altered = sealed;
    altered[i] ^= std::byte{1};
    EXPECT_THROW(codec->Open(altered, owner, codec->seal_key()), Error) << i;
    EXPECT_THROW(codec->Open(std::span(sealed).first(i), owner, codec->seal_key()), Error) << i;
  }
  EXPECT_THROW(codec->Open(sealed, {.record_id = 8, .model_hash = 9}, codec->seal_key()), Error);
  EXPECT_THROW(codec->Open(sealed, {.record_id = 7, .model_hash = 8}, codec->seal_key()), Error);
  EXPECT_THROW(SealingCodec(key_.public_key())->Open(sealed, owner, codec->seal_key()), Error);
}

TEST_F(SealedStoreTest, Reseal_MovesWhatWaitsToTheNewKey) {
  std::vector<Record> records;
  for (int i = 0; i < 150; ++i) records.push_back(MakeRecord(i, 1, 8));
  Writer().Append(records);
  const SecretKey fresh = SecretKey::Generate();
  {
    Store store = Opened(OpeningCodec({fresh, key_}));
    EXPECT_EQ(store.Reseal(), 150);
    EXPECT_EQ(store.Reseal(), 0);
    EXPECT_THAT(store.Verify(), IsEmpty());
  }
  EXPECT_EQ(Evaluator().Stats().unopenable, 150);  // the old key alone opens none
  Store store = Opened(OpeningCodec({fresh}));
  EXPECT_EQ(store.ReadUnjudged(1000).size(), 150u);
}

TEST_F(SealedStoreTest, LookingCodec_OpensAnyStore_AndAddsNothing) {
  Writer().Append(std::vector{MakeRecord(1)});
  Store looking = Opened(LookingCodec());
  EXPECT_EQ(looking.Stats().records, 1);
  EXPECT_EQ(looking.Stats().unopenable, 1);
  EXPECT_THAT(looking.Verify(), IsEmpty());
  EXPECT_THROW(looking.Append(std::vector{MakeRecord(2)}), Error);
}

}  // namespace
}  // namespace vigil
