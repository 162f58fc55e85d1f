#include "engine/cpu/native/byte_product.h"

#include <algorithm>
#include <cmath>

#include "engine/cpu/native/byte_kernels.h"

namespace vigil::cpu::native {
namespace {

// The kernels read results from the lowest 32 bits.
bool FitsBeforeSaturation(const ByteProduct& given, const QuantizedProduct& product) {
  if (product.type == DType::kInt32) return true;
  constexpr double kMost = 0x1p31 - 65536.0;
  const std::vector<FixedPoint> multipliers = MultipliersOf(product);
  for (std::size_t m = 0; m < given.bias.size(); ++m) {
    double reach = std::abs(double{1} * given.Folded(static_cast<std::int64_t>(m)));
    const auto* weights = given.weights.data() + m * static_cast<std::size_t>(given.filter);
    for (std::int64_t k = 0; k < given.filter; ++k)
      reach += 255.0 * std::abs(double{1} * weights[k]);
    const FixedPoint& by = multipliers[multipliers.size() == 1 ? 0 : m];
    if (std::min(reach, 0x1p31) * std::ldexp(by.multiplier, -by.shift) >= kMost) return false;
  }
  return true;
}

}  // namespace

std::int32_t ByteProduct::Folded(std::int64_t channel) const {
  std::int32_t sum = bias[static_cast<std::size_t>(channel)];
  const std::int8_t* at = weights.data() + channel * filter;
  for (std::int64_t k = 0; k < filter; ++k)
    sum = WrappedDifference(sum, WrappedProduct(x_zero_point, at[k]));
  return sum;
}

std::optional<ByteProduct> ByteProductOf(const KernelContext& context,
                                         const QuantizedProduct& product, bool by_rows) {
  if (context.Constant(0)) return std::nullopt;
  for (int i = 1; i < context.inputs(); ++i) {
    if (!context.Constant(i)) return std::nullopt;
  }
  ByteProduct result;
  const Shape& shape = context.InputShape(1);
  result.channels = shape[by_rows ? 0 : shape.rank() - 1];
  result.filter = shape.elements() / result.channels;
  result.x_zero_point =
      product.x_zero_point + (context.InputDesc(0).dtype == DType::kInt8 ? 128 : 0);
  const auto channels = static_cast<std::size_t>(result.channels);
  const auto filter = static_cast<std::size_t>(result.filter);
  const std::vector<std::int32_t> centred =
      Centred(context.Constant(1)->view(), product.weight_zero_points, by_rows ? filter : 1);
  result.weights.resize(centred.size());
  for (std::size_t m = 0; m < channels; ++m) {
    for (std::size_t k = 0; k < filter; ++k) {
      const std::int32_t weight = centred[by_rows ? m * filter + k : k * channels + m];
      if (weight < -128 || weight > 127) return std::nullopt;
      result.weights[m * filter + k] = static_cast<std::int8_t>(weight);
    }
  }
  result.bias.assign(channels, 0);
  if (product.has_bias) result.bias = ToInt32(context.Constant(2)->view());
  if (!FitsBeforeSaturation(result, product)) return std::nullopt;
  return result;
}

SlotId PackByteWeights(
    ProgramBuilder& builder, const TilePlan& plan, std::int64_t channels,
    const std::function<std::int8_t(std::int64_t channel, std::int64_t term, int place)>& weight) {
  const std::int64_t blocks = plan.groups * plan.blocks();
  const auto bytes = static_cast<std::size_t>(blocks * plan.terms * kLanes * kQuad);
  return builder.Pack(bytes, [&](std::byte* to) {
    auto* packed = reinterpret_cast<std::int8_t*>(to);
    for (std::int64_t block = 0; block < blocks; ++block) {
      for (std::int64_t term = 0; term < plan.terms; ++term) {
        for (std::int64_t channel = block * kLanes; channel < (block + 1) * kLanes; ++channel) {
          for (int place = 0; place < kQuad; ++place)
            *packed++ = channel < channels ? weight(channel, term, place) : std::int8_t{0};
        }
      }
    }
  });
}

SlotId PackByteBias(ProgramBuilder& builder, std::int64_t channels,
                    const std::function<std::int32_t(std::int64_t channel)>& bias) {
  const std::int64_t padded = BlocksOf(channels) * kLanes;
  return builder.Pack(static_cast<std::size_t>(padded) * sizeof(std::int32_t), [&](std::byte* to) {
    auto* packed = reinterpret_cast<std::int32_t*>(to);
    for (std::int64_t m = 0; m < padded; ++m) packed[m] = m < channels ? bias(m) : 0;
  });
}

}  // namespace vigil::cpu::native
