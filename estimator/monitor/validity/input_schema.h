// What T's inputs look like, learned from what T was trained on, and what they would look like if
// the pipeline before T made a mistake.
#ifndef VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_SCHEMA_H_
#define VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_SCHEMA_H_

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/graph/graph.h"
#include "estimator/monitor/validity/feature_density.h"
#include "estimator/monitor/validity/input_violation.h"

namespace vigil {

// A mistake of a pipeline: what it is called, which violation it is, and what the same images'
// features are where it is made.
struct KnownMistake {
  std::string name;  // "bytes 0 to 255"
  InputViolation violation = InputViolation::kNormalisation;
  FeatureDensity density;
  // What values can be with it; an input beyond them speaks against it for good.
  ChannelLimits limits;
  // Different inputs until it is recognised, the median over the learned images put through the
  // mistake; 0: it is not told from ordinary inputs, and not looked for.
  int inputs_to_recognise = 0;
};

struct InputSchema {
  static constexpr std::size_t kMostMistakes = 8;
  // Of the range: what resizing with cubic filters and rounding may overshoot.
  static constexpr double kRangeTolerance = 0.02;

  std::string input;  // T's name of it
  Shape shape;        // of one
  DType dtype = DType::kFloat32;
  std::string channel_order;          // "RGB"; empty: none that has a meaning
  std::vector<ChannelLimits> limits;  // of the first four channels: what pixels can be
  // Greatest share of values at the ends of their range that is not saturated; 1: none is.
  double saturated_above = 1.0;
  // Below this logarithm of far over near differences a single input is transposed.
  double transposed_below = 0.0;
  FeatureDensity ordinary;  // empty where there is nothing to sample (not float32, a vector)
  std::vector<KnownMistake> mistakes;  // at most kMostMistakes
  std::string learned_on;              // "CIFAR-10 data_batch_1-3"
  std::int64_t images = 0;

  double Span() const;  // of all limits
  std::size_t channels() const { return limits.size(); }
};

// JSON of version 1. Reading back throws Error (Model, kMalformed) naming the key and what was
// expected, (Model, kUnsupported) for another version.
inline constexpr int kInputSchemaVersion = 1;
std::string ToJsonText(const InputSchema& schema);
InputSchema ParseInputSchema(std::string_view text);

// The key of a model's metadata that holds it.
inline constexpr const char* kInputSchemaKey = "vigil.input_schema";

// What the graph's metadata hold; nothing where they hold none. Throws as ParseInputSchema, and
// (Model, kInvalidShape) where it is of another input than the graph's first.
std::optional<InputSchema> InputSchemaOf(const Graph& model);
Graph WithInputSchema(const Graph& model, const InputSchema& schema);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_VALIDITY_INPUT_SCHEMA_H_
