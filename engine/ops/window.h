// Arithmetic of sliding windows along one dimension, shared by convolution and pooling.
#ifndef VIGIL_ENGINE_OPS_WINDOW_H_
#define VIGIL_ENGINE_OPS_WINDOW_H_

#include <array>
#include <cstdint>
#include <string_view>

namespace vigil {

// Tap k of output o reads input o * stride - pad_begin + k * dilation; outside [0, in) is padding.
struct Window {
  std::int64_t in = 0;
  std::int64_t kernel = 1, stride = 1, dilation = 1;
  std::int64_t pad_begin = 0, pad_end = 0;

  std::int64_t extent() const { return dilation * (kernel - 1) + 1; }
  std::int64_t Position(std::int64_t output, std::int64_t tap) const {
    return output * stride - pad_begin + tap * dilation;
  }
};

// Outputs [first, last) or taps [first, last).
struct Range {
  std::int64_t first = 0, last = 0;
  std::int64_t size() const { return last - first; }
};

// How many outputs there are. With `ceil_mode` the last may reach beyond the end padding, but not
// start in it. Throws Error (Model, kInvalidShape) where the window is larger than the padded
// input; `dimension` names it ("height").
std::int64_t WindowOutputs(const Window& window, bool ceil_mode, std::string_view dimension);

// Of `outputs`, those whose tap `tap` reads the input; may be empty.
Range OutputsOfTap(const Window& window, std::int64_t tap, std::int64_t outputs);

// Of the taps of output `output`, those that read positions in [low, high); may be empty.
Range TapsWithin(const Window& window, std::int64_t output, std::int64_t low, std::int64_t high);

// The windows of a two-dimensional operator, rows then columns. Throws Error (Model, kInvalidValue)
// for attributes out of range.
std::array<Window, 2> WindowsOf(std::array<std::int64_t, 2> in, std::array<std::int64_t, 2> kernel,
                                std::array<std::int64_t, 2> strides,
                                std::array<std::int64_t, 4> pads,
                                std::array<std::int64_t, 2> dilations);

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_WINDOW_H_
