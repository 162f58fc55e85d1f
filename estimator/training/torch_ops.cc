#include "estimator/training/torch_ops.h"

#include <array>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include "engine/base/text.h"

namespace vigil::training {
namespace {

using Inputs = std::span<const at::Tensor>;

template <std::size_t N>
at::IntArrayRef Ref(const std::array<std::int64_t, N>& values) {
  return {values.data(), values.size()};
}

// Pads height and width (negative: crops); libtorch names the last dimension first.
at::Tensor PadImage(const at::Tensor& x, const std::array<std::int64_t, 4>& pads, float value) {
  const std::array<std::int64_t, 4> order{pads[1], pads[3], pads[0], pads[2]};
  if (order == std::array<std::int64_t, 4>{}) return x;
  return at::constant_pad_nd(x, Ref(order), value);
}

at::Tensor Apply(const ConvAttrs& a, Inputs in, const TensorDesc&, bool) {
  const c10::optional<at::Tensor> bias =
      a.has_bias ? c10::optional<at::Tensor>(in[2]) : c10::nullopt;
  if (a.pads[0] == a.pads[2] && a.pads[1] == a.pads[3]) {
    const std::array<std::int64_t, 2> pads{a.pads[0], a.pads[1]};
    return at::conv2d(in[0], in[1], bias, Ref(a.strides), Ref(pads), Ref(a.dilations), a.groups);
  }
  return at::conv2d(PadImage(in[0], a.pads, 0.0f), in[1], bias, Ref(a.strides),
                    at::IntArrayRef{0, 0}, Ref(a.dilations), a.groups);
}

at::Tensor Apply(const GemmAttrs& a, Inputs in, const TensorDesc&, bool) {
  const at::Tensor left = a.trans_a ? in[0].t() : in[0];
  const at::Tensor right = a.trans_b ? in[1].t() : in[1];
  if (a.has_bias) return at::addmm(in[2], left, right, a.beta, a.alpha);
  const at::Tensor product = at::mm(left, right);
  return a.alpha == 1.0f ? product : product * a.alpha;
}

at::Tensor Apply(const BatchNormAttrs& a, Inputs in, const TensorDesc&, bool training) {
  if (training && in[0].numel() == in[0].size(1)) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidShape,
                "BatchNormalization has one value a channel: expected a batch of at least 2");
  }
  return at::batch_norm(in[0], in[1], in[2], in[3], in[4], training, 1.0 - a.momentum, a.epsilon,
                        /*cudnn_enabled=*/false);
}

at::Tensor Apply(const UnaryAttrs& a, Inputs in, const TensorDesc&, bool training) {
  const at::Tensor& x = in[0];
  switch (a.kind) {
    case UnaryKind::kRelu:
      return at::relu(x);
    case UnaryKind::kClip:
      return at::clamp(x, a.alpha, a.beta);
    case UnaryKind::kSigmoid:
      return at::sigmoid(x);
    case UnaryKind::kIdentity:
      return x;
    case UnaryKind::kDropout:
      return at::dropout(x, a.alpha, training);
    case UnaryKind::kLeakyRelu:
      return at::leaky_relu(x, a.alpha);
    case UnaryKind::kElu:
      return at::elu(x, a.alpha);
    case UnaryKind::kHardSigmoid:  // libtorch's own has one slope alone
      return at::clamp(x * a.alpha + a.beta, 0.0, 1.0);
    case UnaryKind::kHardSwish:
      return at::hardswish(x);
    case UnaryKind::kTanh:
      return at::tanh(x);
    case UnaryKind::kSelu:
      return at::elu(x, a.alpha, a.beta);
    case UnaryKind::kSoftplus:
      return at::softplus(x);
    case UnaryKind::kSoftsign:
      return x / (at::abs(x) + 1.0);
    case UnaryKind::kErf:
      return at::erf(x);
    case UnaryKind::kExp:
      return at::exp(x);
    case UnaryKind::kLog:
      return at::log(x);
    case UnaryKind::kSqrt:
      return at::sqrt(x);
    case UnaryKind::kNeg:
      return at::neg(x);
    case UnaryKind::kAbs:
      return at::abs(x);
    case UnaryKind::kReciprocal:
      return at::reciprocal(x);
    case UnaryKind::kFloor:
      return at::floor(x);
    case UnaryKind::kCeil:
      return at::ceil(x);
    case UnaryKind::kGelu:
      return at::gelu(x);
    case UnaryKind::kGeluTanh:
      return at::gelu(x, "tanh");
    case UnaryKind::kRound:
      return at::round(x);
    case UnaryKind::kSign:
      return at::sign(x);
    case UnaryKind::kThresholdedRelu:
      return at::threshold(x, a.alpha, 0.0);
    case UnaryKind::kShrink:  // libtorch's own moves by the threshold
      return at::where(x > a.alpha, x - a.beta, at::where(x < -a.alpha, x + a.beta, x * 0.0));
    case UnaryKind::kMish:
      return at::mish(x);
    case UnaryKind::kCelu:
      // at::celu subtracts 1 from the exponential, which leaves nothing of it near 0.
      return at::where(x > 0, x, at::expm1(x.clamp_max(0) / a.alpha) * a.alpha);
    default:
      return x;  // CheckSupported saw to it that there is none
  }
}

at::Tensor Apply(const BinaryAttrs& a, Inputs in, const TensorDesc&, bool) {
  switch (a.kind) {
    case BinaryKind::kAdd:
      return at::add(in[0], in[1]);
    case BinaryKind::kMul:
      return at::mul(in[0], in[1]);
    case BinaryKind::kSub:
      return at::sub(in[0], in[1]);
    case BinaryKind::kDiv:
      return at::div(in[0], in[1]);
    case BinaryKind::kPow:
      return at::pow(in[0], in[1]);
    case BinaryKind::kMin:
      return at::minimum(in[0], in[1]);
    case BinaryKind::kMax:
      return at::maximum(in[0], in[1]);
    case BinaryKind::kPRelu:  // libtorch's own knows slopes of channels alone
      return at::where(in[0] < 0.0, in[0] * in[1], in[0]);
    default:
      return in[0];  // CheckSupported saw to it that there is none
  }
}

at::Tensor Apply(const ConcatAttrs& a, Inputs in, const TensorDesc&, bool) {
  return at::cat(at::TensorList(in.data(), in.size()), a.axis);
}

// Pads at the end that make the last window end exactly where the input does; negative where
// windows leave something over.
std::array<std::int64_t, 4> ExactPads(const PoolAttrs& a, const at::Tensor& x, const Shape& out) {
  std::array<std::int64_t, 4> pads = a.pads;
  for (const std::size_t axis : {0u, 1u}) {
    const int dim = static_cast<int>(axis) + 2;
    const std::int64_t span =
        (out[dim] - 1) * a.strides[axis] + a.dilations[axis] * (a.kernel[axis] - 1) + 1;
    pads[axis + 2] = span - pads[axis] - x.size(dim);
  }
  return pads;
}

// Sums over windows without padding; libtorch's own average pool has no dilation.
at::Tensor SumPool(const PoolAttrs& a, const at::Tensor& x, const Shape& out) {
  if (Ref(a.dilations) == at::IntArrayRef({1, 1})) {
    return at::avg_pool2d(x, Ref(a.kernel), Ref(a.strides), 0, false, true, 1);
  }
  const at::Tensor columns = at::im2col(x, Ref(a.kernel), Ref(a.dilations), {0, 0}, Ref(a.strides));
  return columns.view({x.size(0), x.size(1), a.kernel[0] * a.kernel[1], out[2] * out[3]})
      .sum(2)
      .view({x.size(0), x.size(1), out[2], out[3]});
}

at::Tensor Apply(const PoolAttrs& a, Inputs in, const TensorDesc& out, bool) {
  const at::Tensor& x = in[0];
  const std::array<std::int64_t, 4> pads = ExactPads(a, x, out.shape);
  if (a.kind == PoolKind::kMax) {
    const at::Tensor padded = PadImage(x, pads, -std::numeric_limits<float>::infinity());
    return at::max_pool2d(padded, Ref(a.kernel), Ref(a.strides), 0, Ref(a.dilations));
  }
  const at::Tensor sums = SumPool(a, PadImage(x, pads, 0.0f), out.shape);
  // What counts in the average: the input, with count_include_pad its padding, never the rest of a
  // window that ceil_mode lets hang over.
  at::Tensor ones = at::ones({1, 1, x.size(2), x.size(3)}, x.options());
  std::array<std::int64_t, 4> rest = pads;
  if (a.count_include_pad) {
    ones = PadImage(ones, a.pads, 1.0f);
    for (const std::size_t side : {0u, 1u, 2u, 3u}) rest[side] -= a.pads[side];
  }
  return sums / SumPool(a, PadImage(ones, rest, 0.0f), out.shape);
}

at::Tensor Apply(const GlobalPoolAttrs& a, Inputs in, const TensorDesc&, bool) {
  return a.kind == PoolKind::kMax ? at::amax(in[0], {2, 3}, /*keepdim=*/true)
                                  : at::mean(in[0], {2, 3}, /*keepdim=*/true);
}

std::int64_t ElementsBefore(const at::Tensor& x, std::int64_t axis) {
  std::int64_t elements = 1;
  for (std::int64_t i = 0; i < axis; ++i) elements *= x.size(i);
  return elements;
}

at::Tensor Apply(const SoftmaxAttrs& a, Inputs in, const TensorDesc&, bool) {
  const auto along = [&](const at::Tensor& x, std::int64_t axis) {
    return a.log ? at::log_softmax(x, axis) : at::softmax(x, axis);
  };
  if (!a.flatten_from_axis) return along(in[0], a.axis);
  const std::int64_t rows = ElementsBefore(in[0], a.axis);
  return along(in[0].reshape({rows, in[0].numel() / rows}), 1).reshape(in[0].sizes());
}

at::Tensor Apply(const FlattenAttrs& a, Inputs in, const TensorDesc&, bool) {
  const std::int64_t rows = ElementsBefore(in[0], a.axis);
  return in[0].reshape({rows, in[0].numel() / rows});
}

at::Tensor Apply(const ReshapeAttrs& a, Inputs in, const TensorDesc&, bool) {
  std::vector<std::int64_t> shape = a.shape;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 0) shape[i] = in[0].size(static_cast<std::int64_t>(i));
  }
  return in[0].reshape(shape);
}

at::Tensor Apply(const TransposeAttrs& a, Inputs in, const TensorDesc&, bool) {
  return in[0].permute(a.perm);
}

at::Tensor Apply(const PadAttrs& a, Inputs in, const TensorDesc&, bool) {
  const std::size_t rank = a.pads.size() / 2;
  std::vector<std::int64_t> pads;
  for (std::size_t i = rank; i-- > 0;) {
    pads.push_back(a.pads[i]);
    pads.push_back(a.pads[rank + i]);
  }
  return at::constant_pad_nd(in[0], pads, a.value);
}

at::Tensor Apply(const ReduceAttrs& a, Inputs in, const TensorDesc&, bool) {
  const at::Tensor& x = in[0];
  switch (a.kind) {
    case ReduceKind::kSum:
      return at::sum(x, a.axes, a.keep_dims);
    case ReduceKind::kMean:
      return at::mean(x, a.axes, a.keep_dims);
    case ReduceKind::kMax:
      return at::amax(x, a.axes, a.keep_dims);
    case ReduceKind::kMin:
      return at::amin(x, a.axes, a.keep_dims);
    case ReduceKind::kProd: {  // libtorch's takes one axis; from the last, so that names stay
      at::Tensor product = x;
      for (auto axis = a.axes.rbegin(); axis != a.axes.rend(); ++axis) {
        product = at::prod(product, *axis, a.keep_dims);
      }
      return product;
    }
    case ReduceKind::kL1:
      return at::sum(at::abs(x), a.axes, a.keep_dims);
    case ReduceKind::kL2:
      return at::sqrt(at::sum(x * x, a.axes, a.keep_dims));
    case ReduceKind::kSumSquare:
      return at::sum(x * x, a.axes, a.keep_dims);
    case ReduceKind::kLogSum:
      return at::log(at::sum(x, a.axes, a.keep_dims));
    case ReduceKind::kLogSumExp:
      return at::logsumexp(x, a.axes, a.keep_dims);
  }
  return x;
}

at::Tensor Apply(const InstanceNormAttrs& a, Inputs in, const TensorDesc&, bool) {
  return at::instance_norm(in[0], in[1], in[2], {}, {}, /*use_input_stats=*/true,
                           /*momentum=*/0.0, a.epsilon, /*cudnn_enabled=*/false);
}

at::Tensor Apply(const LrnAttrs& a, Inputs in, const TensorDesc&, bool) {
  const at::Tensor& x = in[0];
  const std::int64_t before = (a.size - 1) / 2;
  std::vector<std::int64_t> pads(2 * static_cast<std::size_t>(x.dim() - 2), 0);
  pads.insert(pads.end(), {before, a.size - 1 - before});
  const at::Tensor squares = at::constant_pad_nd(x * x, pads, 0.0);
  at::Tensor sum = at::zeros_like(x);
  for (std::int64_t k = 0; k < a.size; ++k) sum = sum + squares.narrow(1, k, x.size(1));
  return x / at::pow(sum * (a.alpha / static_cast<float>(a.size)) + a.bias, a.beta);
}

at::Tensor Apply(const ArgMaxAttrs& a, Inputs in, const TensorDesc&, bool) {
  return at::argmax(in[0], a.axis, a.keep_dims);
}

at::Tensor Apply(const MatMulAttrs&, Inputs in, const TensorDesc&, bool) {
  return at::matmul(in[0], in[1]);
}

// libtorch's own padding is the same on both sides; so the whole is cut, or widened, before the
// bias, which further rows and columns have too.
at::Tensor Apply(const ConvTransposeAttrs& a, Inputs in, const TensorDesc&, bool) {
  const at::Tensor whole =
      at::conv_transpose2d(in[0], in[1], {}, Ref(a.strides), at::IntArrayRef{0, 0},
                           at::IntArrayRef{0, 0}, a.groups, Ref(a.dilations));
  const at::Tensor cut = PadImage(
      whole, {-a.pads[0], -a.pads[1], a.output_pads[0] - a.pads[2], a.output_pads[1] - a.pads[3]},
      0.0f);
  return a.has_bias ? cut + in[2].view({1, -1, 1, 1}) : cut;
}

template <typename Attrs>
concept Trainable = requires(const Attrs& a, Inputs in, const TensorDesc& out) {
  Apply(a, in, out, false);
};

template <typename Attrs>
concept HasEpilogue = requires(const Attrs& a) {
  a.epilogue;
};

// What no network that is trained was met with.
bool IsRare(const OpAttrs& attrs) {
  if (const auto* unary = std::get_if<UnaryAttrs>(&attrs)) return unary->kind >= UnaryKind::kSin;
  const auto* binary = std::get_if<BinaryAttrs>(&attrs);
  return binary && binary->kind >= BinaryKind::kMod;
}

}  // namespace

void CheckSupported(const OpAttrs& attrs) {
  if (IsRare(attrs)) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text(OpName(attrs), " is not trained here"));
  }
  std::visit(
      [&]<typename Attrs>(const Attrs& a) {
        if constexpr (!Trainable<Attrs>) {
          throw Error(Fault::kModel, ErrorCode::kUnsupported,
                      Text(OpName(attrs), " is not trained here"));
        } else if constexpr (std::is_same_v<Attrs, ArgMaxAttrs>) {
          throw Error(Fault::kModel, ErrorCode::kUnsupported,
                      "ArgMax has no gradient: expected a graph that ends before it");
        } else if constexpr (std::is_same_v<Attrs, PadAttrs>) {
          if (a.mode == PadMode::kConstant) return;
          throw Error(Fault::kModel, ErrorCode::kUnsupported,
                      "Pad with other values than a constant is not trained here");
        } else if constexpr (HasEpilogue<Attrs>) {
          if (a.epilogue == Epilogue{}) return;
          throw Error(Fault::kModel, ErrorCode::kUnsupported,
                      Text(OpName(attrs), " has a fused epilogue: expected the graph as built"));
        }
      },
      attrs);
}

at::Tensor ApplyOp(const OpAttrs& attrs, Inputs in, const TensorDesc& out, bool training) {
  CheckSupported(attrs);
  return std::visit(
      [&]<typename Attrs>(const Attrs& a) -> at::Tensor {
        if constexpr (Trainable<Attrs>) return Apply(a, in, out, training);
        return {};
      },
      attrs);
}

void ThrowAsError(std::string_view where) {
  try {
    throw;
  } catch (const Error& error) {
    throw Error(error.fault(), error.code(), Text(where, ": ", error.what()));
  } catch (const std::bad_alloc&) {
    throw Error(Fault::kGpu, ErrorCode::kOutOfMemory, Text(where, ": out of memory"));
  } catch (const c10::Error& error) {
    std::string line = error.what_without_backtrace();
    line = line.substr(0, line.find('\n'));
    const bool memory = line.find("allocate memory") != std::string::npos ||
                        line.find("out of memory") != std::string::npos;
    throw Error(memory ? Fault::kGpu : Fault::kTraining,
                memory ? ErrorCode::kOutOfMemory : ErrorCode::kUnsupported,
                Text(where, ": libtorch: ", line));
  } catch (const std::exception& error) {
    throw Error(Fault::kTraining, ErrorCode::kUnsupported, Text(where, ": ", error.what()));
  }
}

}  // namespace vigil::training
