#include "tools/vigil/quantize/quantize_measure.h"

#include <algorithm>
#include <cmath>

namespace vigil {

Answers AnswersOf(const Graph& graph, Backend& backend, ImageBatches& batches,
                  const std::optional<Task>& task) {
  const Graph sized = graph.WithBatch(batches.batch());
  const auto executable = backend.Compile(graph, {.batch = batches.batch()});
  std::vector<Tensor> outputs;
  std::vector<TensorView> views;
  for (const TensorDesc& desc : sized.Descs(sized.outputs())) outputs.emplace_back(desc);
  for (Tensor& output : outputs) views.push_back(output.view());
  Answers answers;
  answers.width = static_cast<std::size_t>(outputs[0].shape().elements() / batches.batch());
  for (std::int64_t i = 0; i < batches.count(); ++i) {
    const ConstTensorView input = batches.Load(i).view();
    executable->Run({&input, 1}, views);
    const auto values = outputs[0].as<float>();
    answers.values.insert(answers.values.end(), values.begin(), values.end());
    for (std::size_t n = 0; task && n < batches.truths().size(); ++n) {
      const auto row = values.subspan(n * answers.width, answers.width);
      answers.right += task->IsCorrect(row, batches.truths()[n]);
    }
    answers.images += batches.batch();
  }
  return answers;
}

AnswerDifference Compare(const Answers& expected, const Answers& actual,
                         const std::optional<Task>& task) {
  AnswerDifference result;
  double sum = 0.0, size = 0.0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double difference = double{actual.values[i]} - expected.values[i];
    sum += difference * difference;
    size += double{expected.values[i]} * expected.values[i];
    result.largest = std::max(result.largest, std::abs(difference));
  }
  result.relative = size > 0.0 ? std::sqrt(sum / size) : 0.0;
  for (std::size_t n = 0; task && n < static_cast<std::size_t>(expected.images); ++n) {
    const auto row = [&](const Answers& answers) {
      return std::span(answers.values).subspan(n * answers.width, answers.width);
    };
    result.same += task->Decide(row(expected)) == task->Decide(row(actual));
  }
  return result;
}

}  // namespace vigil
