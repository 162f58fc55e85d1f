// vigil demo: the main job from end to end, on images whose truth is known.
#ifndef VIGIL_TOOLS_VIGIL_DEMO_DEMO_H_
#define VIGIL_TOOLS_VIGIL_DEMO_DEMO_H_

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "estimator/data/dataset.h"
#include "estimator/evaluation/estimator_table.h"
#include "estimator/monitor/performance.h"
#include "estimator/store/store.h"
#include "tools/vigil/dataset_detector.h"

namespace vigil {

struct DemoOptions {
  std::string dataset = "heads";  // heads, cifar10
  std::string root;               // of cifar10's binary files
  std::string images;             // a folder of the user's own images, instead of a dataset
  std::string target, estimator;  // ONNX files; empty: the ones that ship
  DetectorOption detector;        // of heads
  std::string backend = "auto";
  int device = -1;
  std::int64_t count = 0;  // images of the stream; 0: 1,000
  std::uint64_t seed = 1;
  std::string idle = "2s";  // seconds of T's silence ("2s", "0.5s"), or "now"
  std::string store;        // keep the store here; empty: a temporary file that is removed
  bool json = false;
};

// What goes by T.
struct DemoStream {
  std::shared_ptr<const Dataset> data;  // crops of T's input size
  bool labelled = true;                 // the truth is known
  bool augmented = true;                // `applied` is known
  std::string conditions;               // in words: the mix of causes
};

struct CauseCount {
  Cause cause = Cause::kOther;
  std::int64_t applied = 0;    // images that it was put into (other: untouched ones)
  std::int64_t failures = 0;   // of T that have it
  std::int64_t predicted = 0;  // failures that PE names it for, right or wrong
  std::int64_t found = 0;      // failures that have it and for which PE names it
};

struct DemoTimings {
  double target_ms = 0.0, kept_ms = 0.0;  // medians of an inference, without and with its taps kept
  double estimator_ms = 0.0;              // a record, in PE
  double stream_seconds = 0.0, idle_seconds = 0.0, evaluate_seconds = 0.0;
};

// T and PE repeated on another backend.
struct Agreement {
  std::string device;
  std::int64_t images = 0;
  std::int64_t same_decisions = 0;       // of T
  std::int64_t same_verdicts = 0;        // of PE
  double largest_output_difference = 0;  // of T's output
  double largest_p_difference = 0;       // of PE's p(correct)
};

struct DemoResult {
  Task task;
  std::string data, conditions, backend, device, why_backend, precision, idle_policy, idle_reason;
  std::string target_file, estimator_file;
  std::int64_t images = 0;
  std::optional<double> true_accuracy;
  Estimate estimate;
  std::vector<CauseCount> causes;        // empty where nothing is known of causes
  std::optional<Metrics> metrics;        // of PE, where the truth is known
  std::optional<double> baseline_auroc;  // of T's own confidence, on the same images
  std::string baseline;
  StoreStats stored;
  double raw_bytes_per_record = 0.0;  // taps before compression
  DemoTimings timings;
  std::optional<Agreement> agreement;
  std::string no_agreement_reason;
};

// Throws Error for anything that keeps the job from being done.
DemoStream OpenDemoStream(const DemoOptions& options, const Task& task, int side);
DemoResult RunDemo(const DemoOptions& options);
void PrintDemo(const DemoResult& result);

// The paper's Table 6, which only labelled CIFAR-10 allows; `vigil evaluate` adds all baselines and
// windows.
EstimatorTable MakeDemoTable(const DemoOptions& options);
void PrintDemoJson(const DemoResult& result, const std::optional<EstimatorTable>& table);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_DEMO_DEMO_H_
