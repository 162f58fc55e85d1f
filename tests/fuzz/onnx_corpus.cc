// Writes the seeds of onnx_fuzz: one small model for some cases of every operator's table, as the
// exporter says them, and one with the shape subgraphs and quantised operands that others export.
// Usage: onnx_corpus FOLDER
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "tests/onnx/seed_model.h"
#include "tests/support/op_cases.h"

namespace vigil::testing {
namespace {

constexpr int kSeedsOfATable = 8;
constexpr std::size_t kLargestInput = 4096;  // elements: small files are fuzzed faster

bool IsSmall(const OpCase& op_case) {
  std::size_t elements = 0;
  for (const Shape& shape : op_case.shapes) elements += static_cast<std::size_t>(shape.elements());
  return elements <= kLargestInput;
}

// ONNX has no fused operators.
bool IsFused(const OpCase& op_case) {
  return std::visit(
      [](const auto& attrs) {
        if constexpr (requires { attrs.epilogue; }) return !(attrs.epilogue == Epilogue{});
        return false;
      },
      op_case.attrs);
}

// Whether ONNX can say this case.
bool WriteSeed(const OpCase& op_case, const std::filesystem::path& path) {
  try {
    const Graph graph = MakeGraph(op_case, MakeInputs(op_case));
    SaveOnnx(graph, path, {.half_weights = op_case.seed % 2 == 0});
    return true;
  } catch (const Error&) {
    return false;
  }
}

// Throws Error where the importer does not read it: the fuzzer would start from a refusal.
int WriteForeignSeed(const std::filesystem::path& folder) {
  const std::string bytes = SeedModel().Bytes();
  ParseOnnx(std::as_bytes(std::span(bytes)), "seed");
  std::ofstream file(folder / "shapes_and_bytes.onnx", std::ios::binary);
  return (file << bytes) ? 1 : 0;
}

int Write(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  int written = WriteForeignSeed(folder);
  for (const OpCaseTable& table : AllOpCases()) {
    std::vector<OpCase> cases = table.cases();
    std::erase_if(cases,
                  [](const OpCase& op_case) { return IsFused(op_case) || !IsSmall(op_case); });
    const std::size_t step = std::max<std::size_t>(1, cases.size() / kSeedsOfATable);
    for (std::size_t i = 0; i < cases.size(); i += step) {
      written += WriteSeed(cases[i], folder / Text(table.name, "_", i, ".onnx"));
    }
  }
  return written;
}

}  // namespace
}  // namespace vigil::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: onnx_corpus FOLDER\n");
    return 2;
  }
  try {
    const int written = vigil::testing::Write(argv[1]);
    std::printf("%d seeds\n", written);
    return written > 0 ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "onnx_corpus: %s\n", error.what());
    return 1;
  }
}
