// Reads what the tests ask of a SPIR-V module: its interface, not its code.
#ifndef VIGIL_TESTS_VULKAN_SPIRV_H_
#define VIGIL_TESTS_VULKAN_SPIRV_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace vigil::testing {

struct SpirvBinding {
  std::uint32_t set = 0, binding = 0;
  bool readonly = false, writeonly = false;
  bool texels = false;  // a texel buffer, which is read only
};

// A 32-bit scalar, or an array of them without gaps.
struct SpirvMember {
  std::uint32_t offset = 0, bytes = 0;
};

struct SpirvModule {
  std::uint32_t version = 0;  // 0x00010300: 1.3
  std::set<std::uint32_t> capabilities;
  std::set<std::string> extensions;
  std::vector<std::string> entry_points;
  std::vector<SpirvBinding> bindings;            // by set and binding
  std::optional<std::vector<SpirvMember>> push;  // members of the push-constant block, in order
  std::set<std::uint32_t> specialization;        // ids
  std::array<std::optional<std::uint32_t>, 3> local_size_ids;  // that set the workgroup's size
  std::uint32_t shared_bytes = 0;
};

class SpirvReader {
 public:
  static constexpr std::uint32_t kShaderCapability = 1;

  // Throws std::runtime_error for what is no module, or uses types that our shaders have no need
  // of.
  static SpirvModule Read(std::span<const std::uint32_t> words) {
    SpirvReader reader;
    reader.Collect(words);
    reader.Interpret();
    return std::move(reader.module_);
  }

 private:
  // Numbers of the SPIR-V specification.
  enum Op : std::uint32_t {
    kExtension = 10,
    kEntryPoint = 15,
    kCapability = 17,
    kTypeInt = 21,
    kTypeFloat = 22,
    kTypeVector = 23,
    kTypeArray = 28,
    kTypeSampledImage = 27,
    kTypeRuntimeArray = 29,
    kTypeStruct = 30,
    kTypePointer = 32,
    kConstant = 43,
    kSpecConstant = 50,
    kSpecConstantComposite = 51,
    kVariable = 59,
    kDecorate = 71,
    kMemberDecorate = 72,
  };
  enum Decoration : std::uint32_t {
    kSpecId = 1,
    kArrayStride = 6,
    kBuiltIn = 11,
    kNonWritable = 24,
    kNonReadable = 25,
    kBinding = 33,
    kDescriptorSet = 34,
    kOffset = 35,
  };
  enum StorageClass : std::uint32_t {
    kUniformConstant = 0,
    kWorkgroup = 4,
    kPushConstant = 9,
    kStorageBuffer = 12
  };
  static constexpr std::uint32_t kBuiltInWorkgroupSize = 25;

  struct Type {
    std::uint32_t op = 0;
    std::vector<std::uint32_t> operands;
  };
  struct Variable {
    std::uint32_t id = 0, type = 0, storage = 0;
  };
  using Operands = std::span<const std::uint32_t>;
  using Decorations = std::map<std::uint32_t, std::uint32_t>;  // with their operand

  static std::string Text(Operands words) {
    std::string text;
    for (const std::uint32_t word : words) {
      for (int shift = 0; shift < 32; shift += 8) {
        const char c = static_cast<char>(word >> shift & 0xff);
        if (c == 0) return text;
        text.push_back(c);
      }
    }
    throw std::runtime_error("a string without an end");
  }

  void Collect(std::span<const std::uint32_t> words) {
    if (words.size() < 5 || words[0] != 0x07230203) throw std::runtime_error("no SPIR-V");
    module_.version = words[1];
    for (words = words.subspan(5); !words.empty();) {
      const std::uint32_t op = words[0] & 0xffff;
      const std::size_t count = words[0] >> 16;
      if (count == 0 || count > words.size()) throw std::runtime_error("a truncated instruction");
      Take(op, words.subspan(1, count - 1));
      words = words.subspan(count);
    }
  }

  void Take(std::uint32_t op, Operands o) {
    switch (op) {
      case kCapability:
        module_.capabilities.insert(o[0]);
        break;
      case kExtension:
        module_.extensions.insert(Text(o));
        break;
      case kEntryPoint:
        module_.entry_points.push_back(Text(o.subspan(2)));
        break;
      case kTypeInt:
      case kTypeFloat:
      case kTypeVector:
      case kTypeArray:
      case kTypeRuntimeArray:
      case kTypeSampledImage:
      case kTypeStruct:
      case kTypePointer:
        types_[o[0]] = {op, {o.begin() + 1, o.end()}};
        break;
      case kConstant:
      case kSpecConstant:
        constants_[o[1]] = o[2];
        break;
      case kSpecConstantComposite:
        composites_[o[1]] = {o.begin() + 2, o.end()};
        break;
      case kVariable:
        variables_.push_back({o[1], o[0], o[2]});
        break;
      case kDecorate:
        decorations_[o[0]][o[1]] = o.size() > 2 ? o[2] : 0;
        break;
      case kMemberDecorate:
        member_decorations_[{o[0], o[1]}][o[2]] = o.size() > 3 ? o[3] : 0;
        break;
      default:
        break;
    }
  }

  void Interpret() {
    for (const Variable& variable : variables_) {
      const std::uint32_t pointee = types_.at(variable.type).operands.at(1);
      if (variable.storage == kUniformConstant) {
        if (types_.at(pointee).op != kTypeSampledImage) throw std::runtime_error("no texels");
        const Decorations& own = decorations_[variable.id];
        module_.bindings.push_back({own.at(kDescriptorSet), own.at(kBinding), true, false, true});
      }
      if (variable.storage == kStorageBuffer)
        module_.bindings.push_back(Binding(variable, pointee));
      if (variable.storage == kWorkgroup) module_.shared_bytes += BytesOf(pointee);
      if (variable.storage == kPushConstant) {
        if (module_.push) throw std::runtime_error("two push-constant blocks");
        Flatten(pointee, 0, module_.push.emplace());
      }
    }
    std::ranges::sort(module_.bindings, {}, [](const SpirvBinding& binding) {
      return std::pair(binding.set, binding.binding);
    });
    for (const auto& [id, decorations] : decorations_) {
      if (const auto spec = decorations.find(kSpecId); spec != decorations.end()) {
        module_.specialization.insert(spec->second);
      }
      const auto built_in = decorations.find(kBuiltIn);
      if (built_in == decorations.end() || built_in->second != kBuiltInWorkgroupSize) continue;
      const std::vector<std::uint32_t>& parts = composites_.at(id);
      for (std::size_t i = 0; i < 3; ++i) {
        const Decorations& own = decorations_[parts.at(i)];
        if (own.contains(kSpecId)) module_.local_size_ids[i] = own.at(kSpecId);
      }
    }
  }

  // A block is read-only where the variable, or all its members, are.
  SpirvBinding Binding(const Variable& variable, std::uint32_t block) {
    Decorations& own = decorations_[variable.id];
    const auto everywhere = [&](std::uint32_t decoration) {
      const std::size_t members = types_.at(block).operands.size();
      bool all = members != 0;
      for (std::uint32_t i = 0; i < members; ++i) {
        all = all && member_decorations_[{block, i}].contains(decoration);
      }
      return all || own.contains(decoration);
    };
    return {own.at(kDescriptorSet), own.at(kBinding), everywhere(kNonWritable),
            everywhere(kNonReadable)};
  }

  std::uint32_t BytesOf(std::uint32_t id) const {
    const Type& type = types_.at(id);
    if (type.op == kTypeInt || type.op == kTypeFloat) return type.operands.at(0) / 8;
    if (type.op == kTypeVector) return BytesOf(type.operands.at(0)) * type.operands.at(1);
    if (type.op == kTypeArray) {
      return BytesOf(type.operands.at(0)) * constants_.at(type.operands.at(1));
    }
    throw std::runtime_error("a type without a size");
  }

  void Flatten(std::uint32_t id, std::uint32_t offset, std::vector<SpirvMember>& members) {
    const Type& type = types_.at(id);
    if (type.op == kTypeStruct) {
      for (std::uint32_t i = 0; i < type.operands.size(); ++i) {
        Flatten(type.operands[i], offset + member_decorations_[{id, i}].at(kOffset), members);
      }
      return;
    }
    const bool array = type.op == kTypeArray;
    if (array && decorations_[id].at(kArrayStride) != 4) throw std::runtime_error("array stride");
    const std::uint32_t scalar = array ? type.operands.at(0) : id;
    if (types_.at(scalar).op == kTypeVector || BytesOf(scalar) != 4) {
      throw std::runtime_error("a push constant that is no 32-bit scalar or array of them");
    }
    members.push_back({offset, BytesOf(id)});
  }

  SpirvModule module_;
  std::map<std::uint32_t, Type> types_;
  std::map<std::uint32_t, std::uint32_t> constants_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> composites_;
  std::vector<Variable> variables_;
  std::map<std::uint32_t, Decorations> decorations_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Decorations> member_decorations_;
};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_VULKAN_SPIRV_H_
