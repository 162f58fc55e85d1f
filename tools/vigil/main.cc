// Exit codes: 0 done, 1 failed, 2 usage. Everything that fails is one line on standard error.
#include <CLI/CLI.hpp>

#include "engine/base/log.h"
#include "engine/base/program.h"
#include "tools/vigil/command.h"

namespace {

constexpr int kUsage = 2;

// In the order of --help.
constexpr vigil::AddCommand kCommands[] = {
    vigil::AddDevicesCommand,   vigil::AddInspectCommand,     vigil::AddRunCommand,
    vigil::AddVerifyCommand,    vigil::AddBenchCommand,
#if VIGIL_HAVE_ESTIMATOR
    vigil::AddStoreCommand,     vigil::AddReportCommand,      vigil::AddDemoCommand,
    vigil::AddDatasetCommand,   vigil::AddQuantizeCommand,    vigil::AddEvaluateCommand,
    vigil::AddCalibrateCommand, vigil::AddRecalibrateCommand, vigil::AddDoctorCommand,
#endif
#if VIGIL_HAVE_TRAINING
    vigil::AddTrainCommand,
#endif
};

int Main(int argc, char** argv) {
  vigil::InitLog(vigil::LogLevel::kWarning);
  CLI::App app("Vigil watches a deployed vision model while the device sleeps.", "vigil");
  app.require_subcommand(1);
  for (const vigil::AddCommand add : kCommands) add(app);
  try {
    app.parse(argc, argv);
    return 0;
  } catch (const CLI::RuntimeError& failed) {
    return failed.get_exit_code();  // the command has printed why
  } catch (const CLI::ParseError& error) {
    // Help is no failure, and prints itself.
    return app.exit(error) == 0 ? 0 : kUsage;
  }
}

}  // namespace

int main(int argc, char** argv) { return vigil::RunProgram("vigil", Main, argc, argv); }
