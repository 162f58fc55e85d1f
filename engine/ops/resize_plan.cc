#include "engine/ops/resize_plan.h"

#include <algorithm>
#include <cmath>

namespace vigil {
namespace {

// One dimension while it is planned.
struct Axis {
  std::int64_t in = 1, out = 1;
  double scale = 1.0;
  double roi_begin = 0.0, roi_end = 1.0;

  // The output's length as the scale has it, which need not be whole.
  double width() const { return scale * static_cast<double>(in); }
};

double OriginalPlace(ResizeCoordinates coordinates, const Axis& axis, std::int64_t element) {
  const auto x = static_cast<double>(element);
  const auto last = static_cast<double>(axis.in - 1);
  switch (coordinates) {
    case ResizeCoordinates::kHalfPixel:
      return (x + 0.5) / axis.scale - 0.5;
    case ResizeCoordinates::kHalfPixelSymmetric: {
      const double adjustment = static_cast<double>(axis.out) / axis.width();
      const double offset = static_cast<double>(axis.in) / 2 * (1 - adjustment);
      return offset + (x + 0.5) / axis.scale - 0.5;
    }
    case ResizeCoordinates::kPytorchHalfPixel:
      return axis.out > 1 ? (x + 0.5) / axis.scale - 0.5 : 0.0;
    case ResizeCoordinates::kAlignCorners:
      return axis.width() == 1.0 || axis.out == 1 ? 0.0 : x * last / (axis.width() - 1);
    case ResizeCoordinates::kAsymmetric:
      return x / axis.scale;
    case ResizeCoordinates::kTfCropAndResize: {
      const double span = (axis.roi_end - axis.roi_begin) * last;
      if (axis.out == 1) return axis.roi_begin * last + span / 2;
      return axis.roi_begin * last + x * span / (axis.width() - 1);
    }
    case ResizeCoordinates::kTfHalfPixelForNn:
      return (x + 0.5) / axis.scale;
  }
  return x;
}

double Rounded(ResizeRounding rounding, double scale, double place) {
  switch (rounding) {
    case ResizeRounding::kRoundPreferFloor:
      return std::ceil(place - 0.5);
    case ResizeRounding::kRoundPreferCeil:
      return std::floor(place + 0.5);
    case ResizeRounding::kFloor:
      return std::floor(place);
    case ResizeRounding::kCeil:
      return std::ceil(place);
    case ResizeRounding::kFloorOrCeil:
      return scale < 1.0 ? std::ceil(place) : std::floor(place);
  }
  return place;
}

double LinearWeight(double distance) { return std::max(0.0, 1.0 - std::abs(distance)); }

double CubicWeight(double distance, double a) {
  const double x = std::abs(distance);
  if (x <= 1.0) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2.0) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0.0;
}

// Elements between which a kernel is spread: 1 on each side for linear, 2 for cubic, more where
// anti-aliasing widens it.
std::int64_t HalfWidth(const ResizeAttrs& attrs, double stretch) {
  if (attrs.mode == ResizeMode::kNearest) return 0;
  const double reach = attrs.mode == ResizeMode::kLinear ? 1.0 : 2.0;
  return static_cast<std::int64_t>(std::ceil(reach / stretch));
}

// Fills the taps of one output element whose place is given.
void FillTaps(const ResizeAttrs& attrs, const Axis& axis, double place, double stretch,
              std::span<ResizeTap> taps) {
  const auto clamp = [&](double index) {
    return static_cast<std::int32_t>(std::clamp(index, 0.0, static_cast<double>(axis.in - 1)));
  };
  if (attrs.mode == ResizeMode::kNearest) {
    taps[0] = {clamp(Rounded(attrs.rounding, axis.scale, place)), 1.0f};
    return;
  }
  const std::size_t before = taps.size() / 2 - 1;  // taps left of the place
  const double first = std::floor(place) - static_cast<double>(before);
  double sum = 0.0;
  std::vector<double> weights(taps.size());
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const double index = first + static_cast<double>(i);
    const double distance = (index - place) * stretch;
    weights[i] = attrs.mode == ResizeMode::kLinear ? LinearWeight(distance)
                                                   : CubicWeight(distance, attrs.cubic_a);
    const bool outside = index < 0 || index > static_cast<double>(axis.in - 1);
    if (attrs.exclude_outside && outside) weights[i] = 0.0;
    sum += weights[i];
    taps[i].index = clamp(index);
  }
  const bool normalise = (attrs.exclude_outside || stretch < 1.0) && sum != 0.0;
  for (std::size_t i = 0; i < taps.size(); ++i) {
    taps[i].weight = static_cast<float>(normalise ? weights[i] / sum : weights[i]);
  }
}

// A dimension that does not change is not resampled, whatever the transformation makes of places.
bool StaysAsItIs(const ResizeAttrs& attrs, const Axis& axis) {
  if (axis.in != axis.out || axis.scale != 1.0) return false;
  return attrs.coordinates != ResizeCoordinates::kTfCropAndResize ||
         (axis.roi_begin == 0.0 && axis.roi_end == 1.0);
}

ResizeAxis PlanAxis(const ResizeAttrs& attrs, const Axis& axis) {
  ResizeAxis plan;
  if (StaysAsItIs(attrs, axis)) return plan;
  const double stretch = attrs.antialias ? std::min(axis.scale, 1.0) : 1.0;
  plan.count = static_cast<int>(std::max<std::int64_t>(1, 2 * HalfWidth(attrs, stretch)));
  plan.taps.resize(static_cast<std::size_t>(axis.out * plan.count));
  for (std::int64_t i = 0; i < axis.out; ++i) {
    const double place = OriginalPlace(attrs.coordinates, axis, i);
    const std::span<ResizeTap> taps = std::span(plan.taps).subspan(
        static_cast<std::size_t>(i * plan.count), static_cast<std::size_t>(plan.count));
    FillTaps(attrs, axis, place, stretch, taps);
    const bool outside = place < 0.0 || place > static_cast<double>(axis.in - 1);
    if (attrs.coordinates == ResizeCoordinates::kTfCropAndResize && outside) {
      taps[0].index = ResizeTap::kOutside;
    }
  }
  return plan;
}

}  // namespace

std::vector<ResizeAxis> PlanResize(const ResizeAttrs& attrs, const Shape& in, const Shape& out) {
  std::vector<ResizeAxis> axes;
  const auto rank = static_cast<std::size_t>(in.rank());
  for (std::size_t d = 0; d < rank; ++d) {
    Axis axis{.in = in[static_cast<int>(d)], .out = out[static_cast<int>(d)]};
    axis.scale = attrs.scales.empty() ? static_cast<double>(axis.out) / static_cast<double>(axis.in)
                                      : static_cast<double>(attrs.scales[d]);
    if (!attrs.roi.empty()) {
      axis.roi_begin = static_cast<double>(attrs.roi[d]);
      axis.roi_end = static_cast<double>(attrs.roi[rank + d]);
    }
    axes.push_back(PlanAxis(attrs, axis));
  }
  return axes;
}

ResizeRunner::ResizeRunner(const ResizeAttrs& attrs, const Shape& in, const Shape& out)
    : in_(in), out_(out), extrapolation_(attrs.extrapolation), axes_(PlanResize(attrs, in, out)) {
  std::size_t most = 1;
  for (std::size_t d = 0; d + 1 < axes_.size(); ++d) {
    most *= static_cast<std::size_t>(std::max(axes_[d].count, 1));
  }
  rows_.reserve(most);
  next_.reserve(most);
}

void ResizeRunner::FindRows(std::int64_t row) {
  rows_.assign(1, {0, 1.0f});
  for (int d = out_.rank() - 2; d >= 0; --d) {
    const ResizeAxis& axis = axes_[static_cast<std::size_t>(d)];
    const std::int64_t at = row % out_[d], step = in_.ElementsFrom(d + 1);
    row /= out_[d];
    if (axis.count == 0) {
      for (Row& one : rows_) one.start += at * step;
      continue;
    }
    const ResizeTap* taps = &axis.taps[static_cast<std::size_t>(at * axis.count)];
    if (taps[0].index == ResizeTap::kOutside) {
      rows_.clear();
      return;
    }
    next_.clear();
    for (int t = 0; t < axis.count; ++t) {
      for (const Row& one : rows_) {
        next_.push_back({one.start + taps[t].index * step, one.weight * taps[t].weight});
      }
    }
    rows_.swap(next_);
  }
}

void ResizeRunner::WriteRow(const float* x, float* y) const {
  static constexpr ResizeTap kSame{};
  const std::int64_t length = out_.rank() ? out_[out_.rank() - 1] : 1;
  const ResizeAxis* axis = axes_.empty() || axes_.back().count == 0 ? nullptr : &axes_.back();
  for (std::int64_t i = 0; i < length; ++i) {
    const ResizeTap* taps = axis ? &axis->taps[static_cast<std::size_t>(i * axis->count)] : &kSame;
    const int count = axis ? axis->count : 1;
    const std::int64_t start = axis ? 0 : i;
    if (rows_.empty() || taps[0].index == ResizeTap::kOutside) {
      y[i] = extrapolation_;
      continue;
    }
    float sum = 0.0f;
    for (const Row& row : rows_) {
      float part = 0.0f;
      for (int t = 0; t < count; ++t) {
        part += taps[t].weight * x[row.start + start + taps[t].index];
      }
      sum += row.weight * part;
    }
    y[i] = sum;
  }
}

void ResizeRunner::Run(const float* x, float* y) {
  const std::int64_t length = out_.rank() ? out_[out_.rank() - 1] : 1;
  const std::int64_t rows = out_.elements() / length;
  for (std::int64_t row = 0; row < rows; ++row) {
    FindRows(row);
    WriteRow(x, y + row * length);
  }
}

}  // namespace vigil
