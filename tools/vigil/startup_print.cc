#include "tools/vigil/startup_print.h"

#include <iostream>

#include <nlohmann/json.hpp>

#include "tools/vigil/format.h"

namespace vigil {
namespace {

nlohmann::json ToJson(const StartTimes& times) {
  return {{"load_ms", times.load},
          {"open_ms", times.open},
          {"compile_ms", times.compile},
          {"first_run_ms", times.first_run},
          {"second_run_ms", times.second_run},
          {"until_first_answer_ms", times.until_first_answer()}};
}

void PrintJson(const StartupOptions& options, const StartupFigures& figures) {
  const nlohmann::json report{
      {"model", options.model.path},  {"backend", figures.backend},
      {"batch", options.batch},       {"threads", options.threads},
      {"starts", figures.repeats},    {"cold", ToJson(figures.cold)},
      {"warm", ToJson(figures.warm)}, {"pipeline_cache_bytes", figures.pipeline_cache_bytes}};
  std::cout << report.dump(2) << "\n";
}

}  // namespace

void PrintStartup(const StartupOptions& options, const StartupFigures& figures, bool json) {
  if (json) return PrintJson(options, figures);
  std::cout << options.model.path << " on " << figures.backend << ", batch " << options.batch
            << ": starts in processes of their own, ms, median of " << figures.repeats << "\n";
  Table table(
      {"start", "load", "open", "compile", "first run", "second run", "until first answer"});
  const auto add = [&](const char* name, const StartTimes& times) {
    table.Add({name, FormatFixed(times.load, 1), FormatFixed(times.open, 1),
               FormatFixed(times.compile, 1), FormatFixed(times.first_run, 1),
               FormatFixed(times.second_run, 1), FormatFixed(times.until_first_answer(), 1)});
  };
  add("cold", figures.cold);
  add("warm", figures.warm);
  table.Print(std::cout);
  if (figures.pipeline_cache_bytes == 0) {
    std::cout << "  this backend keeps no pipeline cache: cold and warm differ by chance\n";
    return;
  }
  std::cout << "  pipeline cache " << FormatBytes(figures.pipeline_cache_bytes)
            << "; the driver's own cache was off\n";
}

}  // namespace vigil
