#include "engine/vulkan/pipelines.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "engine/vulkan/embedded_shaders.h"
#include "engine/vulkan/result.h"

namespace vigil::vulkan {
namespace {

std::uint64_t HashOfShaders() {
  Hasher hasher;
  for (const EmbeddedShader& shader : EmbeddedShaders()) {
    hasher.Add(shader.name).Add(std::as_bytes(shader.words));
  }
  return hasher.value();
}

std::span<const std::uint32_t> WordsOf(std::string_view name) {
  for (const EmbeddedShader& shader : EmbeddedShaders()) {
    if (shader.name == name) return shader.words;
  }
  VIGIL_CHECK(!"a kernel names a shader that is not embedded");
  return {};
}

}  // namespace

Pipelines::Pipelines(const vk::raii::Device& device, CacheIdentity identity,
                     const std::filesystem::path& cache_folder)
    : device_(device), identity_(identity) {
  identity_.shader_hash = HashOfShaders();
  std::vector<std::byte> start;
  if (!cache_folder.empty()) {
    path_ = CachePath(cache_folder, identity_);
    start = ReadCache(path_, identity_);
    on_disk_ = Hasher().Add(start).value();
  }
  Guard("creating a pipeline cache", [&] {
    cache_ = vk::raii::PipelineCache(device_,
                                     vk::PipelineCacheCreateInfo({}, start.size(), start.data()));
  });
}

const PipelineLayout& Pipelines::LayoutOf(const ShaderInterface& interface) {
  std::vector<vk::DescriptorType> types;
  std::ranges::transform(interface.buffers, std::back_inserter(types), DescriptorOf);
  const auto key = std::make_pair(types, interface.push_bytes);
  if (const auto found = layouts_.find(key); found != layouts_.end()) return found->second;
  std::vector<vk::DescriptorSetLayoutBinding> bindings;
  for (const vk::DescriptorType type : types) {
    bindings.emplace_back(static_cast<std::uint32_t>(bindings.size()), type, 1,
                          vk::ShaderStageFlagBits::eCompute);
  }
  PipelineLayout made;
  made.set =
      vk::raii::DescriptorSetLayout(device_, vk::DescriptorSetLayoutCreateInfo({}, bindings));
  const vk::PushConstantRange push(vk::ShaderStageFlagBits::eCompute, 0,
                                   static_cast<std::uint32_t>(interface.push_bytes));
  made.layout =
      vk::raii::PipelineLayout(device_, vk::PipelineLayoutCreateInfo({}, *made.set, push));
  return layouts_.emplace(key, std::move(made)).first->second;
}

vk::raii::Pipeline Pipelines::Make(const Dispatch& dispatch, vk::PipelineLayout layout) {
  const std::span<const std::uint32_t> words = WordsOf(dispatch.shader);
  vk::ShaderModuleCreateInfo module_info;
  module_info.codeSize = words.size_bytes();
  module_info.pCode = words.data();
  const vk::raii::ShaderModule module(device_, module_info);
  std::vector<vk::SpecializationMapEntry> entries;
  for (std::uint32_t id = 0; id < dispatch.specialization.size(); ++id) {
    entries.emplace_back(id, id * 4, 4);
  }
  const vk::SpecializationInfo specialization(static_cast<std::uint32_t>(entries.size()),
                                              entries.data(), entries.size() * 4,
                                              dispatch.specialization.data());
  const vk::PipelineShaderStageCreateInfo stage({}, vk::ShaderStageFlagBits::eCompute, *module,
                                                "main", &specialization);
  return vk::raii::Pipeline(device_, cache_, vk::ComputePipelineCreateInfo({}, stage, layout));
}

PipelineHandles Pipelines::Get(const Dispatch& dispatch) {
  return Guard("creating pipeline " + std::string(dispatch.shader), [&] {
    const std::lock_guard lock(mutex_);
    const PipelineLayout& layout = LayoutOf(InterfaceOf(dispatch.shader));
    Key key{std::string(dispatch.shader), dispatch.specialization};
    auto found = pipelines_.find(key);
    if (found == pipelines_.end()) {
      found = pipelines_.emplace(std::move(key), Make(dispatch, *layout.layout)).first;
      changed_ = true;
    }
    return PipelineHandles{*found->second, *layout.layout, *layout.set};
  });
}

void Pipelines::Save() {
  const std::lock_guard lock(mutex_);
  if (path_.empty() || !changed_) return;
  try {
    const std::vector<std::uint8_t> data = cache_.getData();
    const std::span<const std::byte> bytes = std::as_bytes(std::span(data));
    changed_ = false;
    // Pipelines that all came from the file leave it as it is: flash wears out.
    const std::uint64_t hash = Hasher().Add(bytes).value();
    if (hash == on_disk_) return;
    WriteCache(path_, identity_, bytes);
    on_disk_ = hash;
  } catch (const std::exception& error) {
    Log(LogLevel::kWarning, std::string("vulkan: cannot save the pipeline cache: ") + error.what());
  }
}

}  // namespace vigil::vulkan
