#include "engine/vulkan/vulkan_backend.h"

#include "engine/graph/passes.h"
#include "engine/vulkan/candidates.h"
#include "engine/vulkan/capped_backend.h"
#include "engine/vulkan/device.h"
#include "engine/vulkan/executable.h"
#include "engine/vulkan/snapshot.h"

namespace vigil {
namespace vulkan {
namespace {

class VulkanBackend final : public Backend {
 public:
  VulkanBackend(const VulkanOptions& options, const DeviceCaps& caps) {
    auto instance = std::make_shared<Instance>(options.get_instance_proc_addr, options.validation,
                                               options.on_validation_message);
    const std::vector<Candidate> found = FindDevices(*instance, caps);
    const Candidate& picked = Pick(found, options.device);
    description_ = Describe(picked.snapshot);
    device_ = std::make_shared<Device>(std::move(instance), picked.handle, picked.snapshot, caps,
                                       options.pipeline_cache);
  }

  std::string_view name() const override { return "vulkan"; }
  std::string device() const override { return description_; }

  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    return std::make_unique<VulkanExecutable>(device_, Optimize(graph.WithBatch(options.batch)),
                                              options);
  }

 private:
  std::string description_;
  std::shared_ptr<Device> device_;
};

BackendOffer OfferOf(const Candidate& candidate, int index) {
  BackendOffer offer;
  offer.backend = "vulkan";
  offer.device_index = index;
  offer.device = Describe(candidate.snapshot);
  offer.available = candidate.refusal.empty();
  const DeviceKind kind = candidate.snapshot.kind;
  offer.is_gpu = kind == DeviceKind::kDiscrete || kind == DeviceKind::kIntegrated ||
                 kind == DeviceKind::kVirtual;
  offer.reason = candidate.refusal;
  if (offer.available && kind == DeviceKind::kCpu) offer.reason = "software rasteriser";
  return offer;
}

}  // namespace

std::shared_ptr<Backend> MakeCappedBackend(const VulkanOptions& options, const DeviceCaps& caps) {
  return std::make_shared<VulkanBackend>(options, caps);
}

}  // namespace vulkan

std::vector<BackendOffer> ListVulkanDevices(void* get_instance_proc_addr) {
  std::vector<BackendOffer> offers;
  std::string reason = "no driver offers a device";
  try {
    const vulkan::Instance instance(get_instance_proc_addr, false, {});
    for (const vulkan::Candidate& candidate : vulkan::FindDevices(instance, {})) {
      offers.push_back(vulkan::OfferOf(candidate, static_cast<int>(offers.size())));
    }
  } catch (const std::exception& error) {
    reason = error.what();
    offers.clear();
  }
  if (offers.empty()) {
    BackendOffer none;
    none.backend = "vulkan";
    none.reason = reason;
    offers.push_back(none);
  }
  return offers;
}

std::shared_ptr<Backend> MakeVulkanBackend(const VulkanOptions& options) {
  return vulkan::MakeCappedBackend(options, {});
}

}  // namespace vigil
