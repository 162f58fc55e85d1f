#include "engine/onnx/file.h"

#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil::onnx {
namespace {

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags)
      : fd_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return fd_; }

 private:
  const int fd_;
};

[[noreturn]] void ThrowIo(const std::filesystem::path& path, std::string_view action) {
  throw Error(Fault::kInput, ErrorCode::kIo,
              Text(path.string(), ": cannot ", action, ": ", std::strerror(errno)));
}

// A tensor of as many elements as a shape can have, in doubles.
constexpr std::uint64_t kLargestPart = std::uint64_t{1} << 34;

void RequireOpen(const std::filesystem::path& path, const Descriptor& file) {
  if (file.get() >= 0) return;
  if (errno != ENOENT && errno != ENOTDIR) ThrowIo(path, "open");
  throw Error(Fault::kInput, ErrorCode::kNotFound, Text(path.string(), ": no such file"));
}

// Fewer bytes where the file ends before.
std::string ReadFrom(const std::filesystem::path& path, const Descriptor& file,
                     std::uint64_t offset, std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t read = ::pread(file.get(), bytes.data() + done, bytes.size() - done,
                                 static_cast<off_t>(offset + done));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) ThrowIo(path, "read");
    if (read == 0) break;
    done += static_cast<std::size_t>(read);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

std::string ReadWholeFile(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY);
  RequireOpen(path, file);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) ThrowIo(path, "read");
  if (!S_ISREG(status.st_mode) || status.st_size > std::numeric_limits<std::int32_t>::max()) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text(path.string(), S_ISDIR(status.st_mode) ? " is a folder" : "", ", ",
                     status.st_size, " bytes: expected a regular file of at most 2 GiB"));
  }
  return ReadFrom(path, file, 0, static_cast<std::size_t>(status.st_size));
}

std::string ReadPartOfFile(const std::filesystem::path& path, std::uint64_t offset,
                           std::optional<std::uint64_t> length) {
  const Descriptor file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  RequireOpen(path, file);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) ThrowIo(path, "read");
  if (!S_ISREG(status.st_mode)) {
    throw Error(Fault::kInput, ErrorCode::kIo, Text(path.string(), " is no regular file"));
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (offset > size || (length && *length > size - offset)) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text(path.string(), " has ", size, " bytes: expected ", length.value_or(0),
                     " from byte ", offset, " on"));
  }
  const std::uint64_t wanted = length.value_or(size - offset);
  if (wanted > kLargestPart) {
    throw Error(Fault::kModel, ErrorCode::kMalformed,
                Text(path.string(), ": ", wanted, " bytes from byte ", offset,
                     " on: expected at most ", kLargestPart, " of one tensor"));
  }
  return ReadFrom(path, file, offset, static_cast<std::size_t>(wanted));
}

}  // namespace vigil::onnx
