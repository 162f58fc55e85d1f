// What stands beside a model file: where it came from and what was measured on it.
#ifndef VIGIL_ESTIMATOR_MODELS_MODEL_CARD_H_
#define VIGIL_ESTIMATOR_MODELS_MODEL_CARD_H_

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace vigil {

// One measured number, with what a reader needs to compare it (DESIGN.md contract 9).
struct Figure {
  std::string name;  // "accuracy", "AUROC within untouched"
  double value = 0.0;
  std::string unit;        // "%", "ms", empty for a ratio
  std::string conditions;  // data, backend, device, precision
};

// What a number that drift is looked for in is on calibration's records.
struct ReferenceSignal {
  std::string name;  // "input mean 0", "p(correct)"
  double mean = 0.0, deviation = 0.0;
};
struct ReferenceStatistics {
  std::string measured_on;
  std::vector<ReferenceSignal> signals;  // none: nothing was measured
};

struct ModelCard {
  std::string name;          // of the model: the file's name without its ending
  std::string architecture;  // "MobileNetV2, width 1, input 1x3x224x224"
  std::string task;          // Task::name
  std::string data;          // what it was trained on, and the split
  std::string recipe;        // loss, optimizer, schedule, epochs, batch, augmentation
  std::uint64_t seed = 0;
  std::string command;  // that makes the model again; of several each on its own line
  std::vector<Figure> figures;
  std::vector<std::string> limits;  // what it is not good for
  ReferenceStatistics reference;    // `vigil calibrate`
};

std::string CardAsJson(const ModelCard& card);
std::string CardAsMarkdown(const ModelCard& card);

// MODEL.onnx -> MODEL.card.json.
std::filesystem::path CardPath(const std::filesystem::path& model);

// Writes the JSON and, for people, MODEL.card.md. Each file is replaced atomically.
// Throws Error (Input, kIo) with the path.
void SaveCard(const ModelCard& card, const std::filesystem::path& model);
// Throws Error (Input, kNotFound) or (Input, kMalformed) with the path and what was expected.
ModelCard LoadCard(const std::filesystem::path& model);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_MODEL_CARD_H_
