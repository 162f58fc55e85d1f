// What Conv and ConvTranspose share: checks of their operands, and the loops of their references.
#ifndef VIGIL_ENGINE_OPS_CONVOLUTION_H_
#define VIGIL_ENGINE_OPS_CONVOLUTION_H_

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/ops/epilogue_rule.h"
#include "engine/ops/op.h"
#include "engine/tensor/tensor.h"

namespace vigil {

// x and weights of rank 4, a bias and a residual where the attributes say so, at least one group.
// `weight_dims` names the dimensions of the weights. Throws as the checks of ops/check.h.
void RequireConvolution(std::span<const TensorDesc> in, bool has_bias, const Epilogue& epilogue,
                        std::int64_t groups, std::string_view weight_dims);

// Bytes and `macs`, and what bias and epilogue add to each output.
OpCost CostOfConvolution(std::span<const TensorDesc> in, std::span<const TensorDesc> out,
                         std::int64_t macs, bool has_bias, const Epilogue& epilogue);

// One plane of the input and one of the output that it adds to.
struct PlanePair {
  std::int64_t out_channel, in_channel;  // of the sample
  std::int64_t in_of_group;              // in_channel's place in its group
  const float* x;
  float* y;
};

// Fills every output plane with its bias, calls add(pair) for each input plane of its group, in
// order, and applies the epilogue.
template <typename Add>
void SumOverPlanes(std::int64_t groups, bool has_bias, const Epilogue& epilogue,
                   std::span<const ConstTensorView> in, std::span<const TensorView> out,
                   const Add& add) {
  const Shape &x = in[0].desc.shape, &y = out[0].desc.shape;
  const std::int64_t group_in = x[1] / groups, group_out = y[1] / groups;
  const std::int64_t x_plane = x.ElementsFrom(2), y_plane = y.ElementsFrom(2);
  for (std::int64_t plane = 0; plane < y[0] * y[1]; ++plane) {
    const std::int64_t n = plane / y[1], m = plane % y[1];
    float* to = out[0].as<float>().data() + plane * y_plane;
    std::fill_n(to, y_plane, has_bias ? in[2].as<float>()[static_cast<std::size_t>(m)] : 0.0f);
    for (std::int64_t c = 0; c < group_in; ++c) {
      const std::int64_t channel = m / group_out * group_in + c;
      const float* from = in[0].as<float>().data() + (n * x[1] + channel) * x_plane;
      add(PlanePair{m, channel, c, from, to});
    }
  }
  ApplyEpilogue(epilogue, in, out);
}

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_CONVOLUTION_H_
