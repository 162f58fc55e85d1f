// What keeping taps costs T: one compiled network run with its taps kept and not, and through
// TargetRuntime with its record kept or not, in turns, so that all see the same machine.
// Differences are of runs of the same turn. The last mode is the network compiled without taps: two
// compilations differ by a few per cent by where their memory happens to lie, so it stands for
// itself.
#include <array>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <numeric>
#include <random>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "bench/figures.h"
#include "bench/tapped_targets.h"
#include "bench/temporary_folder.h"
#include "engine/base/program.h"
#include "engine/base/text.h"
#include "engine/session/backends.h"
#include "estimator/service/target_runtime.h"
#include "estimator/store/sealed_codec.h"

namespace vigil::bench {
namespace {

struct Options {
  std::vector<std::string> targets = TargetNames();
  std::vector<int> threads{1, 2};
  std::string backend = "cpu", encoding = "int8";
  int rounds = 400;
  bool json = false;
};

// A sealed store in a folder of its own, which goes with it.
class TemporaryStore {
 public:
  TemporaryStore() {
    StoreOptions options;
    // Every record of "runtime, kept" must be.
    options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
    options.codec = SealingCodec(SecretKey::Generate().public_key());
    store_ = std::make_shared<Store>((folder_.path() / "records.db").string(), std::move(options));
  }
  const std::shared_ptr<Store>& store() const { return store_; }

 private:
  TemporaryFolder folder_{"tapping"};  // outlives the store
  std::shared_ptr<Store> store_;
};

// Lets several runtimes run one compiled network.
class SharedTarget final : public Target {
 public:
  explicit SharedTarget(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  Shape output() const override { return target_->output(); }
  const TapPlan& plan() const override { return target_->plan(); }
  const std::string& input_name() const override { return target_->input_name(); }
  TargetAnswer Run(ConstTensorView input, std::span<float> output,
                   std::span<std::byte> slot) override {
    return target_->Run(input, output, slot);
  }

 private:
  std::shared_ptr<Target> target_;
};

// A capacity of 1 keeps the first inference and then hardly any.
TargetRuntimeOptions RuntimeOptions(std::int64_t capacity, ActivityPage& page) {
  TargetRuntimeOptions runtime;
  runtime.keeper.sampler.capacity = capacity;
  runtime.activity = &page;
  return runtime;
}

struct Row {
  std::string target;
  int threads = 0;
  std::size_t record_bytes = 0;
  std::vector<std::vector<double>> times;  // by mode, in microseconds, one a round
};

constexpr std::array kModes{"not kept", "taps kept", "runtime, not kept", "runtime, kept",
                            "compiled without"};

// Runs every mode once a round, each round in another order: what ran before leaves its traces in
// the caches.
Row Measure(const Options& options, const std::string& name, int threads) {
  const Graph tapped = TappedTargetOf(name);
  const Graph untapped = tapped.WithTaps({});
  const std::shared_ptr<Backend> backend = OpenBackend(options.backend);
  const std::array encodings{EncodingFromName(options.encoding)};
  const auto plain = MakeNetworkTarget(untapped, backend, {}, threads);
  const std::shared_ptr<Target> target = MakeNetworkTarget(tapped, backend, encodings, threads);
  const TemporaryStore temporary;
  ActivityPage page;
  TargetRuntime rare(std::make_unique<SharedTarget>(target), temporary.store(),
                     RuntimeOptions(1, page));
  TargetRuntime every(std::make_unique<SharedTarget>(target), temporary.store(),
                      RuntimeOptions(std::int64_t{1} << 40, page));

  Tensor input(tapped.value(tapped.inputs()[0]).desc);
  std::mt19937 generator(1);
  std::normal_distribution<float> normal(0.0f, 0.5f);
  for (float& x : input.as<float>()) x = normal(generator);
  std::vector<float> output(static_cast<std::size_t>(target->output().elements()));
  std::vector<std::byte> slot(target->plan().SlotBytes(1));
  const auto view = std::as_const(input).view();

  // Whether the run did what its mode says.
  const auto run = [&](std::size_t mode) {
    switch (mode) {
      case 0:
        target->Run(view, output, {});
        return true;
      case 1:
        target->Run(view, output, slot);
        return true;
      case 2:
        return !rare.Infer(view, output).kept;
      case 3:
        return every.Infer(view, output).kept;
      default:
        plain->Run(view, output, {});
        return true;
    }
  };
  constexpr int kWarmUp = 20;
  std::array<std::size_t, kModes.size()> order{};
  std::iota(order.begin(), order.end(), std::size_t{0});
  Row row{name, threads, target->plan().record_bytes, {}};
  row.times.resize(kModes.size());
  for (int round = -kWarmUp; round < options.rounds; ++round) {
    std::array<double, kModes.size()> took{};
    bool whole = round >= 0;
    std::ranges::shuffle(order, generator);
    for (const std::size_t mode : order) {
      const auto begin = Clock::now();
      whole &= run(mode);
      took[mode] = MicrosecondsSince(begin);
      if (mode == 3) every.Flush();  // the writer's work is not T's
    }
    if (!whole) continue;
    for (std::size_t mode = 0; mode < kModes.size(); ++mode) row.times[mode].push_back(took[mode]);
  }
  return row;
}

struct Difference {
  double median = 0.0, low = 0.0, high = 0.0;  // quartiles, over the rounds
};

Difference AgainstNotKept(const Row& row, std::size_t mode) {
  std::vector<double> differences;
  for (std::size_t i = 0; i < row.times[mode].size(); ++i) {
    differences.push_back(row.times[mode][i] - row.times[0][i]);
  }
  return {Median(differences), Quantile(differences, 0.25), Quantile(differences, 0.75)};
}

void Print(const Row& row) {
  const double alone = Median(row.times[0]);
  std::cout << row.target << ", " << row.threads << " threads, " << row.record_bytes
            << " bytes a record, " << row.times[0].size() << " rounds\n"
            << std::fixed << std::setprecision(1);
  for (std::size_t mode = 0; mode < kModes.size(); ++mode) {
    const Difference difference = AgainstNotKept(row, mode);
    std::cout << "  " << std::left << std::setw(20) << kModes[mode] << std::right << std::setw(10)
              << Median(row.times[mode]) << " us";
    if (mode > 0) {
      std::cout << std::showpos << std::setw(10) << difference.median << " us  (" << difference.low
                << " to " << difference.high << ")" << std::setw(8)
                << 100.0 * difference.median / alone << " %" << std::noshowpos;
    }
    std::cout << "\n";
  }
}

nlohmann::json ToJson(const Row& row) {
  nlohmann::json modes = nlohmann::json::array();
  for (std::size_t mode = 0; mode < kModes.size(); ++mode) {
    const Difference difference = AgainstNotKept(row, mode);
    modes.push_back({{"mode", kModes[mode]},
                     {"median_us", Median(row.times[mode])},
                     {"more_us", difference.median},
                     {"more_quartiles_us", {difference.low, difference.high}}});
  }
  return {{"target", row.target},
          {"threads", row.threads},
          {"record_bytes", row.record_bytes},
          {"rounds", row.times[0].size()},
          {"modes", modes}};
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("What keeping taps costs T");
  app.add_option("--targets", options.targets, "which T's")->delimiter(',');
  app.add_option("--threads", options.threads, "of a CPU backend")->delimiter(',');
  app.add_option("--backend", options.backend, "cpu, vulkan or reference");
  app.add_option("--encoding", options.encoding, "of the taps: int8, fp16 or fp32");
  app.add_option("--rounds", options.rounds, "of every mode")->check(CLI::Range(1, 1000000));
  app.add_flag("--json", options.json, "figures as JSON");
  CLI11_PARSE(app, argc, argv);
  nlohmann::json rows = nlohmann::json::array();
  const std::string device = OpenBackend(options.backend)->device();
  if (!options.json) {
    std::cout << options.backend << ": " << device << ", fp32, taps " << options.encoding << "\n";
  }
  for (const std::string& target : options.targets) {
    for (const int threads : options.threads) {
      const Row row = Measure(options, target, threads);
      if (options.json) {
        rows.push_back(ToJson(row));
      } else {
        Print(row);
      }
    }
  }
  if (options.json) {
    std::cout << nlohmann::json{{"backend", options.backend},
                                {"device", device},
                                {"encoding", options.encoding},
                                {"rows", rows}}
                     .dump(2)
              << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  return vigil::RunProgram("tapping_bench", vigil::bench::Main, argc, argv);
}
