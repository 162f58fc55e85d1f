// A T whose answers can be worked out by hand.
#ifndef VIGIL_TESTS_MONITOR_SMALL_TARGET_H_
#define VIGIL_TESTS_MONITOR_SMALL_TARGET_H_

#include <vector>

#include "engine/graph/builder.h"
#include "estimator/models/task.h"
#include "estimator/store/record.h"

namespace vigil::testing {

// image [1, 1, 2, 2] -> features [1, 2, 2, 2] (the image, and its double) -> relu -> means [1, 2],
// which are T's two logits. `shortcut` adds the features' means to them: nothing behind "features"
// goes around it, but relu is.
inline Graph SmallTarget(bool shortcut = false) {
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 1, 2, 2}});
  const ValueId weights =
      builder.Constant("weights", Tensor({2, 1, 1, 1}, std::vector<float>{1.0f, 2.0f}));
  const ValueId features = builder.Add("features", ConvAttrs{}, {x, weights});
  const ValueId relu = builder.Add("relu", UnaryAttrs{UnaryKind::kRelu}, {features});
  ValueId mean = builder.Add("mean", GlobalPoolAttrs{}, {relu});
  if (shortcut) {
    const ValueId other = builder.Add("other", GlobalPoolAttrs{}, {features});
    mean = builder.Add("sum", BinaryAttrs{BinaryKind::kAdd}, {mean, other});
  }
  builder.Output(builder.Add("output", FlattenAttrs{.axis = 1}, {mean}));
  return std::move(builder).Build();
}

inline Task TwoClasses() {
  return {.kind = Task::Kind::kClassification, .name = "two", .outputs = 2, .labels = {"a", "b"}};
}

// A record of "relu", whose channels have these values at their four places.
inline Record RecordOf(std::int64_t id, const std::vector<float>& values,
                       std::vector<float> output) {
  Record record{.id = id, .time_micros = 5, .model_hash = 7, .epoch = 3};
  record.output = std::move(output);
  const auto bytes = std::as_bytes(std::span(values));
  record.taps.push_back({"relu", {1, 2, 2, 2}, Encoding::kFloat32, {bytes.begin(), bytes.end()}});
  return record;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_MONITOR_SMALL_TARGET_H_
