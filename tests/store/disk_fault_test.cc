// Disks that fill up or fail at any write.
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
using testing::StoreTest;

// The operating system's files, of which the k-th change (write, truncation, synchronisation) and
// all later ones fail while armed.
class FaultyDisk {
 public:
  FaultyDisk() : real_(sqlite3_vfs_find(nullptr)) {
    instance_ = this;
    shim_ = *real_;
    shim_.zName = "faulty";
    shim_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    shim_.xOpen = &FaultyDisk::Open;
    sqlite3_vfs_register(&shim_, 1);
  }
  ~FaultyDisk() {
    sqlite3_vfs_unregister(&shim_);
    sqlite3_vfs_register(real_, 1);
    instance_ = nullptr;
  }

  void FailFrom(int change, int result) {
    changes_left_ = change;
    result_ = result;
  }
  void Mend() { changes_left_ = -1; }
  bool failed() const { return changes_left_ == 0; }
  int syncs() const { return syncs_; }

 private:
  struct File {
    sqlite3_file base;
    sqlite3_io_methods methods;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  };
  static File* Of(sqlite3_file* file) { return reinterpret_cast<File*>(file); }

  static int Count() {
    if (instance_->changes_left_ < 0) return SQLITE_OK;
    if (instance_->changes_left_ == 0) return instance_->result_;
    --instance_->changes_left_;
    return SQLITE_OK;
  }
  // As the shim would, all calls but three go to the real file behind this one.
  static int Open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    File* own = Of(file);
    own->base.pMethods = nullptr;
    const int result =
        instance_->real_->xOpen(instance_->real_, name, own->real(), flags, out_flags);
    if (result != SQLITE_OK) return result;
    sqlite3_io_methods& m = own->methods;
    m = *own->real()->pMethods;
    m.iVersion = 2;  // without memory-mapped reads
    m.xClose = [](sqlite3_file* f) { return Real(f)->pMethods->xClose(Real(f)); };
    m.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
      return Real(f)->pMethods->xRead(Real(f), to, size, at);
    };
    m.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
      const int counted = Count();
      const int written = counted ? size / 2 : size;  // the first half of a failed write arrives
      const int done = Real(f)->pMethods->xWrite(Real(f), from, written, at);
      return counted ? counted : done;
    };
    m.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
      const int counted = Count();
      return counted ? counted : Real(f)->pMethods->xTruncate(Real(f), size);
    };
    m.xSync = [](sqlite3_file* f, int how) {
      ++instance_->syncs_;
      const int counted = Count();
      return counted ? counted : Real(f)->pMethods->xSync(Real(f), how);
    };
    m.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
      return Real(f)->pMethods->xFileSize(Real(f), size);
    };
    m.xLock = [](sqlite3_file* f, int level) { return Real(f)->pMethods->xLock(Real(f), level); };
    m.xUnlock = [](sqlite3_file* f, int level) {
      return Real(f)->pMethods->xUnlock(Real(f), level);
    };
    m.xCheckReservedLock = [](sqlite3_file* f, int* held) {
      return Real(f)->pMethods->xCheckReservedLock(Real(f), held);
    };
    m.xFileControl = [](sqlite3_file* f, int operation, void* argument) {
      return Real(f)->pMethods->xFileControl(Real(f), operation, argument);
    };
    m.xSectorSize = [](sqlite3_file* f) { return Real(f)->pMethods->xSectorSize(Real(f)); };
    m.xDeviceCharacteristics = [](sqlite3_file* f) {
      return Real(f)->pMethods->xDeviceCharacteristics(Real(f));
    };
    m.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** to) {
      return Real(f)->pMethods->xShmMap(Real(f), page, size, extend, to);
    };
    m.xShmLock = [](sqlite3_file* f, int offset, int count, int how) {
      return Real(f)->pMethods->xShmLock(Real(f), offset, count, how);
    };
    m.xShmBarrier = [](sqlite3_file* f) { Real(f)->pMethods->xShmBarrier(Real(f)); };
    m.xShmUnmap = [](sqlite3_file* f, int remove) {
      return Real(f)->pMethods->xShmUnmap(Real(f), remove);
    };
    own->base.pMethods = &m;
    return SQLITE_OK;
  }
  static sqlite3_file* Real(sqlite3_file* file) { return Of(file)->real(); }

  static inline FaultyDisk* instance_ = nullptr;
  sqlite3_vfs* real_;
  sqlite3_vfs shim_{};
  int changes_left_ = -1;  // -1: never fails
  int result_ = SQLITE_OK;
  int syncs_ = 0;
};

class DiskFaultTest : public StoreTest, public ::testing::WithParamInterface<int> {
 protected:
  FaultyDisk disk_;
};

// Whichever change is the first to fail: one line that names the file; what was acknowledged before
// is all there, and the operation happened wholly or not at all.
TEST_P(DiskFaultTest, AppendAndJudge_WhereTheKthChangeFails_LoseNothing) {
  bool failed = true;
  int k = 0;
  for (; failed && k < 200; ++k) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    std::int64_t stored = 3, verdicts = 0;
    {
      Store store(path_, {}, clock_);
      const auto ids = store.Append(std::vector{MakeRecord(1), MakeRecord(2), MakeRecord(3)}).ids;
      disk_.FailFrom(k, GetParam());
      try {
        store.Append(std::vector{MakeRecord(4, 1, 3000), MakeRecord(5)});
        stored += 2;
        verdicts += store.Judge(std::vector{MakeVerdict(ids[0])});
        store.Purge();
        stored = verdicts = 0;
      } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::kInput);
        EXPECT_EQ(error.code(), ErrorCode::kIo) << error.what();
        EXPECT_THAT(error.what(), HasSubstr(path_));
        EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
      }
      failed = disk_.failed();
      disk_.Mend();
      EXPECT_THAT(store.Verify(), IsEmpty()) << "change " << k;
    }
    Store store(path_, {}, clock_);
    EXPECT_THAT(store.Verify(), IsEmpty()) << "change " << k;
    const StoreStats stats = store.Stats();
    if (stats.totals.kept == 0) continue;  // Purge's deletion had been committed
    EXPECT_EQ(stats.records + stats.verdicts, stored) << "change " << k;
    EXPECT_EQ(stats.verdicts, verdicts) << "change " << k;
  }
  EXPECT_FALSE(failed) << "no run went through";
  EXPECT_GT(k, 10);
}

TEST_P(DiskFaultTest, Append_AfterTheDiskIsMended_Works) {
  Store store(path_, {}, clock_);
  disk_.FailFrom(0, GetParam());
  EXPECT_THROW(store.Append(std::vector{MakeRecord(1)}), Error);
  disk_.Mend();
  EXPECT_GT(store.Append(std::vector{MakeRecord(1)}).ids.at(0), 0);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

class DiskSyncTest : public StoreTest {
 protected:
  FaultyDisk disk_;
};

// What store.h says of power cuts.
TEST_F(DiskSyncTest, CommitsWaitForNoDisk_ButTheJournalsCopyAndReseal) {
  const SecretKey old_key = SecretKey::Generate(), new_key = SecretKey::Generate();
  StoreOptions options{.max_bytes = 2 << 20, .codec = SealingCodec(old_key.public_key())};
  Store writer(path_, options, clock_);
  options.codec = OpeningCodec({new_key, old_key});
  Store evaluator(path_, options, clock_);
  int before = disk_.syncs();
  const auto ids = writer.Append(std::vector{MakeRecord(1), MakeRecord(2)}).ids;
  evaluator.ReadUnjudged(1);
  evaluator.Judge(std::vector{MakeVerdict(ids[0])});
  EXPECT_EQ(disk_.syncs(), before);
  EXPECT_EQ(evaluator.Reseal(), 1);
  EXPECT_EQ(disk_.syncs(), before + 1);
  before = disk_.syncs();
  for (int i = 0; i < 20; ++i) writer.Append(std::vector{MakeRecord(i, i + 2, 4000)});
  EXPECT_GE(disk_.syncs(), before + 2);  // the journal, then the file, some times
  EXPECT_LT(disk_.syncs(), before + 20);
}

INSTANTIATE_TEST_SUITE_P(Faults, DiskFaultTest, ::testing::Values(SQLITE_FULL, SQLITE_IOERR_WRITE),
                         [](const auto& fault) {
                           return fault.param == SQLITE_FULL ? "FullDisk" : "WriteError";
                         });

}  // namespace
}  // namespace vigil
