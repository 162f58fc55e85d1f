#include "tools/vigil/model_options.h"

#include <charconv>
#include <optional>

#include <CLI/CLI.hpp>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"

namespace vigil {
namespace {

// Names may hold a '=' themselves: the last one counts.
std::optional<std::pair<std::string, std::int64_t>> ParseSize(const std::string& text) {
  const std::size_t at = text.rfind('=');
  if (at == std::string::npos || at == 0) return std::nullopt;
  std::int64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data() + at + 1, end, size);
  if (failure != std::errc() || rest != end || size < 1) return std::nullopt;
  return std::pair(text.substr(0, at), size);
}

}  // namespace

CLI::Option* ModelOptions::AddTo(CLI::App& command) {
  command
      .add_option("--size", sizes,
                  "NAME=N: the size of a symbolic dimension, by its symbol (height), by input and "
                  "place (image:2), or of all symbols of an input (image) but its batch; may be "
                  "given several times")
      ->check(CLI::Validator(
          [](const std::string& text) {
            return ParseSize(text) ? std::string()
                                   : Text("'", text, "': expected NAME=N with N of 1 or more");
          },
          ""));
  return command.add_option("MODEL", path, "An ONNX file");
}

Graph ModelOptions::Load() const {
  OnnxReadOptions options;
  for (const std::string& text : sizes) options.sizes.insert(*ParseSize(text));
  return LoadOnnx(path, options);
}

}  // namespace vigil
