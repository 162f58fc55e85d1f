#include "tools/vigil/precision_options.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <random>

#include <CLI/CLI.hpp>

#include "engine/base/text.h"
#include "engine/session/observe.h"
#include "tools/vigil/format.h"
#include "tools/vigil/image_input.h"
#include "tools/vigil/input_file.h"

namespace vigil {
namespace {

constexpr int kRandomProbes = 4;
constexpr std::size_t kFolderProbes = 16;

// Uniform pixels, normalised as the model wants them.
std::vector<std::vector<Tensor>> PixelProbes(const Graph& graph,
                                             const std::array<ValueRange, 3>& ranges) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<float> pixel(0.0f, 1.0f);
  std::vector<std::vector<Tensor>> probes;
  for (int i = 0; i < kRandomProbes; ++i) {
    Tensor& input = probes.emplace_back().emplace_back(graph.value(graph.inputs()[0]).desc);
    const auto plane = static_cast<std::size_t>(input.shape().ElementsFrom(2));
    const auto values = input.as<float>();
    for (std::size_t k = 0; k < values.size(); ++k) {
      const ValueRange& range = ranges[k / plane % 3];
      values[k] = range.low + (range.high - range.low) * pixel(generator);
    }
  }
  return probes;
}

// Each image repeated over the batch.
std::vector<std::vector<Tensor>> FolderProbes(const Graph& graph, const std::string& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code failure;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, failure)) {
    const std::string extension = entry.path().extension();
    for (const char* known : {".jpg", ".jpeg", ".png", ".bmp", ".ppm", ".webp", ".npy", ".pb"}) {
      if (extension == known) files.push_back(entry.path());
    }
  }
  if (failure || files.empty() || graph.inputs().size() != 1) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("--calibration ", folder, ": ", files.size(), " images for ",
                     graph.inputs().size(), " inputs: expected some, and one input"));
  }
  std::ranges::sort(files);
  files.resize(std::min(files.size(), kFolderProbes));
  const Value& input = graph.value(graph.inputs()[0]);
  std::vector<std::vector<Tensor>> probes;
  for (const std::filesystem::path& file : files) {
    const Tensor one = LoadInput(file, input, graph);
    Tensor& all = probes.emplace_back().emplace_back(input.desc);
    const std::span<const float> from = one.as<float>();
    const std::span<float> to = all.as<float>();
    for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i % from.size()];
  }
  return probes;
}

}  // namespace

void PrecisionOptions::AddTo(CLI::App& command) {
  command
      .add_option("--precision", precision,
                  Text("fp32, fp16 (storage), int8 (of a quantised model) or auto: the fastest "
                       "whose outputs stay within ",
                       100 * kHalfAgreement, " % (fp16) or ", 100 * kInt8Agreement,
                       " % (int8) of fp32's largest; default int8 for a quantised model, else "
                       "fp32"))
      ->check(CLI::IsMember({"fp32", "fp16", "int8", "auto"}));
  command.add_option("--calibration", calibration,
                     "Folder of inputs that show which layers overflow in fp16; default random "
                     "numbers");
}

Precision PrecisionOptions::Wanted(const Graph& graph) const {
  return precision.empty() ? DefaultPrecision(graph) : PrecisionFromName(precision);
}

PrecisionChoice PrecisionOptions::Choose(const Graph& graph, Backend& backend,
                                         const CompileOptions& options) const {
  return ChoosePrecision(graph, backend, Wanted(graph), options, MakeProbes(graph, calibration));
}

std::vector<std::vector<Tensor>> MakeProbes(const Graph& graph, const std::string& folder) {
  if (!folder.empty()) return FolderProbes(graph, folder);
  const auto ranges = PixelRanges(graph);
  return ranges ? PixelProbes(graph, *ranges) : NormalProbes(graph, kRandomProbes);
}

std::string ComparedWith(const PrecisionChoice& choice) {
  if (choice.trials.empty()) return {};
  const bool quantised = std::ranges::any_of(choice.trials, [](const PrecisionTrial& trial) {
    return trial.precision == Precision::kInt8;
  });
  return quantised ? "fp32 that rounds to this file's own steps: what quantising cost cannot be "
                     "seen here, the model that it was made of is not in the file"
                   : "fp32";
}

void PrintPrecision(const PrecisionChoice& choice) {
  std::cout << "  precision   " << PrecisionName(choice.precision) << "\n";
  for (const KeptNode& kept : choice.half.kept) {
    std::cout << "    '" << kept.node << "' stays in fp32: " << kept.reason << "\n";
  }
  if (!choice.trials.empty()) std::cout << "    compared with " << ComparedWith(choice) << "\n";
  for (const PrecisionTrial& trial : choice.trials) {
    std::cout << "    " << PrecisionName(trial.precision) << "  ";
    if (trial.milliseconds > 0.0) {
      std::cout << FormatFixed(trial.milliseconds, 2) << " ms, differs by "
                << FormatFixed(100.0 * trial.difference, 3) << " %";
    }
    std::cout << (trial.refusal.empty() ? "" : "  not taken: " + trial.refusal) << "\n";
  }
}

}  // namespace vigil
