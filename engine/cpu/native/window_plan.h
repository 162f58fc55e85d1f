// Sliding windows that stay within a block of channels: depthwise convolution and pooling.
#ifndef VIGIL_ENGINE_CPU_NATIVE_WINDOW_PLAN_H_
#define VIGIL_ENGINE_CPU_NATIVE_WINDOW_PLAN_H_

#include <functional>
#include <memory>
#include <vector>

#include "engine/cpu/native/finish.h"
#include "engine/ops/window.h"

namespace vigil::cpu::native {

// Which taps every output row and column reads, worked out once.
struct WindowPlan {
  std::int64_t planes = 0;  // samples times blocks
  std::int64_t height = 0, width = 0;
  std::vector<TapRange> rows, columns;  // one an output
  WindowRow row{};                      // what all of them have in common
  std::int64_t rows_a_job = 1;

  std::int64_t x_plane() const { return height * width * kLanes; }
  std::int64_t y_row() const { return static_cast<std::int64_t>(columns.size()) * kLanes; }
  std::int64_t y_plane() const { return static_cast<std::int64_t>(rows.size()) * y_row(); }
  std::int64_t row_jobs() const;
};

// `y`: the output's shape. With `include_pad` an average counts taps on padding too.
std::shared_ptr<WindowPlan> PlanWindows(const std::array<Window, 2>& windows, const Shape& y,
                                        bool include_pad, int threads);

// Runs `kernel` for every output row of the planes. `prepare` completes a job, whose input and
// windows are set, for plane `plane` and the row that begins at element `at` of the output.
template <typename Job, typename Element, typename Prepare>
void RunWindows(const WindowPlan& plan, void (*kernel)(const Job&), Team& team, const Element* x,
                const Prepare& prepare) {
  team.ForEach(plan.planes * plan.row_jobs(), [&](std::int64_t i) {
    const std::int64_t plane = i / plan.row_jobs();
    const std::int64_t first = i % plan.row_jobs() * plan.rows_a_job;
    const auto rows = static_cast<std::int64_t>(plan.rows.size());
    Job job{};
    static_cast<WindowRow&>(job) = plan.row;
    job.x = x + plane * plan.x_plane();
    job.columns = plan.columns.data();
    for (std::int64_t row = first; row < std::min(rows, first + plan.rows_a_job); ++row) {
      const std::int64_t at = plane * plan.y_plane() + row * plan.y_row();
      job.row = plan.rows[static_cast<std::size_t>(row)];
      prepare(job, plane, at);
      kernel(job);
    }
  });
}

}  // namespace vigil::cpu::native

#endif  // VIGIL_ENGINE_CPU_NATIVE_WINDOW_PLAN_H_
