#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/idle/scheduler.h"
#include "estimator/models/model_files.h"
#include "estimator/monitor/baselines/baselines_output.h"
#include "estimator/service/estimation_pass.h"
#include "estimator/service/target_runtime.h"
#include "estimator/verdict/ranking.h"
#include "tools/vigil/demo/demo.h"
#include "tools/vigil/demo/demo_parts.h"
#include "tools/vigil/progress.h"
#include "tools/vigil/store_file.h"

namespace vigil {
namespace {

using std::chrono::steady_clock;

double SecondsSince(steady_clock::time_point begin) {
  return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

double Median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

// The stream through T: what it said of each image, and the ticket of its record.
struct Passed {
  Sample sample;  // without its picture
  std::vector<float> output;
  std::int64_t ticket = -1;
};

std::vector<Passed> Stream(TargetRuntime& runtime, const Dataset& data, const JudgedModels& models,
                           bool quiet) {
  Progress progress("T", quiet);
  Tensor image(models.target.value(models.target.inputs()[0]).desc);
  std::vector<Passed> passed;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    Passed now;
    now.sample = data.Get(i);
    ToTensor(now.sample.image, models.normalisation, image.as<float>());
    now.sample.image = {};
    now.output.resize(static_cast<std::size_t>(models.task.outputs));
    now.ticket = runtime.Infer(image.view(), now.output).ticket;
    passed.push_back(std::move(now));
    progress.Update(static_cast<double>(i + 1) / static_cast<double>(data.size()),
                    Text(i + 1, " of ", data.size(), " images"));
  }
  runtime.Flush();
  return passed;
}

// T alone and T with its taps kept, in turns, so that both see the same machine.
void MeasureTapping(TargetRuntime& runtime, const Dataset& data, const JudgedModels& models,
                    DemoTimings& timings) {
  constexpr int kRuns = 25;
  Tensor image(models.target.value(models.target.inputs()[0]).desc);
  ToTensor(data.Get(0).image, models.normalisation, image.as<float>());
  Tensor output(models.target.value(models.target.outputs()[0]).desc);
  std::vector<std::byte> slot(runtime.plan().SlotBytes(1));
  std::vector<double> alone, kept;
  for (int run = 0; run < kRuns; ++run) {
    for (const bool keep : {false, true}) {
      const auto begin = steady_clock::now();
      runtime.target().Run(std::as_const(image).view(), output.as<float>(),
                           keep ? std::span(slot) : std::span<std::byte>{});
      (keep ? kept : alone).push_back(SecondsSince(begin) * 1e3);
    }
  }
  timings.target_ms = Median(alone);
  timings.kept_ms = Median(kept);
}

IdlePolicy PolicyOf(const std::string& idle) {
  if (idle == "now") return IdlePolicy::Now();
  char* end = nullptr;
  const double seconds = std::strtod(idle.c_str(), &end);
  if (end == idle.c_str() || (std::string(end) != "s" && *end != '\0') ||
      !(seconds >= 0.0 && seconds <= 3600.0)) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("--idle '", idle, "': expected seconds such as 2s, at most 3600s, or now"));
  }
  IdlePolicy policy = IdlePolicy::Demo();
  policy.idle_after = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
  return policy;
}

void WaitUntilJudged(IdleScheduler& scheduler, Store& store, std::int64_t records, bool quiet) {
  Progress progress("idle, PE", quiet);
  while (true) {
    const SchedulerStatus status = scheduler.status();
    const std::int64_t left = store.Stats().records;
    const double share =
        records > 0 ? 1.0 - static_cast<double>(left) / static_cast<double>(records) : 1.0;
    progress.Update(share, Text(records - left, " of ", records, " records, ", status.reason));
    if (left == 0) return;
    if (status.errors > 3) {
      throw Error(Fault::kModel, ErrorCode::kUnavailable,
                  Text("PE fails again and again: ", status.last_error));
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

void AddTruth(DemoResult& result, const std::vector<Passed>& passed, const DemoStream& stream,
              const std::vector<std::int64_t>& ids, const std::vector<Verdict>& verdicts) {
  std::map<std::int64_t, const Verdict*> by_record;
  for (const Verdict& verdict : verdicts) by_record[verdict.record_id] = &verdict;
  std::map<Cause, CauseCount> counts;
  for (const Cause cause : result.task.causes) counts[cause].cause = cause;
  std::vector<Verdict> judged;
  std::vector<Outcome> outcomes;
  std::vector<Ranked> baseline;
  std::int64_t right = 0;
  for (const Passed& one : passed) {
    const bool correct = result.task.IsCorrect(one.output, one.sample.truth);
    right += correct;
    const CauseSet why =
        stream.augmented ? CausesOfFailure(correct, one.sample.applied) : CauseSet{};
    const auto ticket = static_cast<std::size_t>(one.ticket);
    const auto found = one.ticket >= 0 ? by_record.find(ids[ticket]) : by_record.end();
    const Verdict* verdict = found == by_record.end() ? nullptr : found->second;
    for (auto& [cause, count] : counts) {
      count.applied +=
          cause == Cause::kOther ? one.sample.applied.empty() : one.sample.applied.Has(cause);
      count.failures += why.Has(cause);
      if (!verdict) continue;
      count.predicted += verdict->causes.Has(cause);
      count.found += why.Has(cause) && verdict->causes.Has(cause);
    }
    if (!verdict) continue;
    judged.push_back(*verdict);
    outcomes.push_back({correct, why});
    baseline.push_back({DefaultBaseline(result.task, one.output), correct});
  }
  result.true_accuracy = static_cast<double>(right) / static_cast<double>(passed.size());
  if (!judged.empty()) {
    result.metrics = ComputeMetrics(judged, outcomes, result.task.causes);
    result.baseline_auroc = Auroc(baseline);
    result.baseline = DefaultBaselineName(result.task);
  }
  if (!stream.augmented) return;
  for (const Cause cause : result.task.causes) result.causes.push_back(counts[cause]);
}

DemoResult Described(const JudgedModels& models, const DemoStream& stream,
                     const ChosenBackend& chosen, const IdlePolicy& policy) {
  DemoResult result;
  result.task = models.task;
  result.data = stream.data->name();
  result.conditions = stream.conditions;
  result.backend = std::string(chosen.backend->name());
  result.device = chosen.backend->device();
  result.why_backend = chosen.why;
  result.precision = "fp32, taps int8 a channel";
  result.idle_policy = Describe(policy);
  result.target_file = models.target_path.filename().string();
  result.estimator_file = models.estimator_path.filename().string();
  result.images = stream.data->size();
  return result;
}

TargetRuntimeOptions RuntimeOptions(const DemoOptions& options, const JudgedModels& models,
                                    std::int64_t images, ActivityPage& activity) {
  TargetRuntimeOptions runtime;
  runtime.tap_encodings = {kEvaluationEncoding};
  runtime.keeper.sampler.capacity = std::max<std::int64_t>(images, 1024);
  runtime.keeper.sampler.seed = options.seed;
  runtime.keeper.slots = 64;
  runtime.keeper.model_hash = HashModelFile(models.target_path);
  runtime.activity = &activity;
  return runtime;
}

std::vector<std::unique_ptr<RecordEvaluator>> MakeEvaluators(
    const JudgedModels& models, const std::shared_ptr<Backend>& backend) {
  CompileOptions compile;
  compile.low_priority = true;
  std::vector<std::unique_ptr<RecordEvaluator>> evaluators;
  evaluators.push_back(
      std::make_unique<Evaluator>(Session(models.estimator, backend, compile), models.metadata,
                                  EstimatorHash(models.metadata, models.estimator_path)));
  return evaluators;
}

void JudgeWhenIdle(const IdlePolicy& policy, Signals& signals, EstimationPass& pass, Store& store,
                   bool quiet, DemoResult& result) {
  const auto begin = steady_clock::now();
  {
    IdleScheduler scheduler(policy, signals, pass.Work());
    scheduler.Start();
    WaitUntilJudged(scheduler, store, store.Stats().records, quiet);
    result.idle_reason = scheduler.status().reason;
    scheduler.Stop();
  }
  result.timings.idle_seconds = SecondsSince(begin);
  result.timings.evaluate_seconds = pass.evaluate_seconds();
  result.timings.estimator_ms =
      pass.judged() > 0 ? pass.evaluate_seconds() * 1e3 / static_cast<double>(pass.judged()) : 0.0;
}

// The stream's images are independent draws, not frames of one scene, unless they are the user's.
Estimate EstimateOf(const JudgedModels& models, std::span<const Verdict> verdicts,
                    std::span<const EpochCounts> epochs, bool independent) {
  if (!models.metadata.calibration) return {.reason_if_none = "PE's file holds no calibration"};
  PerformanceOptions performance;
  performance.blocks.independent = independent;
  return EstimatePerformance(verdicts, epochs, *models.metadata.calibration, performance);
}

}  // namespace

DemoResult RunDemo(const DemoOptions& options) {
  const JudgedModels models = LoadDemoModels(options);
  const IdlePolicy policy = PolicyOf(options.idle);
  const DemoStream stream = OpenDemoStream(options, models.task, models.side);
  const ChosenBackend chosen = ChooseBackend(options.backend, options.device);
  DemoResult result = Described(models, stream, chosen, policy);

  const StoreFile file(options.store, "demo");
  const auto store = std::make_shared<Store>(file.path(), OneRunStoreOptions());
  ActivityPage activity;
  TargetRuntime runtime(models.target, chosen.backend, store,
                        RuntimeOptions(options, models, result.images, activity));
  EstimationPass pass(store, MakeEvaluators(models, chosen.backend));
  SystemSignals signals(&activity);

  MeasureTapping(runtime, *stream.data, models, result.timings);
  const auto stream_begin = steady_clock::now();
  const std::vector<Passed> passed = Stream(runtime, *stream.data, models, options.json);
  result.timings.stream_seconds = SecondsSince(stream_begin);
  JudgeWhenIdle(policy, signals, pass, *store, options.json, result);

  const std::vector<Verdict> verdicts = store->Verdicts();
  result.estimate = EstimateOf(models, verdicts, store->Epochs(), options.images.empty());
  if (stream.labelled) AddTruth(result, passed, stream, runtime.StoredIds(), verdicts);
  result.stored = store->Stats();
  result.raw_bytes_per_record = static_cast<double>(runtime.plan().record_bytes);
  if (chosen.is_gpu) {
    result.no_agreement_reason = "ran on a GPU";
  } else {
    CompareWithVulkan(models, stream, result);
  }
  return result;
}

}  // namespace vigil
