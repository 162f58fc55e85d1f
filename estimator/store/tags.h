// Slice keys as one text column: a JSON object of strings. Private to this room.
#ifndef VIGIL_ESTIMATOR_STORE_TAGS_H_
#define VIGIL_ESTIMATOR_STORE_TAGS_H_

#include <map>
#include <string>

namespace vigil {

// Throws Error (Input, kInvalidValue) for a key or value that is not UTF-8.
std::string TagsToText(const std::map<std::string, std::string>& tags);
// Throws Error (Input, kMalformed) for anything else than what TagsToText makes.
std::map<std::string, std::string> TagsFromText(const std::string& text);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_STORE_TAGS_H_
