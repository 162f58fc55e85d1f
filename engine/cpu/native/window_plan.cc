#include "engine/cpu/native/window_plan.h"

#include <algorithm>

namespace vigil::cpu::native {
namespace {

// Output pixels times taps that are worth a job of their own.
constexpr std::int64_t kSmallestJob = 4096;

std::vector<TapRange> TapRanges(const Window& window, std::int64_t outputs, bool include_pad) {
  std::vector<TapRange> ranges;
  for (std::int64_t o = 0; o < outputs; ++o) {
    const Range taps = TapsWithin(window, o, 0, window.in);
    const Range counted =
        include_pad ? TapsWithin(window, o, -window.pad_begin, window.in + window.pad_end) : taps;
    ranges.push_back({static_cast<std::int32_t>(taps.first), static_cast<std::int32_t>(taps.last),
                      taps.size() > 0 ? window.Position(o, taps.first) : 0,
                      static_cast<float>(counted.size())});
  }
  return ranges;
}

}  // namespace

std::int64_t WindowPlan::row_jobs() const {
  return (static_cast<std::int64_t>(rows.size()) + rows_a_job - 1) / rows_a_job;
}

std::shared_ptr<WindowPlan> PlanWindows(const std::array<Window, 2>& windows, const Shape& y,
                                        bool include_pad, int threads) {
  const Window &vertical = windows[0], &horizontal = windows[1];
  auto plan = std::make_shared<WindowPlan>();
  plan->planes = y[0] * BlocksOf(y[1]);
  plan->height = vertical.in;
  plan->width = horizontal.in;
  plan->rows = TapRanges(vertical, y[2], include_pad);
  plan->columns = TapRanges(horizontal, y[3], include_pad);

  WindowRow& row = plan->row;
  row.width = horizontal.in;
  row.row_dilation = vertical.dilation;
  row.column_dilation = horizontal.dilation;
  row.column_stride = horizontal.stride;
  row.kernel_width = horizontal.kernel;
  row.pixels = y[3];
  const auto whole = [&](const TapRange& range) {
    return range.first == 0 && range.last == horizontal.kernel;
  };
  const auto first = std::ranges::find_if(plan->columns, whole);
  const auto last = std::find_if_not(first, plan->columns.end(), whole);
  row.inner_first = first - plan->columns.begin();
  row.inner_last = last - plan->columns.begin();

  const std::int64_t row_work = y[3] * vertical.kernel * horizontal.kernel;
  const std::int64_t whole_plane = plan->planes >= 4 * threads ? y[2] : (y[2] + 3) / 4;
  plan->rows_a_job = std::clamp<std::int64_t>(
      std::max(whole_plane, kSmallestJob / std::max<std::int64_t>(1, row_work)), 1, y[2]);
  return plan;
}

}  // namespace vigil::cpu::native
