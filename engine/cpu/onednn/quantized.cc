// QLinearConv, ConvInteger and products of matrices on oneDNN's convolution of bytes, where that is
// exact. Values of bytes are plain between nodes; here they become NHWC, padded with their zero
// point.
#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "engine/cpu/onednn/fusion.h"
#include "engine/cpu/onednn/kernels.h"
#include "engine/cpu/program/arithmetic.h"
#include "engine/ops/requantize.h"

namespace vigil::cpu::onednn {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;

// A product of integers as a convolution; a matrix is an image of one pixel a row.
struct Problem {
  QConvAttrs attrs;
  Shape x, y;                         // N, C, H, W
  std::vector<std::int8_t> weights;   // M, C / groups, kH, kW, less their zero points
  std::vector<std::int32_t> bias;     // what is to be added to the sums of x * w
  std::vector<std::int64_t> reached;  // the largest magnitude that such a sum can have, by channel
};

// Before AVX-512 VNNI and its like, oneDNN adds pairs of products in 16 bits, which saturate.
bool AddsInThirtyTwoBits() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::avx2_vnni:
    case dnnl::cpu_isa::avx512_core_vnni:
    case dnnl::cpu_isa::avx512_core_bf16:
    case dnnl::cpu_isa::avx512_core_amx:
      return true;
    default:
      return false;
  }
}

// Its result then passes through a float, which has all integers up to here.
constexpr std::int64_t kExactInFloat = std::int64_t{1} << 24;

std::optional<Problem> ProblemOf(const KernelContext& context) {
  Problem problem;
  const Shape& in = context.InputShape(0);
  const Shape& out = context.OutputShape(0);
  const bool trans_b = context.attrs<QGemmAttrs>() && context.attrs<QGemmAttrs>()->trans_b;
  if (const auto* conv = context.attrs<QConvAttrs>()) {
    problem.attrs = *conv;
    problem.x = in;
    problem.y = out;
  } else if (const auto* gemm = context.attrs<QGemmAttrs>();
             gemm && in.rank() == 2 && context.InputShape(1).rank() == 2) {
    problem.attrs.product = gemm->product;
    problem.x = Shape{in[0], in[1], 1, 1};
    problem.y = Shape{out[0], out[1], 1, 1};
  } else {
    return std::nullopt;
  }
  const QuantizedProduct& product = problem.attrs.product;
  for (int i = 1; i < context.inputs(); ++i) {
    if (!context.Constant(i)) return std::nullopt;
  }
  const auto channels = static_cast<std::size_t>(problem.y[1]);
  const std::size_t filter = static_cast<std::size_t>(context.InputShape(1).elements()) / channels;
  const bool by_rows = !context.attrs<QGemmAttrs>() || trans_b;
  const std::vector<std::int32_t> weights =
      Centred(context.Constant(1)->view(), product.weight_zero_points, by_rows ? filter : 1);
  problem.weights.resize(weights.size());
  problem.bias.assign(channels, 0);
  if (product.has_bias) problem.bias = ToInt32(context.Constant(2)->view());
  const bool is_unsigned = context.InputDesc(0).dtype == DType::kUInt8;
  for (std::size_t m = 0; m < channels; ++m) {
    std::int64_t positive = 0, negative = 0;
    for (std::size_t k = 0; k < filter; ++k) {
      const std::int32_t weight = weights[by_rows ? m * filter + k : k * channels + m];
      if (weight < -128 || weight > 127) return std::nullopt;
      problem.weights[m * filter + k] = static_cast<std::int8_t>(weight);
      (weight > 0 ? positive : negative) += std::abs(weight);
      problem.bias[m] =
          WrappedDifference(problem.bias[m], WrappedProduct(product.x_zero_point, weight));
    }
    problem.reached.push_back(is_unsigned ? 255 * std::max(positive, negative)
                                          : 128 * (positive + negative));
  }
  return problem;
}

bool Applicable(const KernelContext& context) {
  if (!context.attrs<QConvAttrs>() && !context.attrs<QGemmAttrs>()) return false;
  if (!AddsInThirtyTwoBits()) return false;
  const std::optional<Problem> problem = ProblemOf(context);
  return problem && std::ranges::all_of(problem->reached,
                                        [](std::int64_t reach) { return reach < kExactInFloat; });
}

// From NCHW to NHWC with the padding that the convolution wants.
struct PadAndInterleave {
  Shape x;
  std::array<std::int64_t, 4> pads;
  std::uint8_t padding;

  std::int64_t height() const { return x[2] + pads[0] + pads[2]; }
  std::int64_t width() const { return x[3] + pads[1] + pads[3]; }

  void operator()(const std::uint8_t* from, std::uint8_t* to) const {
    const std::int64_t channels = x[1], line = width() * channels;
    if (height() * width() > x[2] * x[3]) {
      std::memset(to, padding, static_cast<std::size_t>(x[0] * height() * line));
    }
    for (std::int64_t n = 0; n < x[0]; ++n) {
      for (std::int64_t h = 0; h < x[2]; ++h) {
        std::uint8_t* row = to + (n * height() + h + pads[0]) * line + pads[1] * channels;
        for (std::int64_t c = 0; c < channels; ++c) {
          const std::uint8_t* source = from + ((n * channels + c) * x[2] + h) * x[3];
          for (std::int64_t w = 0; w < x[3]; ++w) row[w * channels + c] = source[w];
        }
      }
    }
  }
};

// From int32 sums in NHWC to the output in NCHW.
struct Finish {
  Shape y;
  OutputWriter writer;
  std::vector<std::int32_t> bias;

  void operator()(const std::int32_t* sums, void* out) const {
    const std::int64_t channels = y[1], plane = y[2] * y[3];
    constexpr std::int64_t kBlock = 32;  // pixels whose sums stay in the cache
    for (std::int64_t n = 0; n < y[0]; ++n) {
      for (std::int64_t first = 0; first < plane; first += kBlock) {
        const std::int64_t last = std::min(first + kBlock, plane);
        for (std::int64_t c = 0; c < channels; ++c) WriteRun(sums, out, n, c, first, last);
      }
    }
  }

  // Pixels first to last of one plane.
  void WriteRun(const std::int32_t* sums, void* out, std::int64_t n, std::int64_t c,
                std::int64_t first, std::int64_t last) const {
    const std::int64_t channels = y[1], plane = y[2] * y[3];
    const auto channel = static_cast<std::size_t>(c);
    for (std::int64_t p = first; p < last; ++p) {
      writer.Write(out, static_cast<std::size_t>((n * channels + c) * plane + p), channel,
                   WrappedSum(sums[(n * plane + p) * channels + c], bias[channel]));
    }
  }
};

void Reorder(std::vector<std::int8_t>& weights, const Layout& as_stored, std::byte* to,
             const Layout& wanted) {
  dnnl::memory source(as_stored, DnnlEngine(), weights.data());
  dnnl::memory target(wanted, DnnlEngine(), to);
  dnnl::stream stream(DnnlEngine());
  dnnl::reorder(source, target).execute(stream, source, target);
  stream.wait();
}

std::byte* At(SlotPointers slots, SlotId slot) { return slots[static_cast<std::size_t>(slot)]; }

void Build(KernelContext& context) {
  Problem problem = *ProblemOf(context);
  const QConvAttrs& attrs = problem.attrs;
  const bool is_unsigned = context.InputDesc(0).dtype == DType::kUInt8;
  const PadAndInterleave pack{problem.x, attrs.pads,
                              static_cast<std::uint8_t>(attrs.product.x_zero_point)};
  const auto type = is_unsigned ? memory::data_type::u8 : memory::data_type::s8;
  const Layout src({problem.x[0], problem.x[1], pack.height(), pack.width()}, type, Tag::nhwc);
  const Layout dst(DimsOf(problem.y), memory::data_type::s32, Tag::nhwc);
  memory::dims filter{problem.y[1], problem.x[1] / attrs.groups, attrs.kernel[0], attrs.kernel[1]};
  if (attrs.groups > 1) {
    filter[0] /= attrs.groups;
    filter.insert(filter.begin(), attrs.groups);
  }
  const Tag plain = attrs.groups > 1 ? Tag::goihw : Tag::oihw;
  const dnnl::convolution_forward::primitive_desc desc(
      {dnnl::prop_kind::forward_inference,
       dnnl::algorithm::convolution_direct,
       src,
       Layout(filter, memory::data_type::s8, Tag::any),
       dst,
       {attrs.strides[0], attrs.strides[1]},
       {attrs.dilations[0] - 1, attrs.dilations[1] - 1},
       {0, 0},
       {0, 0}},
      MakeAttr(), context.engine());

  ProgramBuilder& builder = context.builder();
  const SlotId x = context.Input(0, PlainLayout(context.InputDesc(0)));
  const SlotId packed = builder.Scratch(src.get_size());
  const SlotId sums = builder.Scratch(dst.get_size());
  builder.AddFunction(
      [x, packed, pack](SlotPointers slots) {
        pack(reinterpret_cast<const std::uint8_t*>(At(slots, x)),
             reinterpret_cast<std::uint8_t*>(At(slots, packed)));
      },
      std::array{x, packed});
  const Layout as_stored(filter, memory::data_type::s8, plain);
  const SlotId weights = builder.Pack(desc.weights_desc().get_size(), [&](std::byte* to) {
    Reorder(problem.weights, as_stored, to, desc.weights_desc());
  });
  context.Add(dnnl::convolution_forward(desc), desc,
              {{DNNL_ARG_SRC, packed, src},
               {DNNL_ARG_WEIGHTS, weights, desc.weights_desc()},
               {DNNL_ARG_DST, sums, dst}});
  const SlotId y = context.Output(0, PlainLayout(context.OutputDesc(0)));
  builder.AddFunction(
      [sums, y,
       finish = Finish{problem.y, OutputWriter(attrs.product), problem.bias}](SlotPointers slots) {
        finish(reinterpret_cast<const std::int32_t*>(At(slots, sums)), At(slots, y));
      },
      std::array{sums, y});
}

}  // namespace

bool BuildQuantized(KernelContext& context) {
  if (!Applicable(context)) return false;
  try {
    Build(context);
  } catch (const dnnl::error& error) {
    if (error.status != dnnl_unimplemented) throw FromDnnl(error, context.Description());
    return false;
  }
  return true;
}

}  // namespace vigil::cpu::onednn
