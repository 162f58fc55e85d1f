// What stability costs a record, beside what PE does: T's tail from the deepest and from the
// earliest of the kept taps that it can be cut at.
//   robustness_bench [--json] [ROUNDS]
// Medians of ROUNDS (20) of chunks of 16 records, on the CPU, in turns; the process's own threads
// take turns with nobody.
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "bench/figures.h"
#include "bench/tapped_targets.h"
#include "engine/base/program.h"
#include "engine/cpu/cpu_backend.h"
#include "estimator/monitor/robustness/stability_evaluator.h"
#include "estimator/taps/tap_plan.h"
#include "estimator/verdict/evaluator.h"

namespace vigil::bench {
namespace {

constexpr std::int64_t kRecords = 16;

// Records whose taps have T's shapes and a spread of values.
std::vector<Record> MakeRecords(const Graph& target, std::size_t outputs) {
  std::vector<Record> records;
  for (std::int64_t id = 1; id <= kRecords; ++id) {
    Record record{.id = id};
    for (const ValueId tap : target.taps()) {
      const Value& value = target.value(tap);
      Tensor tensor(TensorDesc{DType::kFloat32, value.desc.shape.With(0, 1)});
      std::uint32_t state = static_cast<std::uint32_t>(id) * 2654435761u;
      for (float& each : tensor.as<float>()) {
        state = state * 1664525u + 1013904223u;
        each = static_cast<float>(state >> 8) * 0x1p-22f;
      }
      StoredTap stored{value.name, tensor.shape(), Encoding::kInt8, {}};
      stored.bytes.resize(EncodedSampleBytes(tensor.shape(), stored.encoding));
      Encode(tensor.view(), stored.encoding, stored.bytes);
      record.taps.push_back(std::move(stored));
    }
    record.output.assign(outputs, 0.1f);
    record.output[0] = 0.2f;
    records.push_back(std::move(record));
  }
  return records;
}

struct Contender {
  std::string name;
  std::unique_ptr<RecordEvaluator> evaluator;
  std::vector<double> microseconds;  // a record
};

void Run(int rounds, bool as_json) {
  nlohmann::json lines = nlohmann::json::array();
  std::cout << std::fixed << std::setprecision(0);
  for (const std::string task_name : {"cifar10", "directness"}) {
    const Graph target = TappedTargetOf(task_name), estimator = EstimatorOf(task_name);
    const EstimatorMetadata metadata = ReadEstimatorMetadata(estimator);
    const Task task = TaskFromName(metadata.task);
    const auto records = MakeRecords(target, static_cast<std::size_t>(task.outputs));
    for (const int threads : {1, 2}) {
      CompileOptions compile;
      compile.threads = threads;
      std::vector<Contender> contenders;
      contenders.push_back(
          {"PE",
           std::make_unique<Evaluator>(Session(estimator, MakeCpuBackend(), compile), metadata, 1),
           {}});
      for (const char* choice : {"deepest", "earliest"}) {
        StabilityProbe probe(ChooseTail(target, metadata.taps, choice), task, MakeCpuBackend(),
                             compile);
        const std::string name =
            "stability, " + std::to_string(probe.rows()) + " rows from " + probe.tap();
        if (contenders.back().name == name) continue;  // there is but one tap to cut at
        contenders.push_back({name, std::make_unique<StabilityEvaluator>(std::move(probe)), {}});
      }
      std::vector<Verdict> verdicts(records.size());
      for (int round = -2; round < rounds; ++round) {  // two that warm up
        for (Contender& contender : contenders) {
          const auto begin = Clock::now();
          contender.evaluator->Evaluate(records, verdicts);
          if (round >= 0) contender.microseconds.push_back(MicrosecondsSince(begin) / kRecords);
        }
      }
      const double of_estimator = Median(contenders[0].microseconds);
      for (const Contender& contender : contenders) {
        const double median = Median(contender.microseconds);
        lines.push_back({{"task", task_name},
                         {"threads", threads},
                         {"name", contender.name},
                         {"microseconds_a_record", median},
                         {"times_estimator", median / of_estimator}});
        if (as_json) continue;
        std::cout << std::left << std::setw(12) << task_name << threads << " threads  "
                  << std::setw(46) << contender.name << std::right << std::setw(8) << median
                  << " us a record  " << std::setprecision(1) << std::setw(5)
                  << median / of_estimator << " times PE\n"
                  << std::setprecision(0);
      }
    }
  }
  if (as_json) std::cout << lines.dump(2) << "\n";
}

int Main(int argc, char** argv) {
  bool as_json = false;
  int rounds = 20;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--json") {
      as_json = true;
    } else {
      rounds = std::max(1, std::atoi(argv[i]));
    }
  }
  Run(rounds, as_json);
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  return vigil::RunProgram("robustness_bench", vigil::bench::Main, argc, argv);
}
