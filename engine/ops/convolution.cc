#include "engine/ops/convolution.h"

#include <array>

#include "engine/ops/check.h"

namespace vigil {

void RequireConvolution(std::span<const TensorDesc> in, bool has_bias, const Epilogue& epilogue,
                        std::int64_t groups, std::string_view weight_dims) {
  const std::size_t inputs = 2u + has_bias + epilogue.residual;
  RequireInputs(in, inputs, "x, weights, bias and residual where the attributes say so");
  RequireFloat32(in);
  RequireRank("x", in[0], 4, "N, C, H, W");
  RequireRank("weights", in[1], 4, weight_dims);
  RequireRange("groups", std::array{groups}, 1);
}

OpCost CostOfConvolution(std::span<const TensorDesc> in, std::span<const TensorDesc> out,
                         std::int64_t macs, bool has_bias, const Epilogue& epilogue) {
  return CostOf(in, out, macs, out[0].shape.elements() * (has_bias + EpilogueFlops(epilogue)));
}

}  // namespace vigil
