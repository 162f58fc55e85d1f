#include "engine/ops/window.h"

#include <algorithm>

#include "engine/ops/check.h"

namespace vigil {
namespace {

std::int64_t FloorDivide(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}

// The integers x in [0, count) with low <= start + x * step < high.
Range Solve(std::int64_t start, std::int64_t step, std::int64_t low, std::int64_t high,
            std::int64_t count) {
  const std::int64_t first = std::clamp<std::int64_t>(-FloorDivide(start - low, step), 0, count);
  const std::int64_t last =
      std::clamp<std::int64_t>(FloorDivide(high - 1 - start, step) + 1, first, count);
  return {first, last};
}

}  // namespace

std::int64_t WindowOutputs(const Window& window, bool ceil_mode, std::string_view dimension) {
  const std::int64_t padded = window.in + window.pad_begin + window.pad_end;
  if (window.in < 1 || window.extent() > padded) {
    ThrowShape(Text(dimension, " ", window.in, " with padding ", window.pad_begin, " + ",
                    window.pad_end, " gives no output: the window spans ", window.extent()));
  }
  const std::int64_t room = padded - window.extent();
  std::int64_t outputs = room / window.stride + 1;
  if (ceil_mode && room % window.stride != 0 &&
      outputs * window.stride < window.in + window.pad_begin) {
    ++outputs;
  }
  return outputs;
}

Range OutputsOfTap(const Window& window, std::int64_t tap, std::int64_t outputs) {
  return Solve(window.Position(0, tap), window.stride, 0, window.in, outputs);
}

Range TapsWithin(const Window& window, std::int64_t output, std::int64_t low, std::int64_t high) {
  return Solve(window.Position(output, 0), window.dilation, low, high, window.kernel);
}

std::array<Window, 2> WindowsOf(std::array<std::int64_t, 2> in, std::array<std::int64_t, 2> kernel,
                                std::array<std::int64_t, 2> strides,
                                std::array<std::int64_t, 4> pads,
                                std::array<std::int64_t, 2> dilations) {
  RequireRange("kernel", kernel, 1);
  RequireRange("strides", strides, 1);
  RequireRange("pads", pads, 0);
  RequireRange("dilations", dilations, 1);
  std::array<Window, 2> windows;
  for (std::size_t d = 0; d < 2; ++d) {
    windows[d] = {in[d], kernel[d], strides[d], dilations[d], pads[d], pads[d + 2]};
  }
  return windows;
}

}  // namespace vigil
