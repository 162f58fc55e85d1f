// Small helpers that build one-line messages.
#ifndef VIGIL_ENGINE_BASE_TEXT_H_
#define VIGIL_ENGINE_BASE_TEXT_H_

#include <sstream>
#include <string>

namespace vigil {

// Joins anything that streams: Text("node '", name, "' wants ", 4, " inputs").
template <typename... Parts>
std::string Text(const Parts&... parts) {
  std::ostringstream out;
  (out << ... << parts);
  return out.str();
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_BASE_TEXT_H_
