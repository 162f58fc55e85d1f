#include "tests/support/output_tolerance.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "engine/base/half.h"
#include "engine/graph/passes.h"
#include "engine/verify/tolerance.h"

namespace vigil::testing {
namespace {

constexpr int kTrials = 4;
// A number that float16 has not is rounded to it by the host, to the nearest.
constexpr Tolerance kHalfConstant{0x1p-11, 0x1p-25};
// ... and by a device to either side, subnormals to their own unit. A device may flush them
// instead, which verify allows a layer; but then a network that divides by one has no answer to
// compare.
constexpr Tolerance kHalfValue{0x1p-10, 0x1p-24};

// Moves every element within its tolerance, but not across zero, for no rounding turns a sign and
// roots and logarithms would see it.
// `is_exact(x)`: an element that stays.
template <typename IsExact>
void Move(Tensor& tensor, const Tolerance& tolerance, std::mt19937_64& generator,
          const IsExact& is_exact) {
  std::uniform_real_distribution<double> part(-1.0, 1.0);
  for (float& x : tensor.as<float>()) {
    if (is_exact(x)) continue;
    const double reach = tolerance.relative * std::abs(double{x}) + tolerance.absolute;
    const auto moved = static_cast<float>(x + part(generator) * reach);
    x = (moved < 0.0f) == (x < 0.0f) ? moved : 0.0f;
  }
}

// One run. Without a generator nothing is moved.
class Run {
 public:
  Run(const Graph& graph, Storage storage, std::mt19937_64* generator)
      : graph_(graph), storage_(storage), generator_(generator), values_(graph.values().size()) {}

  std::vector<Tensor> operator()(const std::vector<Tensor>& inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      Give(graph_.inputs()[i], inputs[i], kHalfValue);
    }
    for (std::size_t i = 0; i < graph_.values().size(); ++i) {
      const Value& value = graph_.values()[i];
      if (value.constant) Give(static_cast<ValueId>(i), *value.constant, kHalfConstant);
    }
    for (const Node& node : graph_.nodes()) Add(node);
    std::vector<Tensor> outputs;
    for (const ValueId id : graph_.outputs()) outputs.push_back(At(id).Clone());
    return outputs;
  }

 private:
  Tensor& At(ValueId id) { return values_[static_cast<std::size_t>(id)]; }

  // An input or a constant.
  void Give(ValueId id, const Tensor& tensor, const Tolerance& half) {
    At(id) = tensor.Clone();
    const bool is_float = tensor.desc().dtype == DType::kFloat32;
    if (!generator_ || storage_ == Storage::kFloat32 || !is_float) return;
    Move(At(id), half, *generator_, [](float x) { return RoundToHalf(x) == x; });
  }

  void Set(ValueId id, Tensor tensor, const Tolerance& tolerance) {
    const bool exact = tolerance.relative == 0.0 && tolerance.absolute == 0.0;
    if (generator_ && !exact) {
      Move(tensor, tolerance, *generator_, [](float) { return false; });
    }
    At(id) = std::move(tensor);
  }

  void Add(const Node& node) {
    std::vector<Tensor> operands, results;
    std::vector<ConstTensorView> in;
    std::vector<TensorView> out;
    for (const ValueId id : node.inputs) operands.push_back(At(id).Clone());
    for (const Tensor& operand : operands) in.push_back(operand.view());
    for (const ValueId id : node.outputs) results.emplace_back(graph_.value(id).desc);
    for (Tensor& result : results) out.push_back(result.view());
    OpOf(node.attrs).reference(node.attrs, in, out);
    const std::vector<Tolerance> tolerances = TolerancesOf(node.attrs, operands);
    for (std::size_t i = 0; i < results.size(); ++i) {
      Tolerance tolerance = tolerances[std::min(i, tolerances.size() - 1)];
      const bool moves_alone = tolerance.relative == 0.0 && tolerance.absolute == 0.0;
      if (storage_ == Storage::kFloat16 && !moves_alone) {
        tolerance.relative += kHalfValue.relative;
        tolerance.absolute += kHalfValue.absolute;
      }
      Set(node.outputs[i], std::move(results[i]), tolerance);
    }
  }

  const Graph& graph_;
  Storage storage_;
  std::mt19937_64* generator_;
  std::vector<Tensor> values_;
};

}  // namespace

std::vector<double> OutputTolerances(const Graph& graph, const std::vector<Tensor>& inputs,
                                     Storage storage) {
  const Graph optimised = Optimize(graph);
  const std::vector<Tensor> exact = Run(optimised, storage, nullptr)(inputs);
  std::vector<double> tolerances(exact.size(), 0.0);
  std::mt19937_64 generator(1);
  for (int trial = 0; trial < kTrials; ++trial) {
    const std::vector<Tensor> moved = Run(optimised, storage, &generator)(inputs);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      const double distance = RelativeDistance(exact[i], moved[i]);
      VIGIL_CHECK(std::isfinite(distance));
      tolerances[i] = std::max(tolerances[i], distance);
    }
  }
  return tolerances;
}

double RelativeDistance(const Tensor& expected, const Tensor& actual) {
  double difference = 0.0, length = 0.0;
  const auto e = expected.as<float>(), a = actual.as<float>();
  for (std::size_t i = 0; i < e.size(); ++i) {
    difference += (double{a[i]} - e[i]) * (double{a[i]} - e[i]);
    length += double{e[i]} * e[i];
  }
  return std::sqrt(difference / length);
}

}  // namespace vigil::testing
