#include "estimator/monitor/robustness/stability_evaluator.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "estimator/verdict/record_taps.h"

namespace vigil {

StabilityEvaluator::StabilityEvaluator(StabilityProbe probe, EvaluatorOptions options)
    : probe_(std::move(probe)),
      options_(options),
      chunk_(options.chunk),
      features_(TensorDesc{DType::kFloat32, probe_.shape()}) {
  VIGIL_CHECK(chunk_ >= 1);
}

void StabilityEvaluator::Check(const Record& record) const {
  CheckTap(record, probe_.tap(), probe_.shape(), "the target's tail");
  CheckOutput(record, static_cast<std::size_t>(probe_.task().outputs), "the task");
}

Stability StabilityEvaluator::Measure(const Record& record) {
  DecodeTapInto(*FindTap(record, probe_.tap()), features_.view());
  try {
    Stability stability = probe_.Measure(record.id, features_.view(), record.output);
    if (probe_.failure() && options_.on_device_failure)
      options_.on_device_failure(name(), *probe_.failure());
    return stability;
  } catch (const Error& error) {
    if (error.fault() != Fault::kInput) throw;
    throw Error(error.fault(), error.code(), Text("record ", record.id, ": ", error.what()));
  }
}

// A chunk takes as long as its records do one after the other, so one record is timed.
void StabilityEvaluator::Prepare(const Record& record) {
  probe_.Prepare();
  if (options_.longest_run) {
    const auto least = TimeOf([&] { Measure(record); });
    chunk_ = FitChunk(chunk_, *options_.longest_run,
                      [least](std::int64_t records) { return records * least; });
  }
  prepared_ = true;
}

void StabilityEvaluator::Evaluate(std::span<const Record> records, std::span<Verdict> verdicts) {
  VIGIL_CHECK(records.size() == verdicts.size());
  for (const Record& record : records) Check(record);
  if (!prepared_ && !records.empty()) Prepare(records.front());
  for (std::size_t i = 0; i < records.size(); ++i)
    verdicts[i].readings.flip_rate = static_cast<float>(FlipRate(Measure(records[i])));
}

}  // namespace vigil
