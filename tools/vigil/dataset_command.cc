#include <memory>

#include <CLI/CLI.hpp>

#include "estimator/data/augment/severity.h"
#include "tools/vigil/command.h"
#include "tools/vigil/dataset_inspect.h"

namespace vigil {

void AddDatasetCommand(CLI::App& app) {
  CLI::App* dataset = app.add_subcommand("dataset", "Data sets, clean and with causes of failure");
  dataset->require_subcommand(1);
  CLI::App* inspect = dataset->add_subcommand(
      "inspect", "What a set holds: causes, classes, and a contact sheet to look at");
  const auto wanted = std::make_shared<DatasetInspection>();
  inspect->add_option("--source", wanted->source, "heads, cifar10 or images")
      ->check(CLI::IsMember({"heads", "cifar10", "images"}))
      ->capture_default_str();
  inspect->add_option("--root", wanted->root, "Folder of cifar10's batches or of the images");
  inspect->add_option("--task", wanted->task, "Task of --source images: directness or cifar10");
  inspect->add_option("--batches", wanted->batches, "Of cifar10: 1 to 5, 0 for the test batch")
      ->delimiter(',')
      ->capture_default_str();
  inspect->add_option("--variant", wanted->variant, "clean, 1-cause or 2-cause")
      ->check(CLI::IsMember({"clean", "1-cause", "2-cause"}))
      ->capture_default_str();
  inspect->add_option("--severity", wanted->severity, "How strong the causes are")
      ->check(CLI::IsMember(SeverityNames()))
      ->capture_default_str();
  inspect->add_option("--seed", wanted->seed, "Of heads, choice and causes")->capture_default_str();
  inspect->add_option("--count", wanted->count, "Images to look at")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  inspect
      ->add_option("--side", wanted->side, "Pixels of a crop; default what the task's model takes")
      ->check(CLI::Range(8, 1024));
  inspect->add_option("--sheet", wanted->sheet, "PNG to write; keep --count small");
  inspect->add_flag("--json", wanted->json, "Print JSON");
  inspect->callback([wanted] { InspectDataset(*wanted); });
}

}  // namespace vigil
