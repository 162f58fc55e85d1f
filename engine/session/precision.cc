#include "engine/session/precision.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/base/text.h"
#include "engine/graph/fuse_quantized.h"
#include "engine/graph/passes.h"
#include "engine/session/observe.h"

namespace vigil {
namespace {

constexpr Precision kAll[] = {Precision::kFloat32, Precision::kFloat16, Precision::kInt8,
                              Precision::kAuto};

PrecisionChoice Lower(const Graph& graph, Backend& backend, Precision precision,
                      std::span<const std::vector<Tensor>> probes) {
  PrecisionChoice choice{precision, std::nullopt, {}, {}};
  if (precision == Precision::kInt8) {
    if (!IsQuantized(graph)) {
      throw Error(Fault::kModel, ErrorCode::kUnsupported,
                  "int8: the model is not quantised (no QuantizeLinear): see `vigil quantize`");
    }
    choice.lowered = FuseQuantized(graph);
  } else if (precision == Precision::kFloat16) {
    const Graph optimised = Optimize(graph);
    choice.half = PlanHalf(optimised, ProbeMagnitudes(backend, optimised, probes));
    choice.lowered = WithHalfStorage(optimised, choice.half);
  }
  return choice;
}

std::vector<Tensor> RunOnce(Executable& executable, const Graph& graph,
                            std::span<const Tensor> inputs) {
  std::vector<ConstTensorView> in;
  for (const Tensor& input : inputs) in.push_back(input.view());
  std::vector<Tensor> outputs;
  std::vector<TensorView> out;
  for (const TensorDesc& desc : graph.Descs(graph.outputs())) outputs.emplace_back(desc);
  for (Tensor& output : outputs) out.push_back(output.view());
  executable.Run(in, out);
  return outputs;
}

// At least three runs, and as many as a fifth of a second holds.
double MedianMilliseconds(Executable& executable, const Graph& graph,
                          std::span<const Tensor> inputs) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  const auto begin = Clock::now();
  while (times.size() < 3 || (Clock::now() - begin < std::chrono::milliseconds(200))) {
    const auto before = Clock::now();
    RunOnce(executable, graph, inputs);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - before).count());
  }
  std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
  return times[times.size() / 2];
}

// The largest over the outputs of the largest difference over the largest magnitude; infinite where
// one is finite and the other is not.
double Difference(const std::vector<Tensor>& expected, const std::vector<Tensor>& actual) {
  double worst = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i].desc().dtype != DType::kFloat32) continue;
    const auto a = expected[i].as<float>(), b = actual[i].as<float>();
    double magnitude = 0.0, difference = 0.0;
    for (std::size_t k = 0; k < a.size(); ++k) {
      if (std::isfinite(a[k]) != std::isfinite(b[k])) return INFINITY;
      if (!std::isfinite(a[k])) continue;
      magnitude = std::max(magnitude, std::abs(double{a[k]}));
      difference = std::max(difference, std::abs(double{a[k]} - double{b[k]}));
    }
    if (difference > 0.0)
      worst = std::max(worst, magnitude > 0.0 ? difference / magnitude : INFINITY);
  }
  return worst;
}

PrecisionChoice PickByMeasurement(const Graph& graph, Backend& backend,
                                  const CompileOptions& options,
                                  std::span<const std::vector<Tensor>> probes) {
  PrecisionChoice best;
  std::vector<PrecisionTrial> trials;
  std::vector<Tensor> expected;
  double best_milliseconds = INFINITY;
  for (const Precision precision : {Precision::kFloat32, Precision::kFloat16, Precision::kInt8}) {
    if (precision == Precision::kInt8 && !IsQuantized(graph)) continue;
    PrecisionTrial trial{precision, 0.0, 0.0, {}};
    try {
      PrecisionChoice choice = Lower(graph, backend, precision, probes);
      const auto executable = backend.Compile(choice.lowered.value_or(graph), options);
      const std::vector<Tensor> outputs = RunOnce(*executable, graph, probes.front());
      if (precision == Precision::kFloat32) {
        expected = RunOnce(*executable, graph, probes.front());
      }
      trial.milliseconds = MedianMilliseconds(*executable, graph, probes.front());
      trial.difference = Difference(expected, outputs);
      const double allowed = precision == Precision::kInt8 ? kInt8Agreement : kHalfAgreement;
      if (trial.difference > allowed) {
        trial.refusal =
            Text("differs by ", trial.difference, " of the largest output, more than ", allowed);
      } else if (trial.milliseconds < best_milliseconds) {
        best_milliseconds = trial.milliseconds;
        best = std::move(choice);
      }
    } catch (const Error& error) {
      if (precision == Precision::kFloat32 || error.code() != ErrorCode::kUnsupported) throw;
      trial.refusal = error.what();
    }
    trials.push_back(std::move(trial));
  }
  best.trials = std::move(trials);
  return best;
}

}  // namespace

std::string_view PrecisionName(Precision precision) {
  switch (precision) {
    case Precision::kFloat32:
      return "fp32";
    case Precision::kFloat16:
      return "fp16";
    case Precision::kInt8:
      return "int8";
    case Precision::kAuto:
      return "auto";
  }
  return "unknown";
}

std::string Describe(const Backend& backend, Precision precision) {
  return Text(backend.name(), " (", backend.device(), "), ", PrecisionName(precision));
}

Precision PrecisionFromName(std::string_view name) {
  for (const Precision precision : kAll) {
    if (PrecisionName(precision) == name) return precision;
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("precision '", name, "': expected fp32, fp16, int8 or auto"));
}

Precision DefaultPrecision(const Graph& graph) {
  return IsQuantized(graph) ? Precision::kInt8 : Precision::kFloat32;
}

PrecisionChoice ChoosePrecision(const Graph& graph, Backend& backend, Precision wanted,
                                const CompileOptions& options,
                                std::span<const std::vector<Tensor>> probes) {
  VIGIL_CHECK(!probes.empty());
  if (wanted == Precision::kAuto) return PickByMeasurement(graph, backend, options, probes);
  return Lower(graph, backend, wanted, probes);
}

}  // namespace vigil
