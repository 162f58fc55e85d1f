#include "tools/vigil/store_file.h"

#include <filesystem>

#include <unistd.h>

#include "engine/base/text.h"
#include "estimator/store/sealed_codec.h"

namespace vigil {

namespace fs = std::filesystem;

StoreFile::StoreFile(const std::string& wanted, const std::string& what)
    : path_(wanted), temporary_(wanted.empty()) {
  if (!temporary_) return;
  path_ = (fs::temp_directory_path() / Text("vigil-", what, "-", getpid(), ".db")).string();
  Remove();
}

StoreFile::~StoreFile() {
  if (temporary_) Remove();
}

void StoreFile::Remove() const {
  std::error_code unused;
  for (const char* ending : {"", "-wal", "-shm"}) fs::remove(path_ + ending, unused);
}

StoreOptions OneRunStoreOptions() {
  StoreOptions options;
  options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
  options.codec = OpeningCodec({SecretKey::Generate()});
  return options;
}

}  // namespace vigil
