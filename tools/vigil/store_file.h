// A store that is made for one run of a command.
#ifndef VIGIL_TOOLS_VIGIL_STORE_FILE_H_
#define VIGIL_TOOLS_VIGIL_STORE_FILE_H_

#include <string>

#include "estimator/store/store.h"

namespace vigil {

// The user's file, or a temporary one that goes with its journal.
class StoreFile {
 public:
  // `wanted` empty: temporary, named after `what` ("demo") and the process.
  StoreFile(const std::string& wanted, const std::string& what);
  ~StoreFile();
  StoreFile(const StoreFile&) = delete;
  StoreFile& operator=(const StoreFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  void Remove() const;
  std::string path_;
  bool temporary_;
};

// Every record is kept, sealed for a key that lives in memory: T and PE are one process here, and
// on a device only the evaluator has it.
StoreOptions OneRunStoreOptions();

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_STORE_FILE_H_
