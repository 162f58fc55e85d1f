#include "engine/onnx/external_data.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "engine/onnx/file.h"
#include "engine/onnx/tensor_proto.h"

namespace vigil::onnx {
namespace {

struct Place {
  std::string location;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;
};

[[noreturn]] void Throw(const schema::TensorProto& proto, Fault fault, ErrorCode code,
                        const std::string& message) {
  throw Error(fault, code, Text("tensor '", proto.name(), "': ", message));
}

std::uint64_t NumberOf(const schema::TensorProto& proto, const std::string& key,
                       const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    Throw(proto, Fault::kModel, ErrorCode::kMalformed,
          Text(key, " of its data is '", text, "': expected a number of bytes"));
  }
  return number;
}

Place PlaceOf(const schema::TensorProto& proto) {
  Place place;
  for (const auto& entry : proto.external_data()) {
    if (entry.key() == "location") place.location = entry.value();
    if (entry.key() == "offset") place.offset = NumberOf(proto, entry.key(), entry.value());
    if (entry.key() == "length") place.length = NumberOf(proto, entry.key(), entry.value());
  }
  return place;
}

// The file itself, all links followed.
std::filesystem::path FileOf(const schema::TensorProto& proto, const std::string& location,
                             const ExternalData& external) {
  const std::filesystem::path relative(location);
  const auto refuse = [&](std::string_view why) {
    Throw(proto, Fault::kModel, ErrorCode::kMalformed,
          Text("its data is said to be in '", location, "', which ", why,
               ": expected a file in the model's folder"));
  };
  if (location.empty() || location.find('\0') != std::string::npos) refuse("is no name");
  if (relative.is_absolute()) refuse("is absolute");
  if (std::ranges::find(relative, "..") != relative.end()) refuse("leads out of it");
  std::error_code error;
  const std::filesystem::path home = std::filesystem::canonical(external.folder, error);
  std::filesystem::path file =
      error ? home : std::filesystem::canonical(external.folder / relative, error);
  if (error) {
    Throw(proto, Fault::kInput, ErrorCode::kNotFound,
          Text("its data is said to be in '", location, "': ", error.message()));
  }
  if (std::ranges::mismatch(home, file).in1 != home.end()) refuse("is a link that leads out of it");
  return file;
}

}  // namespace

std::string ReadExternal(const schema::TensorProto& proto, const ExternalData* external) {
  const Place place = PlaceOf(proto);
  if (!external) {
    Throw(proto, Fault::kModel, ErrorCode::kUnsupported,
          Text("is kept in another file ('", place.location,
               "'): expected its data inside the model, which was not read from a folder"));
  }
  const std::filesystem::path path = FileOf(proto, place.location, *external);
  try {
    return ReadPartOfFile(path, place.offset, place.length);
  } catch (const Error& error) {
    Throw(proto, error.fault(), error.code(), error.what());
  }
}

}  // namespace vigil::onnx
