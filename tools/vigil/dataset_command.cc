#include <memory>

#include <CLI/CLI.hpp>

#include "tools/vigil/command.h"
#include "tools/vigil/dataset_inspect.h"
#include "tools/vigil/dataset_make.h"
#include "tools/vigil/dataset_schema.h"

namespace vigil {
namespace {

void AddMake(CLI::App& dataset) {
  CLI::App* make = dataset.add_subcommand(
      "make", "A prepared data set from its description, the same bytes every time");
  const auto making = std::make_shared<DatasetMaking>();
  make->add_option("description", making->description, "JSON file (README, Data)")->required();
  make->add_option("--output,-o", making->output, "The file to write")->required();
  make->add_option("--root", making->root, "Folder of the source; heads need none");
  make->add_option("--threads", making->threads, "0: one a processor")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  make->callback([making] { MakeDataset(*making); });
}

void AddInspect(CLI::App& dataset) {
  CLI::App* inspect = dataset.add_subcommand(
      "inspect", "What a set holds: causes, classes, and a contact sheet to look at");
  const auto wanted = std::make_shared<DatasetInspection>();
  DatasetDescription& description = wanted->choice.description;
  description.source = "heads";
  description.variant = "2-cause";
  description.count = 64;
  inspect->add_option("file", wanted->choice.file,
                      "A description or a prepared data set, instead of the options below");
  AddDescriptionOptions(*inspect, wanted->choice);
  inspect->add_option("--sheet", wanted->sheet, "PNG to write");
  inspect->add_option("--sheet-images", wanted->sheet_images, "Images in it, spread over the set")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  inspect->add_flag("--json", wanted->json, "Print JSON");
  inspect->callback([wanted] { InspectDataset(*wanted); });
}

void AddSchema(CLI::App& dataset) {
  CLI::App* schema = dataset.add_subcommand(
      "schema", "What a model's inputs look like, learned from what it was trained on");
  const auto learning = std::make_shared<SchemaLearning>();
  learning->choice.description.source = "heads";
  learning->choice.description.count = learning->images = 2000;
  schema->add_option("model", learning->model, "T's ONNX file")->required();
  schema->add_option("--set", learning->choice.file,
                     "A description or a prepared data set, instead of the options below");
  AddDescriptionOptions(*schema, learning->choice);
  schema->add_option("--images", learning->images, "Learned from, spread over the set")
      ->check(CLI::Range(16, 1000000))
      ->capture_default_str();
  schema->add_flag("--write", learning->write, "Put it into the model's metadata");
  schema->add_option("--output,-o", learning->output, "A JSON file to write");
  schema->add_flag("--json", learning->json, "Print JSON");
  schema->callback([learning] { LearnSchema(*learning); });
}

}  // namespace

void AddDatasetCommand(CLI::App& app) {
  CLI::App* dataset = app.add_subcommand("dataset", "Data sets, clean and with causes of failure");
  dataset->require_subcommand(1);
  AddInspect(*dataset);
  AddMake(*dataset);
  AddSchema(*dataset);
}

}  // namespace vigil
