// What a misspelt name was probably meant to be.
#ifndef VIGIL_ENGINE_BASE_NEAREST_NAME_H_
#define VIGIL_ENGINE_BASE_NEAREST_NAME_H_

#include <string>
#include <string_view>
#include <vector>

namespace vigil {

// The one of `names` that begins with `name`, or is the fewest letters away from it. REQUIRES:
// names is not empty.
std::string NearestName(std::string_view name, const std::vector<std::string>& names);

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_NEAREST_NAME_H_
