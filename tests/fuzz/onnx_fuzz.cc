// libFuzzer's target for the ONNX importer: any bytes give a graph or an Error of one line;
// anything else (a crash, an undefined operation, another exception, too much memory or time) is a
// finding. tools/run-tests --all says how it is run.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "engine/onnx/onnx.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    vigil::ParseOnnx(std::as_bytes(std::span(data, size)), "fuzz.onnx",
                     {.max_folded_bytes = 64 << 20});
  } catch (const vigil::Error& error) {
    const std::string_view message = error.what();
    const bool one_line = message.find('\n') == std::string_view::npos;
    if (!one_line || error.fault() != vigil::Fault::kModel) std::abort();
  }
  return 0;
}
