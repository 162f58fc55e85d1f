// Keys of a model's metadata, as every reader of them says what is wrong.
#ifndef VIGIL_ESTIMATOR_VERDICT_MODEL_KEYS_H_
#define VIGIL_ESTIMATOR_VERDICT_MODEL_KEYS_H_

#include <string>
#include <string_view>
#include <vector>

#include "engine/graph/graph.h"

namespace vigil {

// Throws Error (Model, kMalformed) that names owner ("estimator") and key where it is missing.
const std::string& RequiredKey(const Graph& model, const char* key, std::string_view owner);

// Comma-separated names, without their spaces. An empty text is one empty name.
std::vector<std::string> SplitNames(const std::string& text);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_VERDICT_MODEL_KEYS_H_
