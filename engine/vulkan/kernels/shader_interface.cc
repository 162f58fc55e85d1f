#include "engine/vulkan/kernels/dispatch.h"

#include "params/batch_norm.h"
#include "params/binary.h"
#include "params/conv.h"
#include "params/conv_lanes.h"
#include "params/copy.h"
#include "params/depthwise_lanes.h"
#include "params/encode.h"
#include "params/gather.h"
#include "params/gemm.h"
#include "params/global_pool.h"
#include "params/instance_norm.h"
#include "params/lrn.h"
#include "params/matmul.h"
#include "params/pad.h"
#include "params/pool.h"
#include "params/qconv.h"
#include "params/quantize.h"
#include "params/reduce.h"
#include "params/resize.h"
#include "params/softmax.h"
#include "params/unary.h"
#include "params/winograd_lanes.h"

namespace vigil::vulkan {
namespace {

// With those that engine/vulkan/Shaders.cmake makes of them for 16-bit storage.
std::vector<ShaderInterface> WithHalfTwins(std::vector<ShaderInterface> interfaces) {
  const std::size_t count = interfaces.size();
  for (std::size_t i = 0; i < count; ++i) {
    ShaderInterface twin = interfaces[i];
    if (!twin.name.ends_with("_f32") || twin.name.starts_with("encode_")) continue;
    twin.name.replace(twin.name.size() - 4, 4, "_f16");
    interfaces.push_back(std::move(twin));
  }
  return interfaces;
}

}  // namespace

const std::vector<ShaderInterface>& ShaderInterfaces() {
  using enum Access;
  static const std::vector<ShaderInterface> interfaces = WithHalfTwins({
      {"batch_norm_f32", {kRead, kRead, kWrite}, sizeof(params::BatchNormParams), 4},
      {"binary_f32", {kRead, kRead, kWrite}, sizeof(params::BinaryParams), 6},
      {"conv_f32", {kRead, kRead, kReadWrite, kWrite}, sizeof(params::ConvParams), 6},
      {"conv_depthwise_f32", {kRead, kRead, kReadWrite, kWrite}, sizeof(params::ConvParams), 4},
      {"conv_lanes", {kFetch1, kFetch4, kReadWrite, kWrite}, sizeof(params::ConvLanesParams), 11},
      {"pointwise_lanes",
       {kFetch4, kFetch4, kReadWrite, kWrite},
       sizeof(params::ConvLanesParams),
       9},
      {"conv_transpose_f32", {kRead, kRead, kReadWrite, kWrite}, sizeof(params::ConvParams), 4},
      {"copy_f32", {kRead, kWrite}, sizeof(params::CopyParams), 4},
      {"depthwise_lanes",
       {kFetch1, kFetch4, kReadWrite, kWrite},
       sizeof(params::DepthwiseLanesParams),
       10},
      {"depthwise_quads_lanes",
       {kFetch4, kFetch4, kReadWrite, kWrite},
       sizeof(params::DepthwiseLanesParams),
       11},
      {"max_pool_lanes", {kFetch1, kWrite}, sizeof(params::DepthwiseLanesParams), 9},
      {"max_pool_quads_lanes", {kFetch4, kWrite}, sizeof(params::DepthwiseLanesParams), 10},
      {"global_pool_lanes", {kFetch1, kWrite}, sizeof(params::GlobalPoolParams), 5},
      {"winograd_input_lanes", {kFetch4, kWrite}, sizeof(params::WinogradInputParams), 6},
      {"winograd_lanes",
       {kFetch4, kFetch4, kReadWrite, kWrite},
       sizeof(params::WinogradLanesParams),
       10},
      {"encode_bytes_f32", {kRead, kReadWrite}, sizeof(params::EncodeParams), 4},
      {"encode_half_f32", {kRead, kWrite}, sizeof(params::EncodeParams), 4},
      {"encode_range_f32", {kRead, kWrite}, sizeof(params::EncodeParams), 4},
      {"gather_f32", {kRead, kRead, kWrite}, sizeof(params::GatherParams), 4},
      {"gemm_f32", {kRead, kRead, kReadWrite, kWrite}, sizeof(params::GemmParams), 5},
      {"global_pool_f32", {kRead, kWrite}, sizeof(params::GlobalPoolParams), 5},
      {"instance_norm_f32", {kRead, kRead, kRead, kWrite}, sizeof(params::InstanceNormParams), 4},
      {"lrn_f32", {kRead, kWrite}, sizeof(params::LrnParams), 4},
      {"matmul_f32", {kRead, kRead, kRead, kWrite}, sizeof(params::MatMulParams), 4},
      {"pad_f32", {kRead, kWrite}, sizeof(params::PadParams), 5},
      {"pool_f32", {kRead, kWrite}, sizeof(params::PoolParams), 5},
      {"reduce_f32", {kRead, kWrite}, sizeof(params::ReduceParams), 5},
      {"resize_f32", {kRead, kRead, kWrite}, sizeof(params::ResizeParams), 4},
      {"softmax_f32", {kRead, kWrite}, sizeof(params::SoftmaxParams), 5},
      {"unary_f32", {kRead, kWrite}, sizeof(params::UnaryParams), 5},
      {"quantize", {kRead, kRead, kWrite}, sizeof(params::QuantizeParams), 4},
      {"dequantize", {kRead, kRead, kWrite}, sizeof(params::QuantizeParams), 5},
      {"qconv", {kRead, kRead, kWrite}, sizeof(params::QConvParams), 5},
      {"qconv_dot", {kRead, kRead, kWrite}, sizeof(params::QConvParams), 5},
      {"qconv_grouped", {kRead, kRead, kWrite}, sizeof(params::QConvParams), 6},
      {"float_to_half", {kRead, kWrite}, sizeof(params::UnaryParams), 4},
      {"half_to_float", {kRead, kWrite}, sizeof(params::UnaryParams), 4},
  });
  return interfaces;
}

const ShaderInterface& InterfaceOf(std::string_view shader) {
  for (const ShaderInterface& candidate : ShaderInterfaces()) {
    if (candidate.name == shader) return candidate;
  }
  VIGIL_CHECK(!"a kernel names a shader that has no interface");
  std::abort();
}

std::array<std::uint32_t, 3> FoldGroups(std::uint64_t count) {
  VIGIL_CHECK(count > 0 && count <= std::uint64_t{kMaxGroups} * kMaxGroups);
  if (count <= kMaxGroups) return {static_cast<std::uint32_t>(count), 1, 1};
  // As many rows as needed, then rows as short as possible, so that little overhangs.
  const std::uint64_t rows = (count + kMaxGroups - 1) / kMaxGroups;
  return {static_cast<std::uint32_t>((count + rows - 1) / rows), static_cast<std::uint32_t>(rows),
          1};
}

}  // namespace vigil::vulkan
