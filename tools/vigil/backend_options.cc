#include "tools/vigil/backend_options.h"

#include <CLI/CLI.hpp>

#include "engine/session/backends.h"

namespace vigil {

void BackendOptions::AddTo(CLI::App& command) {
  command
      .add_option("--backend", backend, "auto takes a real GPU, else the CPU: see `vigil devices`")
      ->check(CLI::IsMember({"auto", "vulkan", "cpu", "reference"}))
      ->capture_default_str();
  command.add_option("--device", device, "Index of a Vulkan device, as `vigil devices` prints it");
}

std::shared_ptr<Backend> BackendOptions::Open() const { return Open(DefaultPipelineCache()); }

std::shared_ptr<Backend> BackendOptions::Open(const std::filesystem::path& pipeline_cache) const {
  // A device index can only mean Vulkan.
  return OpenBackend(backend == "auto" && device >= 0 ? "vulkan" : backend, device, pipeline_cache);
}

}  // namespace vigil
