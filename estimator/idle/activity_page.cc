#include "estimator/idle/activity_page.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::uint32_t kMagic = 0x50414756;  // "VGAP"
constexpr std::uint32_t kVersion = 1;

class FileDescriptor {
 public:
  FileDescriptor(const std::string& path, int flags)
      : descriptor_(open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0644)) {}
  ~FileDescriptor() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

[[noreturn]] void Refuse(const std::string& path, const char* doing) {
  const int reason = errno;
  throw Error(Fault::kInput, reason == ENOENT ? ErrorCode::kNotFound : ErrorCode::kIo,
              Text("activity page '", path, "', ", doing, ": ", std::strerror(reason),
                   ": expected a file that this user may map"));
}

}  // namespace

struct ActivityPage::Page {
  std::atomic<std::uint32_t> magic;
  std::atomic<std::uint32_t> version;
  std::atomic<std::uint64_t> begun;
  std::atomic<std::uint64_t> ended;
  std::atomic<std::int64_t> last_nanos;
  char rest[32];
};

ActivityPage::ActivityPage(const Clock& clock) : clock_(clock) {
  static_assert(sizeof(Page) == 64 && std::atomic<std::uint64_t>::is_always_lock_free);
  void* memory =
      mmap(nullptr, sizeof(Page), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) Refuse("(anonymous)", "mapping");
  page_ = static_cast<Page*>(memory);
}

ActivityPage::ActivityPage(const std::string& path, bool writable, const Clock& clock, mode_t mode)
    : clock_(clock) {
  const FileDescriptor file(path, writable ? O_RDWR | O_CREAT : O_RDONLY);
  if (file.get() < 0) Refuse(path, "opening");
  struct stat status {};
  if (fstat(file.get(), &status) != 0) Refuse(path, "reading its size");
  file_ = {status.st_dev, status.st_ino};
  const bool fresh = writable && status.st_size == 0;
  // Against the process's mask; where the file is another user's it has its mode already.
  if (fresh && fchmod(file.get(), mode) != 0 && errno != EPERM) Refuse(path, "setting its mode");
  if (fresh && ftruncate(file.get(), sizeof(Page)) != 0) Refuse(path, "making");
  if (!fresh && status.st_size != sizeof(Page)) {
    throw Error(
        Fault::kInput, ErrorCode::kMalformed,
        Text("activity page '", path, "' has ", status.st_size, " bytes: expected ", sizeof(Page)));
  }
  void* memory = mmap(nullptr, sizeof(Page), writable ? PROT_READ | PROT_WRITE : PROT_READ,
                      MAP_SHARED, file.get(), 0);
  if (memory == MAP_FAILED) Refuse(path, "mapping");
  page_ = static_cast<Page*>(memory);
  if (fresh) {  // two writers at once write the same
    page_->version.store(kVersion);
    page_->magic.store(kMagic);
  }
  const std::uint32_t magic = page_->magic.load(), version = page_->version.load();
  // Zeros are a page whose maker is between the two steps above: no activity yet.
  if ((magic != kMagic && magic != 0) || (magic == kMagic && version != kVersion)) {
    munmap(page_, sizeof(Page));
    throw Error(Fault::kInput, ErrorCode::kMalformed,
                Text("activity page '", path, "' begins with ", magic, ", version ", version,
                     ": expected ", kMagic, ", version ", kVersion));
  }
}

ActivityPage::~ActivityPage() { munmap(page_, sizeof(Page)); }

void ActivityPage::Begin() {
  page_->begun.fetch_add(1, std::memory_order_relaxed);
  Touch();
}

void ActivityPage::End() {
  page_->ended.fetch_add(1, std::memory_order_relaxed);
  Touch();
}

void ActivityPage::Touch() {
  page_->last_nanos.store(clock_.Monotonic().count(), std::memory_order_release);
}

bool ActivityPage::IsAt(const std::string& path) const { return FileIdOf(path) == file_; }

Activity ActivityPage::Read() const {
  Activity activity;
  const std::int64_t last = page_->last_nanos.load(std::memory_order_acquire);
  // `ended` first: an inference that ends in between looks like one that runs, never the reverse.
  const std::uint64_t ended = page_->ended.load(std::memory_order_acquire);
  activity.inferences = page_->begun.load(std::memory_order_acquire);
  if (last == 0) return activity;
  const std::chrono::nanoseconds since = clock_.Monotonic() - std::chrono::nanoseconds(last);
  if (since.count() < 0) {
    // Another thread was faster by a moment; or the file is from before a boot, and then says
    // nothing of now. Both pass: the first at the next look, the second as soon as T works.
    activity.since_last = std::chrono::nanoseconds(0);
    activity.running = activity.inferences != ended;
    return activity;
  }
  activity.since_last = since;
  activity.running = activity.inferences != ended && since < kStaleAfter;
  return activity;
}

}  // namespace vigil
