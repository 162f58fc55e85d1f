// The shader ABI (shaders/README.md): what the embedded SPIR-V says against what C++ takes it for.
#include <filesystem>
#include <fstream>
#include <numeric>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "engine/vulkan/embedded_shaders.h"
#include "engine/vulkan/kernels/dispatch.h"
#include "engine/vulkan/plan.h"
#include "tests/vulkan/spirv.h"

namespace vigil::vulkan {
namespace {

using ::testing::ElementsAre;
using testing::SpirvBinding;
using testing::SpirvMember;
using testing::SpirvModule;
using testing::SpirvReader;

std::vector<std::string> NamesOfShaders() {
  std::vector<std::string> names;
  for (const EmbeddedShader& shader : EmbeddedShaders()) names.emplace_back(shader.name);
  return names;
}

class ShaderAbi : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    for (const EmbeddedShader& shader : EmbeddedShaders()) {
      if (shader.name == GetParam()) module_ = SpirvReader::Read(shader.words);
    }
    for (const ShaderInterface& interface : ShaderInterfaces()) {
      if (interface.name == GetParam()) interface_ = &interface;
    }
    ASSERT_NE(interface_, nullptr) << "no kernel can use it: shader_interface.cc";
  }

  SpirvModule module_;
  const ShaderInterface* interface_ = nullptr;
};

TEST_P(ShaderAbi, Buffers_AreSetZeroInOrderWithTheDeclaredAccess) {
  ASSERT_EQ(module_.bindings.size(), interface_->buffers.size());
  EXPECT_LE(module_.bindings.size(), DeviceNeeds::kStorageBuffers);
  for (std::size_t i = 0; i < module_.bindings.size(); ++i) {
    SCOPED_TRACE(Text("binding ", i));
    const SpirvBinding& binding = module_.bindings[i];
    EXPECT_EQ(binding.set, 0u);
    EXPECT_EQ(binding.binding, i);
    EXPECT_EQ(binding.texels, Fetches(interface_->buffers[i]));
    EXPECT_EQ(binding.readonly, binding.texels || interface_->buffers[i] == Access::kRead);
    EXPECT_EQ(binding.writeonly, interface_->buffers[i] == Access::kWrite);
  }
}

// The members of the C++ struct are 32-bit scalars and arrays of them
// (Params_AreMadeOf32BitNumbers), so without gaps and with the same size every offset is the same.
TEST_P(ShaderAbi, PushConstants_LieAsTheSharedStruct) {
  ASSERT_TRUE(module_.push.has_value());
  std::uint32_t next = 0;
  for (const SpirvMember& member : *module_.push) {
    EXPECT_EQ(member.offset, next);
    next = member.offset + member.bytes;
  }
  EXPECT_EQ(next, interface_->push_bytes);
  EXPECT_LE(next, DeviceNeeds::kPushBytes);
}

TEST_P(ShaderAbi, LocalSize_IsSpecializationConstants0To2) {
  EXPECT_THAT(module_.local_size_ids, ElementsAre(0u, 1u, 2u));
}

TEST_P(ShaderAbi, SpecializationConstants_AreThoseThatKernelsGive) {
  const auto given = static_cast<std::uint32_t>(interface_->specialization_constants);
  EXPECT_GE(given, 4u) << "local size and activation are always given";
  for (const std::uint32_t id : module_.specialization) EXPECT_LT(id, given);
  for (std::uint32_t id = 4; id < given; ++id) {  // the operator's own: none is in vain
    EXPECT_TRUE(module_.specialization.contains(id)) << "constant " << id << " does not exist";
  }
}

// What DevicePlan::half_storage and packed_dot stand for: StorageBuffer16BitAccess, and DotProduct
// with DotProductInput4x8BitPacked; and lanes: SampledBuffer, which every device has, and
// GroupNonUniform with GroupNonUniformShuffle where values are handed around.
std::vector<std::uint32_t> CapabilitiesOf(const std::string& shader) {
  std::vector<std::uint32_t> capabilities{SpirvReader::kShaderCapability};
  if (shader.ends_with("_f16") || shader == "float_to_half" || shader == "half_to_float") {
    capabilities.push_back(4433);
  }
  if (shader.ends_with("_dot")) capabilities.insert(capabilities.end(), {6018, 6019});
  if (shader.ends_with("_lanes")) capabilities.push_back(46);
  if (shader == "conv_lanes" || shader == "pointwise_lanes" || shader == "winograd_lanes") {
    capabilities.insert(capabilities.end(), {61, 65});
  }
  return capabilities;
}

TEST_P(ShaderAbi, Module_AsksNothingThatVulkan11AndItsPlanDoNotGive) {
  EXPECT_THAT(module_.capabilities,
              ::testing::UnorderedElementsAreArray(CapabilitiesOf(GetParam())));
  for (const std::string& extension : module_.extensions) {
    EXPECT_TRUE(extension == "SPV_KHR_16bit_storage" ||
                (extension == "SPV_KHR_integer_dot_product" && GetParam().ends_with("_dot")))
        << extension;
  }
  EXPECT_LE(module_.version, 0x00010300u);
  EXPECT_THAT(module_.entry_points, ElementsAre("main"));
  EXPECT_LE(module_.shared_bytes, DeviceNeeds::kSharedBytes);
}

INSTANTIATE_TEST_SUITE_P(Shaders, ShaderAbi, ::testing::ValuesIn(NamesOfShaders()),
                         [](const auto& param_info) { return param_info.param; });

TEST(ShaderAbiTable, EveryInterface_HasItsShader) {
  std::vector<std::string> declared;
  for (const ShaderInterface& interface : ShaderInterfaces()) {
    declared.emplace_back(interface.name);
  }
  EXPECT_THAT(declared, ::testing::UnorderedElementsAreArray(NamesOfShaders()));
}

TEST(ShaderAbiTable, Params_AreMadeOf32BitNumbers) {
  const std::regex member(R"(\s*(uint|int|float) \w+(\[\d+\])?;(\s*//.*)?)"),
      blank(R"(\s*(//.*)?)");
  int structs = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(VIGIL_SOURCE_DIR "/shaders/params")) {
    std::ifstream in(entry.path());
    bool inside = false;
    for (std::string line; std::getline(in, line);) {
      if (line == "};") inside = false;
      if (inside) {
        EXPECT_TRUE(std::regex_match(line, member) || std::regex_match(line, blank))
            << entry.path().filename() << ": " << line;
      }
      if (line.starts_with("struct ")) {
        inside = true;
        ++structs;
      }
    }
    EXPECT_FALSE(inside) << entry.path();
  }
  EXPECT_GE(structs, 12);
}

TEST(SpirvReader, TruncatedModule_IsRefused) {
  const std::span<const std::uint32_t> words = EmbeddedShaders().front().words;
  EXPECT_THROW(SpirvReader::Read(words.first(4)), std::runtime_error);
  EXPECT_THROW(SpirvReader::Read(words.first(6)), std::runtime_error);
  EXPECT_THROW(SpirvReader::Read(words.subspan(1)), std::runtime_error);
}

TEST(FoldGroups, SmallCounts_AreOneRow) {
  EXPECT_THAT(FoldGroups(1), ElementsAre(1, 1, 1));
  EXPECT_THAT(FoldGroups(65535), ElementsAre(65535, 1, 1));
}

TEST(FoldGroups, LargeCounts_FoldIntoRowsThatOverhangLittle) {
  EXPECT_THAT(FoldGroups(65536), ElementsAre(32768, 2, 1));
  EXPECT_THAT(FoldGroups(131071), ElementsAre(43691, 3, 1));
  EXPECT_THAT(FoldGroups(std::uint64_t{65535} * 65535), ElementsAre(65535, 65535, 1));
  for (const std::uint64_t count : {65537u, 99991u, 4000037u}) {
    const auto groups = FoldGroups(count);
    const std::uint64_t covered = std::uint64_t{groups[0]} * groups[1];
    EXPECT_GE(covered, count);
    EXPECT_LT(covered - count, groups[1]);
  }
}

}  // namespace
}  // namespace vigil::vulkan
