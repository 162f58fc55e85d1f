// What SQLite writes to the disk, counted where it does. Private to this room.
#ifndef VIGIL_ESTIMATOR_STORE_WRITE_COUNTER_H_
#define VIGIL_ESTIMATOR_STORE_WRITE_COUNTER_H_

#include <cstdint>
#include <string>

#include <sqlite3.h>

namespace vigil::sqlite {

// A door (VFS) to the operating system's files that adds up the bytes of every write through it: a
// connection's frames of the journal, the pages that its checkpoints copy into the file, and
// temporary files. Not counted: the journal's index (32 KiB of shared memory, which nothing
// synchronises) and what the file system and the flash add. Belongs to one connection, and is as
// thread-safe as that.
class WriteCounter {
 public:
  WriteCounter();
  ~WriteCounter();  // after the connection's
  WriteCounter(const WriteCounter&) = delete;
  WriteCounter& operator=(const WriteCounter&) = delete;

  const char* vfs() const { return name_.c_str(); }  // for sqlite3_open_v2
  std::int64_t bytes() const { return bytes_; }

 private:
  struct Counted;  // what stands behind each file of the real door
  static int Open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* given);
  static int Write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at);

  sqlite3_vfs* real_;
  std::string name_;
  sqlite3_vfs door_;
  std::int64_t bytes_ = 0;
};

}  // namespace vigil::sqlite

#endif  // VIGIL_ESTIMATOR_STORE_WRITE_COUNTER_H_
