#include <CLI/CLI.hpp>

#include "tools/vigil/command.h"
#include "tools/vigil/verify.h"

namespace vigil {

void AddVerifyCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "verify", "Holds a backend against the reference, or runs ONNX's own test cases");
  command->footer(
      "MODEL: every layer of the optimised model runs alone on the reference's inputs; its error "
      "is\n"
      "held against a tolerance that follows from its arithmetic. Exit code 1 where one leaves "
      "it.\n"
      "--onnx-test DIR: every folder below DIR with a model.onnx and test_data_set_*, with the\n"
      "tolerances of ONNX's own runner (1e-3 relative, 1e-7 absolute). What is not supported is a\n"
      "skip. Closes with `N passed, N failed, N skipped`; exit code 1 where any failed or none "
      "passed.");
  const auto options = std::make_shared<VerifyOptions>();
  CLI::Option* model = options->model.AddTo(*command);
  CLI::Option* folder =
      command->add_option("--onnx-test", options->onnx_test, "A folder with ONNX test cases");
  folder->excludes(model);
  command
      ->add_option("--backend", options->backends,
                   "MODEL: one, default auto. --onnx-test: a list a,b,c, default those of "
                   "reference, cpu and vulkan that this machine has")
      ->delimiter(',')
      ->check(CLI::IsMember({"auto", "vulkan", "cpu", "reference"}));
  command->add_option("--device", options->device,
                      "Index of a Vulkan device, as `vigil devices` prints it");
  options->precision.AddTo(*command);
  CLI::Option* input =
      command
          ->add_option("--input", options->inputs,
                       "One file an input, as `vigil run` takes them; without: random numbers, "
                       "uniform in [-1, 1)")
          ->excludes(folder);
  command->add_option("--taps", options->taps, "Values to keep and check as well; `all`: every one")
      ->delimiter(',')
      ->excludes(folder);
  command
      ->add_option("--batch", options->batch, "Samples of random input; without: the model's own")
      ->check(CLI::Range(1, 4096))
      ->excludes(input)
      ->excludes(folder);
  command->add_option("--seed", options->seed, "Of the random input")
      ->excludes(input)
      ->excludes(folder)
      ->capture_default_str();
  command->add_option("--worst", options->worst, "How many layers to print, the worst first")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options, model, folder] {
    if (model->empty() && folder->empty()) throw CLI::RequiredError("MODEL or --onnx-test");
    if (!folder->empty()) return VerifyOnnxTests(*options);
    if (options->backends.size() > 1) {
      throw CLI::ValidationError("--backend", "one backend for a model: a list needs --onnx-test");
    }
    VerifyModel(*options);
  });
}

}  // namespace vigil
