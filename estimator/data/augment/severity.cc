#include "estimator/data/augment/severity.h"

#include <array>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

struct Row {
  Task::Kind task;
  AugmentSeverity severity;
};

// clang-format off
const std::array<Row, 4>& Table() {
  constexpr auto kClasses = Task::Kind::kClassification;
  constexpr auto kPose = Task::Kind::kDirectness;
  static const std::array<Row, 4> table = {{
      // task     name        shift         zoom        blur          brightness    contrast    occluder scale, offset
      {kClasses, {"paper",    {0.15, 0.50}, {1.0, 2.2}, {0.15, 0.55}, {0.15, 0.55}, {1.2, 4.0}, {}, {}}},
      {kClasses, {"moderate", {0.05, 0.30}, {1.0, 1.5}, {0.06, 0.28}, {0.05, 0.35}, {1.1, 2.5}, {}, {}}},
      {kPose,    {"paper",    {0.10, 0.45}, {1.0, 1.7}, {0.04, 0.22}, {0.10, 0.50}, {1.1, 3.5}, {0.85, 1.30}, {0.0, 0.06}}},
      {kPose,    {"moderate", {0.05, 0.28}, {1.0, 1.4}, {0.02, 0.12}, {0.05, 0.32}, {1.1, 2.2}, {0.80, 1.15}, {0.0, 0.05}}},
  }};
  return table;
}
// clang-format on

}  // namespace

std::vector<std::string> SeverityNames() { return {"paper", "moderate"}; }

AugmentSeverity SeverityFor(const Task& task, std::string_view name) {
  for (const Row& row : Table()) {
    if (row.task == task.kind && row.severity.name == name) return row.severity;
  }
  throw Error(Fault::kApi, ErrorCode::kNotFound,
              Text("severity '", name, "': expected paper or moderate"));
}

}  // namespace vigil
