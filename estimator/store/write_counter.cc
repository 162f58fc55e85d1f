#include "estimator/store/write_counter.h"

#include <cstddef>
#include <new>

#include "engine/base/text.h"

namespace vigil::sqlite {

// The file's methods are replaced by a copy of its own that differs in the one for writing; with
// the copy's address SQLite hands back what stands here.
struct WriteCounter::Counted {
  sqlite3_io_methods methods;  // first: the file points to it
  const sqlite3_io_methods* real;
  WriteCounter* counter;
};

namespace {

int Aligned(int bytes) {
  constexpr int kAlignment = alignof(std::max_align_t);
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

}  // namespace

WriteCounter::WriteCounter()
    : real_(sqlite3_vfs_find(nullptr)),
      name_(Text("vigil-", static_cast<const void*>(this))),
      door_(*real_) {
  door_.zName = name_.c_str();
  door_.szOsFile = Aligned(real_->szOsFile) + static_cast<int>(sizeof(Counted));
  door_.xOpen = &WriteCounter::Open;
  sqlite3_vfs_register(&door_, /*makeDflt=*/0);
}

WriteCounter::~WriteCounter() { sqlite3_vfs_unregister(&door_); }

int WriteCounter::Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                       int* given) {
  auto* counter =
      reinterpret_cast<WriteCounter*>(reinterpret_cast<char*>(vfs) - offsetof(WriteCounter, door_));
  sqlite3_vfs* real = counter->real_;
  const int result = real->xOpen(real, name, file, flags, given);
  if (!file->pMethods) return result;
  void* behind = reinterpret_cast<char*>(file) + Aligned(real->szOsFile);
  auto* counted = new (behind) Counted{*file->pMethods, file->pMethods, counter};
  counted->methods.xWrite = &WriteCounter::Write;
  file->pMethods = &counted->methods;
  return result;
}

int WriteCounter::Write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  const auto* counted = reinterpret_cast<const Counted*>(file->pMethods);
  const int result = counted->real->xWrite(file, from, size, at);
  if (result == SQLITE_OK) counted->counter->bytes_ += size;
  return result;
}

}  // namespace vigil::sqlite
