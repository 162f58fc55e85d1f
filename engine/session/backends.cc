#include "engine/session/backends.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "engine/reference/reference_backend.h"
#if VIGIL_HAVE_VULKAN
#include "engine/vulkan/vulkan_backend.h"
#endif

namespace vigil {
namespace {

std::vector<BackendOffer> VulkanOffers() {
#if VIGIL_HAVE_VULKAN
  return ListVulkanDevices();
#else
  return {{.backend = "vulkan", .reason = "this build has no Vulkan backend"}};
#endif
}

template <typename Make>
BackendOffer Offer(std::string name, Make make, std::string remark) {
  BackendOffer offer{.backend = std::move(name), .reason = std::move(remark)};
  try {
    offer.device = make()->device();
    offer.available = true;
  } catch (const Error& error) {
    offer.reason = error.what();
  }
  return offer;
}

// Place among the offers: smaller is better.
int Rank(const BackendOffer& offer) {
  if (!offer.available) return 4;
  if (offer.is_gpu) return 0;
  if (offer.backend == "cpu") return 1;
  return offer.backend == "vulkan" ? 2 : 3;
}

std::shared_ptr<Backend> OpenVulkan([[maybe_unused]] int device,
                                    [[maybe_unused]] const std::filesystem::path& pipeline_cache) {
#if VIGIL_HAVE_VULKAN
  return MakeVulkanBackend({.device = device, .pipeline_cache = pipeline_cache});
#else
  throw Error(Fault::kGpu, ErrorCode::kUnavailable, "this build has no Vulkan backend");
#endif
}

// The variable's folder; empty where it is not set, or is no absolute path (which the XDG base
// directory specification asks to ignore).
std::filesystem::path FolderOf(const char* variable) {
  const char* text = std::getenv(variable);
  const std::filesystem::path folder = text ? text : "";
  return folder.is_absolute() ? folder : std::filesystem::path();
}

// Whether the folder can be written, or made where it is not there yet.
bool Writable(std::filesystem::path folder) {
  std::error_code ignored;
  while (!std::filesystem::exists(folder, ignored) && folder.has_relative_path()) {
    folder = folder.parent_path();
  }
  return std::filesystem::is_directory(folder, ignored) &&
         ::access(folder.c_str(), W_OK | X_OK) == 0;
}

std::shared_ptr<Backend> OpenBest(const std::filesystem::path& pipeline_cache) {
  std::string reasons;
  for (const BackendOffer& offer : ListBackends()) {
    if (!offer.available) continue;
    try {
      return OpenBackend(offer.backend, offer.backend == "vulkan" ? offer.device_index : -1,
                         pipeline_cache);
    } catch (const Error& error) {
      reasons += Text(reasons.empty() ? "" : "; ", error.what());  // the next best may still open
    }
  }
  throw Error(Fault::kGpu, ErrorCode::kUnavailable, Text("no backend opens: ", reasons));
}

}  // namespace

std::vector<BackendOffer> ListBackends() {
  std::vector<BackendOffer> offers = VulkanOffers();
  offers.push_back(Offer("cpu", MakeCpuBackend, ""));
  offers.push_back(Offer("reference", MakeReferenceBackend, "slow: the oracle for tests"));
  std::ranges::stable_sort(offers, {}, Rank);
  return offers;
}

std::filesystem::path DefaultPipelineCache() {
  std::filesystem::path folder = FolderOf("XDG_CACHE_HOME");
  if (folder.empty() && !FolderOf("HOME").empty()) folder = FolderOf("HOME") / ".cache";
  if (folder.empty()) return {};
  folder /= "vigil";
  return Writable(folder) ? folder : std::filesystem::path();
}

std::shared_ptr<Backend> OpenBackend(std::string_view name, int device) {
  return OpenBackend(name, device, DefaultPipelineCache());
}

std::shared_ptr<Backend> OpenBackend(std::string_view name, int device,
                                     const std::filesystem::path& pipeline_cache) {
  if (name == "auto") return OpenBest(pipeline_cache);
  if (name == "cpu") return MakeCpuBackend();
  if (name == "reference") return MakeReferenceBackend();
  if (name == "vulkan") return OpenVulkan(device, pipeline_cache);
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("backend '", name, "' is unknown: expected auto, vulkan, cpu or reference"));
}

}  // namespace vigil
