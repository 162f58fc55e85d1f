// What a network computes in on a device: asked for, or picked by measurement.
#ifndef VIGIL_ENGINE_SESSION_PRECISION_H_
#define VIGIL_ENGINE_SESSION_PRECISION_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/graph/half_plan.h"

namespace vigil {

// kFloat32: as the graph says; what a file quantises is rounded to its steps in float.
// kFloat16: float16 storage, float32 arithmetic (graph/half_plan.h).
// kInt8: what the graph quantises runs in integers (graph/fuse_quantized.h), the rest in float32.
// kAuto: the fastest of those whose answers agree.
enum class Precision { kFloat32, kFloat16, kInt8, kAuto };

std::string_view PrecisionName(Precision precision);  // "fp32", "fp16", "int8", "auto"
// "cpu (AMD EPYC, 2 threads, ...), fp32", as every figure says.
std::string Describe(const Backend& backend, Precision precision = Precision::kFloat32);
// Throws Error (Api, kNotFound) that lists the names.
Precision PrecisionFromName(std::string_view name);

// What a model is meant to run in: int8 where it is quantised, else fp32.
Precision DefaultPrecision(const Graph& graph);

// How far an answer may be from fp32's for kAuto to take its precision: parts of the largest
// magnitude in that output. Rounding errors of float16 are a tenth of this; quantised values may
// fall on either side of a step, which the rest of a network carries on.
inline constexpr double kHalfAgreement = 0.01;
inline constexpr double kInt8Agreement = 0.05;

// One precision that kAuto tried.
struct PrecisionTrial {
  Precision precision = Precision::kFloat32;
  double milliseconds = 0.0;  // median of a run at the options' batch
  double difference = 0.0;    // from fp32, as kHalfAgreement measures it
  std::string refusal;        // why it was not even compiled, or not taken; empty: a candidate
};

// What to hand to a Session.
struct PrecisionChoice {
  Precision precision = Precision::kFloat32;  // never kAuto
  std::optional<Graph> lowered;               // empty: the graph itself, in fp32
  HalfPlan half;                              // what fp16 keeps in float32, and why
  std::vector<PrecisionTrial> trials;         // of kAuto
};

// `probes` are inputs of the graph's batch, at least one; they decide what overflows in float16,
// and kAuto is measured on the first. Throws Error (Model, kUnsupported) where int8 is asked for a
// model that is not quantised, or fp16 of a device without 16-bit storage.
PrecisionChoice ChoosePrecision(const Graph& graph, Backend& backend, Precision wanted,
                                const CompileOptions& options,
                                std::span<const std::vector<Tensor>> probes);

}  // namespace vigil

#endif  // VIGIL_ENGINE_SESSION_PRECISION_H_
