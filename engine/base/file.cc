#include "engine/base/file.h"

#include <atomic>
#include <cerrno>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

std::error_code LastError() { return {errno, std::generic_category()}; }

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// The name itself is on the disk once the folder is; some file systems cannot sync one.
void SyncFolderOf(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  const int directory = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

}  // namespace

std::optional<FileId> FileIdOf(const std::filesystem::path& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileId{status.st_dev, status.st_ino};
}

std::vector<std::byte> ReadFileBytes(const std::filesystem::path& path) {
  std::error_code failure;
  const auto status = std::filesystem::status(path, failure);
  if (!std::filesystem::exists(status)) {
    throw Error(Fault::kInput, ErrorCode::kNotFound, Text("'", path.string(), "': no such file"));
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("'", path.string(), "': expected a file, found a folder or a device"));
  }
  const std::uintmax_t size = std::filesystem::file_size(path, failure);
  std::ifstream in(path, std::ios::binary);
  if (!in || failure) {
    throw Error(Fault::kInput, ErrorCode::kIo, Text("'", path.string(), "': cannot be opened"));
  }
  std::vector<std::byte> bytes(size);
  in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
  if (static_cast<std::uintmax_t>(in.gcount()) != size) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text("'", path.string(), "': read ", in.gcount(), " of ", size, " bytes"));
  }
  return bytes;
}

std::error_code ReplaceFile(const std::filesystem::path& path, std::string_view bytes,
                            std::optional<mode_t> mode) {
  // A name that no other writer has, in this process or another.
  static std::atomic<unsigned> count{0};
  std::filesystem::path temporary = path;
  temporary += Text(".", ::getpid(), ".", count++, ".part");
  ::unlink(temporary.c_str());  // of a process that died and had our number
  const int file =
      ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode ? 0600 : 0666);
  if (file < 0) return LastError();
  bool fine = WriteAll(file, bytes) && (!mode || ::fchmod(file, *mode) == 0) && ::fsync(file) == 0;
  std::error_code failure = fine ? std::error_code() : LastError();
  fine = ::close(file) == 0 && fine && ::rename(temporary.c_str(), path.c_str()) == 0;
  if (!fine && !failure) failure = LastError();
  if (!fine) {
    ::unlink(temporary.c_str());
    return failure;
  }
  SyncFolderOf(path);
  return {};
}

}  // namespace vigil
