#include "tools/vigil/dataset_options.h"

#include <CLI/CLI.hpp>

#include "estimator/data/augment/severity.h"

namespace vigil {

void AddDescriptionOptions(CLI::App& command, DatasetChoice& choice) {
  DatasetDescription& wanted = choice.description;
  command.add_option("--root", choice.root, "Folder of the source; heads need none");
  command.add_option("--source", wanted.source, "heads, cifar10, headpose, xgaze or images")
      ->check(CLI::IsMember({"heads", "cifar10", "headpose", "xgaze", "images"}))
      ->capture_default_str();
  command.add_option("--task", wanted.task, "Task of --source images: directness or cifar10")
      ->check(CLI::IsMember({"directness", "cifar10"}))
      ->capture_default_str();
  command.add_option("--directness", wanted.directness, "Rule of the label: angle or printed")
      ->check(CLI::IsMember({"angle", "printed"}))
      ->capture_default_str();
  command
      .add_option("--split", wanted.split,
                  "Of cifar10: target, estimator, validate, test or all; of headpose: train, "
                  "validate, test or all")
      ->check(CLI::IsMember({"target", "estimator", "train", "validate", "test", "all"}))
      ->capture_default_str();
  command.add_option("--fold", wanted.fold, "Of headpose's split, 1 to 5")
      ->check(CLI::Range(1, 5))
      ->capture_default_str();
  command.add_option("--batches", wanted.batches, "Of cifar10: 1 to 5, 0 for the test batch")
      ->delimiter(',')
      ->check(CLI::Range(0, 5));
  command.add_option("--persons", wanted.persons, "Of headpose and xgaze")->delimiter(',');
  command.add_option("--variant", wanted.variant, "clean, 1-cause or 2-cause")
      ->check(CLI::IsMember({"clean", "1-cause", "2-cause"}))
      ->capture_default_str();
  command.add_option("--severity", wanted.severity, "How strong the causes are")
      ->check(CLI::IsMember(SeverityNames()))
      ->capture_default_str();
  command.add_option("--seed", wanted.seed, "Of heads, choice and causes")->capture_default_str();
  command.add_option("--count", wanted.count, "Images, chosen by the seed")
      ->check(CLI::Range(1, 10000000))
      ->capture_default_str();
  command
      .add_option("--side", wanted.side, "Pixels of a crop; default what the task's model takes")
      ->check(CLI::Range(8, 1024));
}

}  // namespace vigil
