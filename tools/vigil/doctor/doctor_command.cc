#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "engine/base/log.h"
#include "engine/base/text.h"
#include "tools/vigil/command.h"
#include "tools/vigil/doctor/patient.h"

namespace vigil {
namespace {

using namespace doctor;  // NOLINT(google-build-using-namespace): this file is its command

void Run(const DoctorArguments& arguments) {
  Findings findings;
  const Patient patient = Admit(arguments, findings);
  CheckModels(patient, findings);
  CheckInputs(patient, findings);
  CheckTraining(patient, findings);
  // The drill loses its device on purpose, which the log need not say.
  InitLog(LogLevel::kOff);
  CheckGpu(patient, findings);
  InitLog(LogLevel::kWarning);
  CheckApi(patient, findings);
  const std::string head = Text("Vigil doctor, version ", VIGIL_VERSION);
  std::cout << (arguments.json ? ToJsonText(findings, head) + "\n" : ToText(findings, head));
  if (findings.Count(Result::kFail) > 0) throw CLI::RuntimeError(1);
}

}  // namespace

void AddDoctorCommand(CLI::App& app) {
  const auto arguments = std::make_shared<DoctorArguments>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Checks models, inputs, training, GPU and interfaces before trouble comes");
  command->add_option("models", arguments->models,
                      "ONNX files, T's and PE's; else those that ship");
  auto* data = command
                   ->add_option("--data", arguments->data,
                                "A data set to check: cifar10, headpose, heads or images")
                   ->check(CLI::IsMember({"cifar10", "headpose", "heads", "images"}));
  command->add_option("--root", arguments->root, "Its folder; heads need none")->needs(data);
  command->add_option("--input", arguments->inputs, "Files to check as T's inputs")->excludes(data);
  command->add_option("--images", arguments->images, "Of the data set that are looked at")
      ->check(CLI::Range(1, 1000000))
      ->capture_default_str();
  command->add_option("--config", arguments->config, "vigild's configuration, its store and keys");
  command->add_flag("--json", arguments->json, "Print JSON");
  command->callback([arguments] { Run(*arguments); });
}

}  // namespace vigil
