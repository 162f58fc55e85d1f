// How fast these networks run here, on every backend of ours and beside every other engine that
// this machine has, on the same ONNX file. All contenders for a piece of work run once a turn, each
// turn in another order, so that what the machine does strikes all alike; a ratio is the median of
// the turns' ratios. Whoever's answer is not that of ours is not timed. The same network in int8
// takes its turns with it.
#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <map>
#include <numeric>
#include <random>
#include <span>
#include <thread>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "bench/figures.h"
#include "bench/speed/comparison.h"
#include "bench/speed/contender.h"
#include "bench/speed/layers.h"
#include "bench/speed/networks.h"
#include "bench/speed/peaks.h"
#include "bench/temporary_folder.h"
#include "engine/base/program.h"
#include "engine/base/text.h"
#include "engine/session/backends.h"
#include "engine/session/precision.h"

namespace vigil::bench {
namespace {

struct Options {
  std::vector<std::string> networks{"mobilenet_v2_224", "resnet18_224", "directness_target",
                                    "directness_estimator"};
  std::vector<std::int64_t> batches{1};
  std::vector<int> threads{1, 2};
  std::vector<std::string> precisions{"fp32", "int8"};
  int turns = 40;
  std::string python, script = "bench/peers/wheels.py";
  bool vulkan = false;
  bool peers = true;
  bool layers = false;
  std::string json, roofline;
  std::vector<std::string> compare;
};

using PeaksByDevice = std::map<std::string, Peaks>;

struct Result {
  std::string contender, device;
  const Work* work = nullptr;
  std::string refusal;        // why it did not run
  std::vector<double> times;  // milliseconds, by turn
};

// "cpu", and the Vulkan devices where they were asked for.
std::vector<std::string> Devices(const Options& options) {
  std::vector<std::string> devices{"cpu"};
  if (!options.vulkan) return devices;
  for (const BackendOffer& offer : ListBackends()) {
    if (offer.backend == "vulkan" && offer.available)
      devices.push_back(Text("vulkan:", offer.device_index));
  }
  return devices;
}

std::vector<ContenderFactory> Contenders(const Options& options) {
  std::vector<ContenderFactory> all;
  for (const std::string& device : Devices(options)) all.push_back(OursOn(device));
  if (!options.peers) return all;
#if VIGIL_HAVE_ONEDNN
  all.push_back(OursOnOnednn());
#endif
  all.push_back(Opencv());
#if VIGIL_HAVE_TRAINING
  all.push_back(Libtorch());
#endif
  if (!options.python.empty())
    for (ContenderFactory& wheel : Wheels(options.python, options.script, options.vulkan))
      all.push_back(std::move(wheel));
  return all;
}

// Empty where they agree: sums of different order differ by far less than this. Quantised, a value
// may fall on the other side of a step, which the rest of a network carries on.
std::string Disagreement(const std::vector<float>& got, const std::vector<float>& expected,
                         Precision precision) {
  if (got.size() != expected.size()) return "another number of outputs";
  float largest = 0.0f, difference = 0.0f;
  for (std::size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    difference = std::max(difference, std::abs(got[i] - expected[i]));
  }
  const auto allowed = static_cast<float>(precision == Precision::kInt8      ? kInt8Agreement
                                          : precision == Precision::kFloat16 ? kHalfAgreement
                                                                             : 2e-3);
  return difference <= allowed * largest + 1e-5f ? "" : Text("output differs by ", difference);
}

// The first of each piece of work is ours on cpu.
std::vector<Result> Measure(const Options& options, std::span<const Work> works, int threads,
                            std::span<const ContenderFactory> factories) {
  std::vector<Result> results;
  std::vector<std::unique_ptr<Contender>> contenders;
  for (const Work& work : works) {
    std::vector<float> expected;
    for (const ContenderFactory& factory : factories) {
      if (work.int8() && !factory.int8) continue;
      if (work.precision == Precision::kFloat16 && !factory.half) continue;
      Result& result = results.emplace_back(Result{factory.name, factory.device, &work, "", {}});
      contenders.push_back(nullptr);
      try {
        auto contender = factory.make(work, threads);
        const std::vector<float> answer = contender->Answer();
        if (expected.empty()) expected = answer;
        result.refusal = Disagreement(answer, expected, work.precision);
        if (result.refusal.empty()) contenders.back() = std::move(contender);
      } catch (const Error& error) {
        result.refusal = error.what();
      }
    }
  }
  constexpr int kWarmUp = 3;
  // OpenMP's threads spin after their work: GNU's for some 15 ms, LLVM's for 200.
  const std::chrono::milliseconds rest(threads > 1 && contenders.size() > 1 ? 250 : 30);
  std::vector<std::size_t> order(contenders.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937 generator(1);
  for (int turn = -kWarmUp; turn < options.turns; ++turn) {
    std::ranges::shuffle(order, generator);
    for (const std::size_t i : order) {
      if (!contenders[i]) continue;
      std::this_thread::sleep_for(rest);
      contenders[i]->Milliseconds();  // its memory in the caches, its threads awake
      const double took = contenders[i]->Milliseconds();
      if (turn >= 0) results[i].times.push_back(took);
    }
  }
  return results;
}

// How many times as long as `others` its turns took: median and quartiles.
void AddRatios(nlohmann::json& row, const std::string& name, const std::vector<double>& times,
               const std::vector<double>& others) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < times.size() && i < others.size(); ++i)
    ratios.push_back(times[i] / others[i]);
  row[name] = Median(ratios);
  row[name + "_quartiles"] = {Quantile(ratios, 0.25), Quantile(ratios, 0.75)};
}

// `ours`: of the same work. `in_floats`: ours too, where this is int8's.
nlohmann::json ToJson(int threads, const Result& result, const Result& ours,
                      const Result* in_floats, const PeaksByDevice& all_peaks) {
  const Work& work = *result.work;
  nlohmann::json row{{"network", work.network},
                     {"batch", work.batch},
                     {"precision", PrecisionName(work.precision)},
                     {"threads", threads},
                     {"contender", result.contender}};
  if (result.times.empty()) {
    row["refusal"] = result.refusal;
    return row;
  }
  const double median = Median(result.times);
  const double gflops = 2.0 * static_cast<double>(work.graph.Cost().macs) / median / 1e6;
  row["median_ms"] = median;
  row["quartiles_ms"] = {Quantile(result.times, 0.25), Quantile(result.times, 0.75)};
  AddRatios(row, "against_ours", result.times, ours.times);
  if (in_floats) AddRatios(row, "fp32_against_this", in_floats->times, result.times);
  row["gflop_per_second"] = gflops;
  const auto peaks = all_peaks.find(result.device);
  const double peak = peaks == all_peaks.end() ? 0.0
                      : work.int8()            ? peaks->second.int8_gops
                                               : peaks->second.gflops;
  if (peak > 0.0) row["share_of_peak"] = gflops / peak;
  return row;
}

void Print(const nlohmann::json& row) {
  std::cout << "  " << row["precision"].get<std::string>() << " " << std::left << std::setw(26)
            << row["contender"].get<std::string>() << std::right << std::fixed;
  if (row.contains("refusal")) {
    std::cout << "  " << row["refusal"].get<std::string>() << "\n";
    return;
  }
  const auto number = [&](const nlohmann::json& value) { return value.get<double>(); };
  std::cout << std::setprecision(2) << std::setw(10) << number(row["median_ms"]) << " ms"
            << std::setw(8) << number(row["against_ours"]) << " x  ("
            << number(row["against_ours_quartiles"][0]) << " to "
            << number(row["against_ours_quartiles"][1]) << ")" << std::setprecision(0)
            << std::setw(8) << number(row["gflop_per_second"]) << " GFLOP/s";
  if (row.contains("share_of_peak"))
    std::cout << std::setw(6) << 100.0 * number(row["share_of_peak"]) << " % of peak";
  if (row.contains("fp32_against_this")) {
    std::cout << std::setprecision(2) << "   fp32 takes " << number(row["fp32_against_this"])
              << " x (" << number(row["fp32_against_this_quartiles"][0]) << " to "
              << number(row["fp32_against_this_quartiles"][1]) << ")";
  }
  std::cout << "\n";
}

// A network in the precisions asked for, fp32 first.
std::vector<Work> Works(const Options& options, const std::string& network, std::int64_t batch,
                        const std::filesystem::path& folder) {
  const auto wanted = [&](const char* precision) {
    return std::ranges::count(options.precisions, precision) > 0;
  };
  const std::string name = Text(network, "_", batch);
  std::vector<Work> works;
  works.push_back(MakeWork(network, batch, folder / (name + ".onnx")));
  if (wanted("fp16")) works.push_back(Halved(works[0]));
  if (wanted("int8")) works.push_back(Quantized(works[0], folder / (name + "_int8.onnx")));
  if (!wanted("fp32")) works.erase(works.begin());
  return works;
}

void AddRows(nlohmann::json& report, const std::vector<Result>& results, int threads,
             const PeaksByDevice& peaks) {
  const Result* ours = nullptr;
  for (const Result& result : results) {
    const bool first = !ours || ours->work != result.work;
    if (first) ours = &result;
    const bool both = first && result.work != results[0].work;
    const nlohmann::json row = ToJson(threads, result, *ours, both ? &results[0] : nullptr, peaks);
    Print(row);
    report["rows"].push_back(row);
  }
  std::cout << std::flush;
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Networks on our backends and on other engines, in turns");
  app.add_option("--networks", options.networks)
      ->check(CLI::IsMember(NetworkNames()))
      ->capture_default_str();
  app.add_option("--batches", options.batches)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--threads", options.threads)->check(CLI::Range(1, 256))->capture_default_str();
  app.add_option("--precisions", options.precisions)
      ->check(CLI::IsMember({"fp32", "fp16", "int8"}))
      ->capture_default_str();
  app.add_option("--turns", options.turns)->check(CLI::Range(3, 100000))->capture_default_str();
  app.add_option("--python", options.python, "asks the engines that this Python has as wheels");
  app.add_option("--wheels", options.script, "the script that it runs")->capture_default_str();
  app.add_flag("--vulkan", options.vulkan, "every Vulkan device too");
  app.add_flag("!--no-peers", options.peers, "ours alone");
  app.add_option("--json", options.json, "write the figures to this file");
  app.add_flag("--layers", options.layers, "the layers of ours that take the most time");
  app.add_option(
      "--roofline", options.roofline,
      "draw all layers of ours into this file (SVG), at the last of --threads; on Vulkan "
      "into FILE-vulkan.svg");
  app.add_option("--compare", options.compare, "print how B differs from A, two files of --json")
      ->expected(2);
  CLI11_PARSE(app, argc, argv);
  if (!options.compare.empty())
    return PrintComparison(options.compare[0], options.compare[1], std::cout);

  const TemporaryFolder folder("speed");
  const std::vector<ContenderFactory> factories = Contenders(options);
  nlohmann::json report;
  for (const BackendOffer& offer : ListBackends())
    if (offer.available) report["devices"].push_back(offer.device);
  std::cout << OpenBackend("cpu")->device() << "\n";
  const std::vector<std::string> devices = Devices(options);
  std::map<std::string, std::vector<Layer>> drawn;
  PeaksByDevice peaks;
  const auto measured = [&](const std::string& device, const Peaks& found, nlohmann::json row) {
    peaks[device] = found;
    row["device"] = device;
    row["gflop_per_second"] = found.gflops;
    if (found.int8_gops > 0.0) row["int8_gop_per_second"] = found.int8_gops;
    row["copy_gb_per_second"] = found.copy_gb_second;
    report["peaks"].push_back(std::move(row));
  };
  for (const std::string& device : devices) {
    if (device == "cpu") continue;
    measured(device, MeasurePeaksOf(device), nlohmann::json::object());
    std::cout << device << ", " << OpenDevice(device)->device() << ": " << PeaksText(peaks[device])
              << "\n";
  }
  for (const int threads : options.threads) {
    const bool last = threads == options.threads.back();
    measured("cpu", MeasurePeaks(threads), {{"threads", threads}});
    std::cout << threads << (threads == 1 ? " thread: " : " threads: ") << PeaksText(peaks["cpu"])
              << "\n";
    for (const std::string& network : options.networks) {
      for (const std::int64_t batch : options.batches) {
        const std::vector<Work> works = Works(options, network, batch, folder.path());
        std::cout << network << ", batch " << batch << ", " << threads << " threads, " << std::fixed
                  << std::setprecision(3) << static_cast<double>(works[0].graph.Cost().macs) / 1e9
                  << " GMAC\n";
        AddRows(report, Measure(options, works, threads, factories), threads, peaks);
        if (!options.layers && options.roofline.empty()) continue;
        for (const Work& work : works) {
          if (work.precision == Precision::kFloat16) continue;  // layers of floats stand for it
          for (const std::string& device : devices) {
            if (device != "cpu" && !last) continue;  // the threads are not Vulkan's
            const std::vector<Layer> layers = ProfileLayers(work, device, threads);
            if (options.layers) {
              std::cout << "   on " << device << "\n";
              PrintLayers(layers, peaks[device], std::cout);
            }
            if (last) drawn[device].insert(drawn[device].end(), layers.begin(), layers.end());
          }
        }
      }
    }
  }
  for (const auto& [device, layers] : drawn) {
    if (options.roofline.empty()) break;
    const std::string where = device == "cpu" ? Text("cpu, threads: ", options.threads.back())
                                              : OpenDevice(device)->device();
    WriteRoofline(layers, peaks[device], where, RooflineFile(options.roofline, device));
  }
  if (!options.json.empty()) std::ofstream(options.json) << report.dump(1) << "\n";
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  return vigil::RunProgram("speed", vigil::bench::Main, argc, argv);
}
