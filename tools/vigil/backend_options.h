// The options that choose where a model runs, shared by the commands that run one.
#ifndef VIGIL_TOOLS_VIGIL_BACKEND_OPTIONS_H_
#define VIGIL_TOOLS_VIGIL_BACKEND_OPTIONS_H_

#include <filesystem>
#include <memory>
#include <string>

#include <CLI/App.hpp>

#include "engine/session/precision.h"

namespace vigil {

struct BackendOptions {
  std::string backend = "auto";
  int device = -1;

  void AddTo(CLI::App& command);
  std::shared_ptr<Backend> Open() const;
  // With another folder for pipelines than the user's; empty: none kept.
  std::shared_ptr<Backend> Open(const std::filesystem::path& pipeline_cache) const;
};

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_BACKEND_OPTIONS_H_
