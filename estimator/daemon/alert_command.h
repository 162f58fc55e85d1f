// Runs what a rule of the configuration asks for when an alert changes.
#ifndef VIGIL_ESTIMATOR_DAEMON_ALERT_COMMAND_H_
#define VIGIL_ESTIMATOR_DAEMON_ALERT_COMMAND_H_

#include <string>
#include <vector>

#include "estimator/monitor/alerts.h"

namespace vigil {

// Starts the command (program, arguments) without a shell and does not wait for it. Its environment
// is ours with VIGIL_ALERT (the rule's name), VIGIL_ALERT_STATE ("firing" | "over") and
// VIGIL_ALERT_LINE (a sentence with the numbers); its standard output goes to our standard error.
// What cannot be started is logged, and the message
// returned; empty: it runs. An empty command is no-op.
std::string RunAlertCommand(const std::vector<std::string>& command, const AlertState& state);

// Takes the exit codes of commands that have ended, logging failures, and ends those that run for
// longer than kAlertCommandSeconds; returns what it logged. Call now and then, from one thread.
std::vector<std::string> ReapAlertCommands();
inline constexpr int kAlertCommandSeconds = 60;

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DAEMON_ALERT_COMMAND_H_
