// What each monitor of the idle pass costs a record, beside PE: the models that ship, on the CPU.
//   monitors_bench [--json] [ROUNDS]
// Medians of ROUNDS (20) turns of 64 records on one thread, in the evaluators' own chunks; a pass
// reads sealed records from a store, judges them and stores what came of it.
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "bench/figures.h"
#include "bench/monitors/made_records.h"
#include "bench/tapped_targets.h"
#include "bench/temporary_folder.h"
#include "engine/base/program.h"
#include "engine/base/text.h"
#include "engine/cpu/cpu_backend.h"
#include "estimator/models/model_files.h"
#include "estimator/monitor/robustness/competence_evaluator.h"
#include "estimator/monitor/robustness/stability_evaluator.h"
#include "estimator/report/device_report.h"
#include "estimator/report/report_html.h"
#include "estimator/service/estimation_pass.h"
#include "estimator/service/monitors.h"
#include "estimator/store/sealed_codec.h"

namespace vigil::bench {
namespace {

constexpr std::int64_t kRecords = 64;      // a turn: IdlePolicy::max_chunk_records
constexpr std::int64_t kVerdicts = 15000;  // of a report
constexpr std::uint64_t kEstimatorHash = 1;
constexpr int kWarmUp = 2;

struct Row {
  std::string what;
  std::string unit = "us a record";
  double divisor = kRecords;  // of a turn's microseconds
  std::vector<double> figures;

  void Add(int round, Clock::time_point begin) {
    if (round >= 0) figures.push_back(MicrosecondsSince(begin) / divisor);
  }
};

struct Shipped {
  std::string task;
  Graph target, estimator;
  EstimatorMetadata metadata;
  std::vector<Record> records;
};

Shipped Load(const std::string& task) {
  Shipped shipped{task, TappedTargetOf(task), EstimatorOf(task), {}, {}};
  shipped.metadata = ReadEstimatorMetadata(shipped.estimator);
  const auto outputs = static_cast<std::size_t>(TaskFromName(shipped.metadata.task).outputs);
  shipped.records = MakeRecords(shipped.target, outputs, kRecords);
  return shipped;
}

PassParts PartsOf(const Shipped& shipped, const MonitorOptions& options) {
  PassBackend backend{MakeCpuBackend(), {}, {}, nullptr};
  backend.compile.threads = 1;
  return MakePassParts(shipped.estimator, kEstimatorHash, backend, options);
}

MonitorOptions All(const std::string& task) {
  return {.outliers = FindModel(task + "_monitor"),
          .tail = "deepest",
          .target = FindModel(task + "_target")};
}

// T's tail from the earliest of the taps where it can be cut; none where that is the deepest too.
std::unique_ptr<RecordEvaluator> EarliestStability(const Shipped& shipped) {
  PassParts parts = PartsOf(
      shipped, {.tail = "earliest", .target = FindModel(shipped.task + "_target"), .drift = false});
  const Tail deepest = ChooseTail(shipped.target, shipped.metadata.taps, TailChoice::kDeepest);
  for (auto& evaluator : parts.evaluators) {
    const auto* stability = dynamic_cast<const StabilityEvaluator*>(evaluator.get());
    if (stability && stability->probe().tap() != deepest.tap) return std::move(evaluator);
  }
  return nullptr;
}

// Of models that ship without one, the weights are made; what they are does not change the cost.
void AddCompetence(std::vector<std::unique_ptr<RecordEvaluator>>& evaluators) {
  for (const auto& evaluator : evaluators)
    if (evaluator->name() == "competence") return;
  const CompetenceFit plain{.weight = {0.5, 0.5}};
  const CompetenceFit all{.outlier = true, .flip_rate = true, .weight = {0.5, 0.5, 0.2, 0.5}};
  evaluators.push_back(std::make_unique<CompetenceEvaluator>(Competence({plain, all}, 0.05, 100)));
}

std::string NameOf(const RecordEvaluator& evaluator) {
  const auto* stability = dynamic_cast<const StabilityEvaluator*>(&evaluator);
  if (!stability) return std::string(evaluator.name() == "estimator" ? "PE" : evaluator.name());
  return Text("stability, ", stability->probe().rows(), " rows from ", stability->probe().tap());
}

// Each by itself, in the order of a pass, since the later read what the earlier said.
std::vector<Row> TimeParts(const Shipped& shipped, int rounds) {
  PassParts parts = PartsOf(shipped, All(shipped.task));
  AddCompetence(parts.evaluators);
  if (auto earliest = EarliestStability(shipped)) parts.evaluators.push_back(std::move(earliest));
  std::vector<Row> rows;
  for (const auto& evaluator : parts.evaluators) rows.push_back({.what = NameOf(*evaluator)});
  for (const auto& stream : parts.streams) {
    rows.push_back({.what = Text(stream->name(), ", observe")});
    rows.push_back({.what = Text(stream->name(), ", save"), .unit = "us a pass", .divisor = 1.0});
  }
  std::vector<Record> records = shipped.records;
  std::vector<Verdict> verdicts = EvaluateRecords(parts.evaluators, records);
  const std::int64_t step = records.back().time_micros - records.front().time_micros;
  const auto later = [&] {
    for (std::size_t i = 0; i < records.size(); ++i)
      verdicts[i].time_micros = records[i].time_micros += step;
  };
  constexpr int kBaselineTurns = 150;  // some 20 days, after which drift is watched for
  for (int turn = 0; turn < kBaselineTurns; ++turn, later()) {
    for (const auto& stream : parts.streams)
      for (std::size_t i = 0; i < records.size(); ++i) stream->Observe(records[i], verdicts[i]);
  }
  for (int round = -kWarmUp; round < rounds; ++round, later()) {
    auto row = rows.begin();
    for (const auto& evaluator : parts.evaluators) {
      const auto begin = Clock::now();
      evaluator->Evaluate(records, verdicts);
      (row++)->Add(round, begin);
    }
    for (const auto& stream : parts.streams) {
      auto begin = Clock::now();
      for (std::size_t i = 0; i < records.size(); ++i) stream->Observe(records[i], verdicts[i]);
      (row++)->Add(round, begin);
      begin = Clock::now();
      const std::string state = stream->Save();
      (row++)->Add(round, begin);
    }
  }
  return rows;
}

StoreOptions StoreBounds() {
  StoreOptions options;
  options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
  options.max_age = std::chrono::hours(24 * 36500);  // made records lie in the past
  options.codec = OpeningCodec({SecretKey::Generate()});
  return options;
}

// The same records from a store of each its own.
std::vector<Row> TimePasses(const Shipped& shipped, int rounds,
                            const std::filesystem::path& folder) {
  struct Contender {
    std::shared_ptr<Store> store;
    EstimationPass pass;
    Row row;
  };
  std::vector<Contender> contenders;
  const auto add = [&](const std::string& what, const MonitorOptions& options) {
    const std::filesystem::path file = folder / Text(shipped.task, contenders.size(), ".db");
    auto store = std::make_shared<Store>(file.string(), StoreBounds());
    PassParts parts = PartsOf(shipped, options);
    contenders.push_back(
        {store,
         EstimationPass(store, std::move(parts.evaluators), std::move(parts.streams)),
         {.what = what}});
  };
  add("a pass, PE alone", {.drift = false});
  add("a pass, PE and all monitors", All(shipped.task));
  std::vector<Record> records = shipped.records;
  for (int round = -kWarmUp; round < rounds; ++round) {
    for (Record& record : records) record.epoch = round + kWarmUp + 1;
    for (Contender& contender : contenders) {
      contender.store->Append(records);
      const auto begin = Clock::now();
      const BatchResult result = contender.pass.Run(kRecords, [] { return false; });
      contender.row.Add(round, begin);
      if (result.records != kRecords)
        throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                    Text("a pass judged ", result.records, " of ", kRecords, " records"));
    }
  }
  std::vector<Row> rows;
  for (Contender& contender : contenders) rows.push_back(std::move(contender.row));
  return rows;
}

std::vector<Row> TimeReport(const Shipped& shipped, int rounds,
                            const std::filesystem::path& folder) {
  Store store((folder / (shipped.task + "_report.db")).string(), StoreBounds());
  FillWithVerdicts(store, kEstimatorHash, kVerdicts);
  if (!shipped.metadata.calibration)
    throw Error(Fault::kModel, ErrorCode::kNotFound, shipped.task + ": PE has no calibration");
  const Calibration& calibration = *shipped.metadata.calibration;
  const std::vector<Verdict> verdicts = store.Verdicts();
  const std::vector<EpochCounts> epochs = store.Epochs();
  const std::string of = Text(" of ", verdicts.size(), " verdicts");
  Row slices{.what = "slices" + of, .unit = "ms", .divisor = 1e3};
  Row report{.what = "report with slices, as HTML" + of, .unit = "ms", .divisor = 1e3};
  for (int round = -1; round < rounds; ++round) {
    auto begin = Clock::now();
    const SliceFindings found = FindSlices(verdicts, epochs, calibration);
    slices.Add(round, begin);
    begin = Clock::now();
    const std::string page = ToHtml(BuildDeviceReport(store, &calibration, shipped.metadata.causes,
                                                      {.estimator_hash = kEstimatorHash},
                                                      verdicts.back().time_micros + 1));
    report.Add(round, begin);
    if (found.looked_at == 0 || page.empty())
      throw Error(Fault::kInput, ErrorCode::kInvalidValue, "the report looked at no slice");
  }
  return {std::move(slices), std::move(report)};
}

void Run(int rounds, bool as_json) {
  const TemporaryFolder folder("monitors");
  nlohmann::json lines = nlohmann::json::array();
  for (const std::string task : {"cifar10", "directness"}) {
    const Shipped shipped = Load(task);
    std::vector<Row> rows = TimeParts(shipped, rounds);
    const double of_estimator = Median(rows[0].figures);
    for (Row& row : TimePasses(shipped, rounds, folder.path())) rows.push_back(std::move(row));
    for (Row& row : TimeReport(shipped, rounds, folder.path())) rows.push_back(std::move(row));
    for (const Row& row : rows) {
      const double median = Median(row.figures);
      nlohmann::json line{
          {"task", task},
          {"what", row.what},
          {"unit", row.unit},
          {"median", median},
          {"quartiles", {Quantile(row.figures, 0.25), Quantile(row.figures, 0.75)}}};
      if (row.divisor == kRecords) line["times_estimator"] = median / of_estimator;
      if (!as_json) {
        std::cout << std::left << std::setw(12) << task << std::setw(48) << row.what << std::right
                  << std::fixed << std::setprecision(2) << std::setw(10) << median << " "
                  << row.unit;
        if (row.divisor == kRecords)
          std::cout << std::setw(10) << median / of_estimator << " times PE";
        std::cout << "\n" << std::flush;
      }
      lines.push_back(std::move(line));
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
      rounds = std::atoi(argv[i]);
    }
    if (rounds < 1) {
      std::cerr << "usage: monitors_bench [--json] [ROUNDS, at least 1]\n";
      return 2;
    }
  }
  Run(rounds, as_json);
  return 0;
}

}  // namespace
}  // namespace vigil::bench

int main(int argc, char** argv) {
  return vigil::RunProgram("monitors_bench", vigil::bench::Main, argc, argv);
}
