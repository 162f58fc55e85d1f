// Whether T notices PE: T's own latency, from an input's arrival to its answer, with PE off, with
// PE under the default policy, and with PE at work whenever it may, in one process and in two. The
// three take turns in short slices, so that what else the machine does strikes all alike.
#include <array>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <map>
#include <numeric>
#include <random>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "bench/figures.h"
#include "bench/interference/estimator_side.h"
#include "bench/tapped_targets.h"
#include "bench/temporary_folder.h"
#include "engine/base/program.h"
#include "engine/base/text.h"
#include "engine/session/backends.h"
#include "estimator/service/target_runtime.h"
#include "estimator/store/sealed_codec.h"

namespace vigil::bench {
namespace {

constexpr std::array<const char*, kPeModes> kModeNames{"off", "idle only", "saturating"};

struct Options {
  Setting setting{"directness", "cpu", ""};
  int seconds = 20;  // of each row
  int slice_seconds = 2;
  int threads = 0;
  double rate = 30.0;  // inferences a second
  std::string serve;
  bool json = false;
};

enum class Arrivals { kPaced, kRandom };
const char* NameOf(Arrivals arrivals) { return arrivals == Arrivals::kPaced ? "paced" : "random"; }

// Milliseconds of one slice at which inputs arrive. Random ones do not wait for each other.
std::vector<double> ArrivalTimes(Arrivals arrivals, const Options& options, std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::exponential_distribution<double> gap(options.rate / 1e3);
  std::vector<double> times;
  for (double t = 0.0; t < options.slice_seconds * 1e3;) {
    times.push_back(t);
    t += arrivals == Arrivals::kPaced ? 1e3 / options.rate : gap(generator);
  }
  return times;
}

struct Row {
  std::vector<double> latencies;  // milliseconds
  PeWork work;
  std::int64_t dropped = 0;  // of T's records
};
using Rows = std::array<Row, kPeModes>;  // by PeMode

class TargetSide {
 public:
  TargetSide(const Options& options, std::shared_ptr<Store> store)
      : page_(options.setting.PagePath(), true),
        runtime_(TappedTargetOf(options.setting.target), OpenBackend(options.setting.backend),
                 std::move(store), RuntimeOptions(options)),
        output_(static_cast<std::size_t>(runtime_.target().output().elements())) {
    const Graph graph = TappedTargetOf(options.setting.target);
    input_ = Tensor(graph.value(graph.inputs()[0]).desc);
    std::mt19937 generator(1);
    std::normal_distribution<float> normal(0.0f, 0.5f);
    for (float& x : input_.as<float>()) x = normal(generator);
  }

  void Tell(EstimatorSide* side) { side_ = side; }

  void RunSlice(std::span<const double> arrivals, std::vector<double>& latencies) {
    for (int i = 0; i < 5; ++i) Infer();
    const auto begin = Clock::now() + std::chrono::milliseconds(50);
    for (const double at : arrivals) {
      const auto arrival = begin + std::chrono::duration_cast<Clock::duration>(
                                       std::chrono::duration<double, std::milli>(at));
      std::this_thread::sleep_until(arrival);
      Infer();
      latencies.push_back(MicrosecondsSince(arrival) / 1e3);
    }
    runtime_.Flush();
  }

  std::int64_t dropped() const { return runtime_.dropped(); }

 private:
  TargetRuntimeOptions RuntimeOptions(const Options& options) {
    TargetRuntimeOptions runtime;
    runtime.tap_encodings = {Encoding::kInt8};
    runtime.threads = options.threads;
    runtime.activity = &page_;
    runtime.on_activity = [this] {
      if (side_) side_->NotifyActivity();
    };
    return runtime;
  }
  void Infer() { runtime_.Infer(std::as_const(input_).view(), output_); }

  ActivityPage page_;
  EstimatorSide* side_ = nullptr;
  TargetRuntime runtime_;
  std::vector<float> output_;
  Tensor input_;
};

// All rows of one arrangement, by arrivals.
std::map<Arrivals, Rows> Measure(const Options& options, TargetSide& target, EstimatorSide& side) {
  std::map<Arrivals, Rows> all;
  std::mt19937 generator(2);
  const int slices = std::max(1, options.seconds / options.slice_seconds);
  target.Tell(&side);
  for (int slice = 0; slice < slices; ++slice) {
    for (const Arrivals arrivals : {Arrivals::kPaced, Arrivals::kRandom}) {
      const std::vector<double> times =
          ArrivalTimes(arrivals, options, static_cast<std::uint32_t>(slice));
      std::array<int, kPeModes> order{0, 1, 2};
      std::ranges::shuffle(order, generator);
      for (const int mode : order) {
        Row& row = all[arrivals][static_cast<std::size_t>(mode)];
        const std::int64_t dropped_before = target.dropped();
        side.Begin(static_cast<PeMode>(mode));
        target.RunSlice(times, row.latencies);
        const PeWork work = side.End();
        row.work.records += work.records;
        row.work.chunks += work.chunks;
        row.work.yields += work.yields;
        row.work.errors += work.errors;
        row.work.backlog = work.backlog;
        row.dropped += target.dropped() - dropped_before;
      }
    }
  }
  target.Tell(nullptr);
  return all;
}

nlohmann::json ToJson(int processes, Arrivals arrivals, const Rows& rows) {
  nlohmann::json out = nlohmann::json::array();
  for (std::size_t mode = 0; mode < rows.size(); ++mode) {
    const Row& row = rows[mode];
    out.push_back({{"processes", processes},
                   {"arrivals", NameOf(arrivals)},
                   {"pe", kModeNames[mode]},
                   {"inferences", row.latencies.size()},
                   {"p50_ms", Quantile(row.latencies, 0.5)},
                   {"p95_ms", Quantile(row.latencies, 0.95)},
                   {"p99_ms", Quantile(row.latencies, 0.99)},
                   {"records_dropped", row.dropped},
                   {"pe_records", row.work.records},
                   {"pe_chunks", row.work.chunks},
                   {"pe_yields", row.work.yields},
                   {"pe_errors", row.work.errors},
                   {"backlog_left", row.work.backlog}});
  }
  return out;
}

void Print(int processes, Arrivals arrivals, const Rows& rows) {
  const double alone = Quantile(rows[0].latencies, 0.99);
  std::cout << processes << (processes == 1 ? " process, " : " processes, ") << NameOf(arrivals)
            << "\n  PE            n    p50 ms    p95 ms    p99 ms  p99 more  PE's records  chunks"
            << "  yields  T's records dropped\n"
            << std::fixed << std::setprecision(2);
  for (std::size_t mode = 0; mode < rows.size(); ++mode) {
    const Row& row = rows[mode];
    const double p99 = Quantile(row.latencies, 0.99);
    std::cout << "  " << std::left << std::setw(10) << kModeNames[mode] << std::right
              << std::setw(5) << row.latencies.size() << std::setw(10)
              << Quantile(row.latencies, 0.5) << std::setw(10) << Quantile(row.latencies, 0.95)
              << std::setw(10) << p99 << std::setw(10) << p99 - alone << std::setw(14)
              << row.work.records << std::setw(8) << row.work.chunks << std::setw(8)
              << row.work.yields << std::setw(21) << row.dropped
              << (row.work.errors ? "  PE FAILED" : "") << "\n";
  }
}

// One process or two, each with a store of its own.
std::map<Arrivals, Rows> MeasureArrangement(Options options, int processes) {
  const TemporaryFolder folder("idle");
  options.setting.folder = folder.path().string();
  const KeyRing ring{SecretKey::Generate()};
  StoreOptions store_options;
  store_options.codec =
      processes == 1 ? OpeningCodec(ring) : SealingCodec(ring.front().public_key());
  if (processes == 2) WriteKeyRing(ring, options.setting.SecretKeyPath());
  const auto store = std::make_shared<Store>(options.setting.StorePath(), std::move(store_options));
  TargetSide target(options, store);
  const auto side = processes == 1 ? MakeLocalEstimator(options.setting, store)
                                   : StartEstimatorProcess(options.setting, "/proc/self/exe");
  return Measure(options, target, *side);
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("What PE's work costs T");
  app.add_option("--target", options.setting.target, "which T, and its PE");
  app.add_option("--backend", options.setting.backend, "of both: cpu or vulkan");
  app.add_option("--threads", options.threads, "of T on cpu; 0: as many as there are cores");
  app.add_option("--rate", options.rate, "of T's inferences a second")
      ->check(CLI::Range(0.1, 10000.0));
  app.add_option("--seconds", options.seconds, "of each row")->check(CLI::Range(1, 100000));
  app.add_option("--slice", options.slice_seconds, "seconds between changes of PE's mode")
      ->check(CLI::Range(1, 60));
  app.add_option("--backlog", options.setting.backlog, "records that wait when PE begins");
  app.add_flag("--json", options.json, "figures as JSON");
  app.add_option("--serve", options.serve, "PE's side, over pipes; for this program itself")
      ->group("");
  CLI11_PARSE(app, argc, argv);
  if (!options.serve.empty()) {
    options.setting.folder = options.serve;
    return ServeEstimator(options.setting);
  }
  const std::string device = OpenBackend(options.setting.backend)->device();
  nlohmann::json rows = nlohmann::json::array();
  if (!options.json) {
    std::cout << options.setting.target << " on " << options.setting.backend << ": " << device
              << ", T with " << options.threads << " threads (0: all), " << options.rate
              << " inferences a second, fp32, taps int8\n";
  }
  for (const int processes : {1, 2}) {
    for (const auto& [arrivals, measured] : MeasureArrangement(options, processes)) {
      if (options.json) {
        for (const auto& row : ToJson(processes, arrivals, measured)) rows.push_back(row);
      } else {
        Print(processes, arrivals, measured);
      }
    }
  }
  if (options.json) {
    std::cout << nlohmann::json{{"target", options.setting.target},
                                {"backend", options.setting.backend},
                                {"device", device},
                                {"threads", options.threads},
                                {"inferences_a_second", options.rate},
                                {"rows", rows}}
                     .dump(2)
              << "\n";
  }
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  return vigil::RunProgram("idle_bench", vigil::bench::Main, argc, argv);
}
