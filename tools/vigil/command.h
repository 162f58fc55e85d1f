// The commands of `vigil`. Each adds its options to the application and runs from a callback.
//
// A callback prints its result on standard output and throws Error for failure; main turns that
// into one line and an exit code. Where the result itself says what failed, it throws
// CLI::RuntimeError with the exit code. A command that is not built is absent.
#ifndef VIGIL_TOOLS_VIGIL_COMMAND_H_
#define VIGIL_TOOLS_VIGIL_COMMAND_H_

#include <CLI/App.hpp>

namespace vigil {

using AddCommand = void (*)(CLI::App& app);

void AddDevicesCommand(CLI::App& app);
void AddInspectCommand(CLI::App& app);
void AddRunCommand(CLI::App& app);
void AddVerifyCommand(CLI::App& app);
void AddBenchCommand(CLI::App& app);
// With the estimator.
void AddStoreCommand(CLI::App& app);
void AddReportCommand(CLI::App& app);
void AddDemoCommand(CLI::App& app);
void AddDatasetCommand(CLI::App& app);
void AddQuantizeCommand(CLI::App& app);
void AddEvaluateCommand(CLI::App& app);
void AddCalibrateCommand(CLI::App& app);
void AddRecalibrateCommand(CLI::App& app);
void AddDoctorCommand(CLI::App& app);
// With the training component.
void AddTrainCommand(CLI::App& app);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_COMMAND_H_
