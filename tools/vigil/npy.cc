#include "tools/vigil/npy.h"

#include <cstring>
#include <regex>

#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

[[noreturn]] void Malformed(const std::string& name, const std::string& why) {
  throw Error(Fault::kInput, ErrorCode::kMalformed, Text(name, ": no .npy file: ", why));
}

// The header's dictionary and where the elements begin.
std::pair<std::string, std::size_t> ReadHeader(std::string_view text, const std::string& name) {
  if (!text.starts_with(kMagic) || text.size() < 12) Malformed(name, "it does not begin as one");
  const bool long_length = text[6] != 1;  // version 1 has two bytes of length, later ones four
  std::size_t length = 0;
  for (int i = long_length ? 3 : 1; i >= 0; --i) {
    length = length << 8 | static_cast<unsigned char>(text[8 + static_cast<std::size_t>(i)]);
  }
  const std::size_t begin = long_length ? 12 : 10;
  if (length > text.size() - begin) Malformed(name, "its header is cut short");
  return {std::string(text.substr(begin, length)), begin + length};
}

Shape ReadShape(const std::string& header, const std::string& name) {
  std::smatch match;
  if (!std::regex_search(header, match, std::regex("'shape': *\\(([0-9, ]*)\\)"))) {
    Malformed(name, "its header names no shape");
  }
  std::vector<std::int64_t> dims;
  std::istringstream numbers(match[1].str());
  for (std::string part; std::getline(numbers, part, ',');) {
    if (part.find_first_not_of(' ') == std::string::npos) continue;
    if (part.size() > 12) Malformed(name, Text("dimension ", part, " is too large"));
    dims.push_back(std::stoll(part));
  }
  return Shape(dims);
}

}  // namespace

Tensor ParseNpy(std::span<const std::byte> bytes, const std::string& name) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto [header, begin] = ReadHeader(text, name);
  std::smatch type;
  if (!std::regex_search(header, type, std::regex("'descr': *'([^']*)'"))) {
    Malformed(name, "its header names no element type");
  }
  if (type[1] != "<f4" || header.find("'fortran_order': False") == std::string::npos) {
    throw Error(
        Fault::kInput, ErrorCode::kInvalidType,
        Text(name, ": elements are '", type[1].str(), "': expected float32 ('<f4') in C order"));
  }
  Tensor tensor(TensorDesc{DType::kFloat32, ReadShape(header, name)});
  if (tensor.bytes().size() != bytes.size() - begin) {
    Malformed(name, Text("shape ", tensor.shape(), " wants ", tensor.bytes().size(),
                         " bytes of elements, there are ", bytes.size() - begin));
  }
  std::memcpy(tensor.bytes().data(), bytes.data() + begin, tensor.bytes().size());
  return tensor;
}

}  // namespace vigil
