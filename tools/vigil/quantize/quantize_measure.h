// How far a quantised model is from the one that it was made of.
#ifndef VIGIL_TOOLS_VIGIL_QUANTIZE_QUANTIZE_MEASURE_H_
#define VIGIL_TOOLS_VIGIL_QUANTIZE_QUANTIZE_MEASURE_H_

#include <optional>
#include <vector>

#include "engine/backend/backend.h"
#include "tools/vigil/quantize/quantize_data.h"

namespace vigil {

// The first output for every test image, one row each.
struct Answers {
  std::vector<float> values;
  std::size_t width = 0;
  std::int64_t images = 0;
  std::int64_t right = 0;  // by the task; 0 without one
};

// `graph` runs at `batch`. Throws Error as Backend::Compile and Executable::Run.
Answers AnswersOf(const Graph& graph, Backend& backend, ImageBatches& batches,
                  const std::optional<Task>& task);

struct AnswerDifference {
  double relative = 0.0;  // root mean square of the difference over that of the answer
  double largest = 0.0;   // of any output
  std::int64_t same = 0;  // images of which the task decides the same
};

AnswerDifference Compare(const Answers& expected, const Answers& actual,
                         const std::optional<Task>& task);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_QUANTIZE_QUANTIZE_MEASURE_H_
