// The store's files: who may open them. Private to this room.
#ifndef VIGIL_ESTIMATOR_STORE_FILES_H_
#define VIGIL_ESTIMATOR_STORE_FILES_H_

#include <cstdint>
#include <string>

namespace vigil::sqlite {

// Makes the file where it is missing and `create` says so. With a group its members may read and
// write it (0660), else its owner alone (0600); a file that was there before takes on the group,
// and keeps the mode it has where there is none. Throws Error: (Input, kNotFound) for a missing
// file; (Input, kIo) for one that cannot be opened; (Api, kNotFound) for a group that this system
// does not have; (Api, kMisuse) for one that this user may not give the file to.
void MakeStoreFile(const std::string& path, bool create, const std::string& group);

// Where a group may open the file, makes its journal and the journal's index with the same group
// and mode, whichever of the members is the first to need them: SQLite would give them the group of
// that process. True: it does, so the two have to stay (Database::KeepJournalFiles).
bool ShareJournalFiles(const std::string& path);

// Gives `to` the group and mode of `from`. Throws as MakeStoreFile.
void CopyAccess(const std::string& from, const std::string& to);

std::int64_t FileBytes(const std::string& path);  // 0 where there is none

}  // namespace vigil::sqlite

#endif  // VIGIL_ESTIMATOR_STORE_FILES_H_
