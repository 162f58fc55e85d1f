#include "estimator/store/files.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::sqlite {
namespace {

constexpr mode_t kOwnerOnly = 0600, kOwnerAndGroup = 0660, kGroupBits = 0060;

[[noreturn]] void Fail(const std::string& path, std::string_view doing) {
  throw Error(Fault::kInput, ErrorCode::kIo,
              Text("store '", path, "', ", doing, ": ", std::strerror(errno),
                   ": expected a file that this user may read and write"));
}

gid_t GroupId(const std::string& group, const std::string& path) {
  std::vector<char> text(16 << 10);
  struct group entry {};
  struct group* found = nullptr;
  int result = 0;
  while ((result = getgrnam_r(group.c_str(), &entry, text.data(), text.size(), &found)) == ERANGE)
    text.resize(text.size() * 2);
  if (!found) {
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("group '", group, "' of store '", path,
                     "': expected a group of this system (groupadd --system ", group, ")"));
  }
  return entry.gr_gid;
}

[[noreturn]] void FailToShare(const std::string& path, gid_t group) {
  throw Error(Fault::kApi, ErrorCode::kMisuse,
              Text("store '", path, "', giving it to group ", group, ": ", std::strerror(errno),
                   ": expected its owner, as a member of that group"));
}

// A file appears with its group and mode or not at all, so that nobody finds it half made.
void MakeFile(const std::string& path, mode_t mode, std::optional<gid_t> group) {
  std::string made = path + "-XXXXXX";
  const int file = mkostemp(made.data(), O_CLOEXEC);
  if (file < 0) Fail(path, "making it");
  const bool shared =
      (!group || fchown(file, static_cast<uid_t>(-1), *group) == 0) && fchmod(file, mode) == 0;
  const int error = errno;
  close(file);
  // There already: another process was faster.
  const bool linked = shared && (link(made.c_str(), path.c_str()) == 0 || errno == EEXIST);
  const int link_error = errno;
  unlink(made.c_str());
  errno = shared ? link_error : error;
  if (!shared) FailToShare(path, group.value_or(getegid()));
  if (!linked) Fail(path, "making it");
}

// False: there is none. It is looked at and never opened: closing it would take away the locks that
// SQLite holds on it elsewhere in this process.
bool Look(const std::string& path, struct stat& status) {
  if (lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return false;
    Fail(path, "opening");
  }
  if (!S_ISREG(status.st_mode)) {
    errno = S_ISDIR(status.st_mode) ? EISDIR : S_ISLNK(status.st_mode) ? ELOOP : EINVAL;
    Fail(path, "opening");
  }
  return true;
}

void Share(const std::string& path, const struct stat& status, mode_t mode, gid_t group) {
  const bool right_group = status.st_gid == group;
  if (right_group && (status.st_mode & 07777) == mode) return;
  if ((!right_group && lchown(path.c_str(), static_cast<uid_t>(-1), group) != 0) ||
      chmod(path.c_str(), mode) != 0)
    FailToShare(path, group);
}

}  // namespace

void MakeStoreFile(const std::string& path, bool create, const std::string& group) {
  std::optional<gid_t> group_id;
  if (!group.empty()) group_id = GroupId(group, path);
  struct stat status {};
  if (!Look(path, status)) {
    if (!create) {
      throw Error(Fault::kInput, ErrorCode::kNotFound,
                  Text("store '", path, "' does not exist: expected a record store"));
    }
    MakeFile(path, group_id ? kOwnerAndGroup : kOwnerOnly, group_id);
    if (!Look(path, status)) Fail(path, "making it");
  }
  if (group_id) Share(path, status, kOwnerAndGroup, *group_id);
  if (faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) Fail(path, "opening");
}

bool ShareJournalFiles(const std::string& path) {
  struct stat of_store {};
  if (!Look(path, of_store) || (of_store.st_mode & kGroupBits) != kGroupBits) return false;
  const mode_t mode = of_store.st_mode & 0777;
  for (const char* suffix : {"-wal", "-shm"}) {
    const std::string name = path + suffix;
    struct stat status {};
    if (Look(name, status)) {
      Share(name, status, mode, of_store.st_gid);
    } else {
      MakeFile(name, mode, of_store.st_gid);
    }
  }
  return true;
}

void CopyAccess(const std::string& from, const std::string& to) {
  struct stat from_status {
  }, to_status{};
  if (!Look(from, from_status)) Fail(from, "looking at it");
  if (!Look(to, to_status)) Fail(to, "looking at it");
  Share(to, to_status, from_status.st_mode & 0777, from_status.st_gid);
}

std::int64_t FileBytes(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : 0;
}

}  // namespace vigil::sqlite
