// The options that choose a model and fix its symbolic dimensions, shared by the commands that read
// one.
#ifndef VIGIL_TOOLS_VIGIL_MODEL_OPTIONS_H_
#define VIGIL_TOOLS_VIGIL_MODEL_OPTIONS_H_

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "engine/graph/graph.h"

namespace vigil {

struct ModelOptions {
  std::string path;
  std::vector<std::string> sizes;  // "NAME=N" each

  // MODEL, which is returned (and required by the caller), and --size.
  CLI::Option* AddTo(CLI::App& command);
  // Throws Error as LoadOnnx: for a name that no dimension has and for a dimension without a size,
  // with the names that the model knows.
  Graph Load() const;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_MODEL_OPTIONS_H_
