// Who may open the store's files, and how large they grow.
#include <gmock/gmock.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/store/store_fixture.h"

namespace vigil {
namespace {

using testing::ErrorOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::MakeRecord;

class StoreFilesTest : public testing::StoreTest {
 protected:
  // A group that this user may give a file to and that new files do not have by themselves; none:
  // the test is skipped.
  StoreFilesTest() {
    std::vector<gid_t> mine(256);
    mine.resize(static_cast<std::size_t>(std::max(getgroups(256, mine.data()), 0)));
    setgrent();
    while (const group* entry = getgrent()) {
      const bool allowed = geteuid() == 0 || std::ranges::count(mine, entry->gr_gid) > 0;
      if (!allowed || entry->gr_gid == getegid() || entry->gr_gid == 0) continue;
      group_ = entry->gr_name;
      group_id_ = entry->gr_gid;
      break;
    }
    endgrent();
  }

  void ExpectShared(const char* when) const {
    for (const char* suffix : {"", "-wal", "-shm"}) {
      struct stat status {};
      ASSERT_EQ(stat((path_ + suffix).c_str(), &status), 0) << suffix << " " << when;
      EXPECT_EQ(status.st_mode & 07777, 0660u) << suffix << " " << when;
      EXPECT_EQ(status.st_gid, group_id_) << suffix << " " << when;
    }
  }

  // What becomes of an Append by another user whose only group besides its own is this one: "" or
  // the error. REQUIRES: root.
  std::string AppendAs(uid_t user, gid_t also_of) const {
    int ends[2];
    if (pipe(ends) != 0) return "no pipe";
    const pid_t child = fork();
    if (child == 0) {
      std::string result;
      try {
        if (setgroups(1, &also_of) != 0 || setgid(user) != 0 || setuid(user) != 0)
          throw std::runtime_error("cannot become another user");
        Store store(path_, {}, clock_);
        store.Append(std::vector{MakeRecord(1)});
      } catch (const std::exception& error) {
        result = error.what();
      }
      _exit(write(ends[1], result.data(), result.size()) < 0);
    }
    close(ends[1]);
    std::string result(1000, '\0');
    const auto size = read(ends[0], result.data(), result.size());
    close(ends[0]);
    waitpid(child, nullptr, 0);
    result.resize(static_cast<std::size_t>(std::max<decltype(size)>(size, 0)));
    return result;
  }

  std::string group_;
  gid_t group_id_ = 0;
};

TEST_F(StoreFilesTest, Open_WithAGroup_SharesFileJournalAndIndex) {
  if (group_.empty()) GTEST_SKIP() << "this user has no second group";
  {
    Store store(path_, {.group = group_}, clock_);
    store.Append(std::vector{MakeRecord(1)});
    ExpectShared("while open");
  }
  ExpectShared("after the last one closed");
  Store store(path_, {}, clock_);  // who does not name the group leaves it
  store.Append(std::vector{MakeRecord(2)});
  ExpectShared("opened without a word on groups");
}

TEST_F(StoreFilesTest, Open_WithAGroup_GivesItAFileThatWasThere) {
  if (group_.empty()) GTEST_SKIP() << "this user has no second group";
  { Store(path_, {}, clock_).Append(std::vector{MakeRecord(1)}); }
  Store store(path_, {.group = group_}, clock_);
  EXPECT_EQ(store.Stats().records, 1);
  store.Append(std::vector{MakeRecord(2)});
  ExpectShared("after the change");
}

TEST_F(StoreFilesTest, JournalThatAnotherMemberMakes_HasTheStoresGroup) {
  if (geteuid() != 0 || group_.empty()) GTEST_SKIP() << "only root can become another user";
  constexpr uid_t kMember = 65001, kStranger = 65002;
  // As on a device: the folder is the group's, too.
  ASSERT_EQ(chown(folder_.c_str(), 0, group_id_), 0);
  ASSERT_EQ(chmod(folder_.c_str(), 0770), 0);
  { Store(path_, {.group = group_}, clock_).Append(std::vector{MakeRecord(1)}); }
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  EXPECT_EQ(AppendAs(kMember, group_id_), "");
  ExpectShared("made by another member");
  EXPECT_THAT(AppendAs(kStranger, kStranger), HasSubstr("this user may read and write"));
  Store store(path_, {.group = group_}, clock_);
  EXPECT_EQ(store.Stats().records, 2);
  EXPECT_EQ(AppendAs(kMember, group_id_), "");  // while it is open here
  EXPECT_EQ(store.Stats().records, 3);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

TEST_F(StoreFilesTest, Open_WithAGroupThatThereIsNot_NamesIt) {
  const Error error = ErrorOf([&] { Store(path_, {.group = "no-such-group"}, clock_); });
  EXPECT_EQ(error.fault(), Fault::kApi);
  EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  EXPECT_THAT(error.what(), HasSubstr("group 'no-such-group'"));
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(StoreFilesTest, Open_OfALink_Refuses) {
  { const Store store(path_, {}, clock_); }
  std::filesystem::create_symlink(path_, folder_ / "link");
  EXPECT_EQ(ErrorOf([&] { Store((folder_ / "link").string(), {}, clock_); }).code(),
            ErrorCode::kIo);
}

// A reader of another program that stays keeps the journal from being emptied.
TEST_F(StoreFilesTest, JournalThatAReaderHolds_StaysWithinMaxBytes_AndIsEmptiedWhenItGoes) {
  constexpr std::int64_t kMaxBytes = 1 << 20;
  Store store(path_, {.max_bytes = kMaxBytes}, clock_);
  store.Append(std::vector{MakeRecord(0, 0, 1000)});
  sqlite3* reader = nullptr;
  ASSERT_EQ(sqlite3_open(path_.c_str(), &reader), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM records", nullptr, nullptr, nullptr),
            SQLITE_OK);
  const auto append = [&](int i) { store.Append(std::vector{MakeRecord(i, i, 3000)}); };
  const Error error = ErrorOf([&] {
    for (int i = 1; i < 1000; ++i) {
      append(i);
      const StoreStats stats = store.Stats();
      ASSERT_LE(stats.file_bytes + stats.journal_bytes, kMaxBytes) << i;
    }
  });
  EXPECT_EQ(error.code(), ErrorCode::kIo);
  EXPECT_THAT(error.what(), HasSubstr("no process that reads for long"));
  sqlite3_close(reader);
  append(1000);
  EXPECT_LT(store.Stats().journal_bytes, kMaxBytes / 4);
  EXPECT_THAT(store.Verify(), IsEmpty());
}

}  // namespace
}  // namespace vigil
