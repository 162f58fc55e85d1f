// What this machine offers, and the way to open it.
#ifndef VIGIL_ENGINE_SESSION_BACKENDS_H_
#define VIGIL_ENGINE_SESSION_BACKENDS_H_

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"

namespace vigil {

// Every backend and device, best first for `auto`: a real GPU, cpu, a software Vulkan device,
// reference. Those that cannot be used say why. Looks at the machine anew at each call; never
// throws for a missing driver.
std::vector<BackendOffer> ListBackends();

// The folder where compiled pipelines are kept from one process to the next: $XDG_CACHE_HOME/vigil,
// else $HOME/.cache/vigil. Empty where neither variable is an absolute path, or where the folder
// cannot be written: then none are kept.
std::filesystem::path DefaultPipelineCache();

// Opens one by name ("auto", "vulkan", "cpu", "reference"). For vulkan, `device` is an index of
// ListBackends (-1: the best), and `pipeline_cache` a folder (empty: none kept); only vulkan keeps
// anything. Throws Error (Api, kNotFound) for another name, (Gpu, kUnavailable) with the reason
// otherwise.
std::shared_ptr<Backend> OpenBackend(std::string_view name, int device = -1);
std::shared_ptr<Backend> OpenBackend(std::string_view name, int device,
                                     const std::filesystem::path& pipeline_cache);

}  // namespace vigil

#endif  // VIGIL_ENGINE_SESSION_BACKENDS_H_
