// What checking its inputs costs T: T's own time, and that of the check and of the search for NaN,
// in turns, so that all see the same machine. The input is another picture each time, and comes
// into the caches as a camera's would: written just before.
#include <array>
#include <iomanip>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "bench/figures.h"
#include "bench/tapped_targets.h"
#include "engine/base/program.h"
#include "engine/session/backends.h"
#include "estimator/monitor/validity/input_check.h"
#include "estimator/monitor/validity/schema_learner.h"
#include "estimator/taps/target.h"

namespace vigil::bench {
namespace {

struct Options {
  std::vector<std::string> targets = TargetNames();
  int threads = 1, rounds = 300;
  std::string backend = "cpu";
  bool json = false;
};

// Coloured waves in [-1, 1]: what it is of is nothing to the time.
void Paint(int picture, Tensor& input) {
  const Shape& shape = input.shape();
  const auto plane = static_cast<std::size_t>(shape[2] * shape[3]);
  const auto width = static_cast<std::size_t>(shape[3]);
  for (std::size_t i = 0; i < 3 * plane; ++i) {
    const std::size_t c = i / plane, y = i % plane / width, x = i % width;
    const std::size_t at = (x * (7 + c) + y * 5 + static_cast<std::size_t>(picture) * 131) % 977;
    input.as<float>()[i] = static_cast<float>(at) / 488.0f - 1.0f;
  }
}

InputSchema SchemaOf(Tensor& input) {
  InputForm form{.input = "image", .shape = input.shape(), .channel_order = "RGB"};
  for (int c = 0; c < 3; ++c) form.limits.push_back({-1.0f, 1.0f});
  for (const char* name : {"bytes", "unit", "ImageNet", "twice"}) {
    Rescaling rescaling{.name = name};
    rescaling.scale.fill(0.5 + static_cast<double>(form.rescalings.size()));
    form.rescalings.push_back(rescaling);
  }
  SchemaLearner learner(std::move(form));
  for (int i = 0; i < 32; ++i) {
    Paint(i, input);
    learner.Add(input);
  }
  return learner.Learn("waves");
}

struct Row {
  std::string target;
  std::vector<double> own, check;  // microseconds, one a round
};

Row Measure(const Options& options, const std::string& name) {
  const Graph graph = TappedTargetOf(name).WithTaps({});
  const auto target = MakeNetworkTarget(graph, OpenBackend(options.backend), {}, options.threads);
  Tensor input(graph.value(graph.inputs()[0]).desc);
  InputCheck check(SchemaOf(input));
  std::vector<float> output(static_cast<std::size_t>(target->output().elements()));
  Row row{name, {}, {}};
  std::uint32_t found = 0;
  for (int round = -20; round < options.rounds; ++round) {
    Paint(100 + round, input);
    auto begin = Clock::now();
    found |= check.Check(std::as_const(input).view());
    const double checked = MicrosecondsSince(begin);
    begin = Clock::now();
    target->Run(std::as_const(input).view(), output, {});
    const double ran = MicrosecondsSince(begin);
    if (round < 0) continue;
    row.check.push_back(checked);
    row.own.push_back(ran);
  }
  // So that no compiler leaves the check out; waves are as they were learned.
  if ((found & Bit(InputViolation::kWrongForm)) != 0) std::cerr << "another form\n";
  return row;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("What checking its inputs costs T");
  app.add_option("--targets", options.targets, "which T's")->delimiter(',');
  app.add_option("--threads", options.threads, "of a CPU backend");
  app.add_option("--backend", options.backend, "cpu, vulkan or reference");
  app.add_option("--rounds", options.rounds, "of each")->check(CLI::Range(1, 1000000));
  app.add_flag("--json", options.json, "figures as JSON");
  CLI11_PARSE(app, argc, argv);
  const std::string device = OpenBackend(options.backend)->device();
  nlohmann::json rows = nlohmann::json::array();
  if (!options.json) {
    std::cout << options.backend << ": " << device << ", fp32, " << options.threads << " threads, "
              << options.rounds << " rounds, medians\n";
  }
  for (const std::string& name : options.targets) {
    const Row row = Measure(options, name);
    const double own = Median(row.own), check = Median(row.check);
    rows.push_back({{"target", name},
                    {"target_us", own},
                    {"check_us", check},
                    {"check_p95_us", Quantile(row.check, 0.95)},
                    {"share", check / own}});
    if (options.json) continue;
    std::cout << std::fixed << "  " << std::left << std::setw(18) << name << std::right << "T "
              << std::setprecision(1) << std::setw(9) << own << " us   check "
              << std::setprecision(2) << std::setw(7) << check << " us (p95 "
              << Quantile(row.check, 0.95) << ")   " << std::setprecision(3) << 100.0 * check / own
              << " %\n";
  }
  if (options.json) {
    std::cout << nlohmann::json{{"backend", options.backend},
                                {"device", device},
                                {"threads", options.threads},
                                {"rounds", options.rounds},
                                {"rows", rows}}
                     .dump(2)
              << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  return vigil::RunProgram("validity_bench", vigil::bench::Main, argc, argv);
}
