#include <memory>

#include <CLI/CLI.hpp>

#include "tools/vigil/command.h"
#include "tools/vigil/dataset_inspect.h"
#include "tools/vigil/dataset_make.h"

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

}  // namespace

void AddDatasetCommand(CLI::App& app) {
  CLI::App* dataset = app.add_subcommand("dataset", "Data sets, clean and with causes of failure");
  dataset->require_subcommand(1);
  AddInspect(*dataset);
  AddMake(*dataset);
}

}  // namespace vigil
