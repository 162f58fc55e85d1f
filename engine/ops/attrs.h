// The attributes of every operator, as one variant: the alternative is the operator's kind.
#ifndef VIGIL_ENGINE_OPS_ATTRS_H_
#define VIGIL_ENGINE_OPS_ATTRS_H_

#include <variant>

#include "engine/ops/arg_max.h"
#include "engine/ops/batch_norm.h"
#include "engine/ops/cast.h"
#include "engine/ops/concat.h"
#include "engine/ops/conv.h"
#include "engine/ops/conv_transpose.h"
#include "engine/ops/depth_space.h"
#include "engine/ops/elementwise.h"
#include "engine/ops/gather.h"
#include "engine/ops/gemm.h"
#include "engine/ops/half_round.h"
#include "engine/ops/instance_norm.h"
#include "engine/ops/lrn.h"
#include "engine/ops/matmul.h"
#include "engine/ops/pad.h"
#include "engine/ops/pool.h"
#include "engine/ops/quantize.h"
#include "engine/ops/quantized_conv.h"
#include "engine/ops/quantized_gemm.h"
#include "engine/ops/reduce.h"
#include "engine/ops/repeat.h"
#include "engine/ops/reshape.h"
#include "engine/ops/resize.h"
#include "engine/ops/slice.h"
#include "engine/ops/softmax.h"
#include "engine/ops/transpose.h"

namespace vigil {

using OpAttrs =
    std::variant<ConvAttrs, GemmAttrs, BatchNormAttrs, UnaryAttrs, BinaryAttrs, ConcatAttrs,
                 PoolAttrs, GlobalPoolAttrs, SoftmaxAttrs, FlattenAttrs, ReshapeAttrs,
                 TransposeAttrs, PadAttrs, SqueezeAttrs, UnsqueezeAttrs, SliceAttrs, SplitAttrs,
                 ExpandAttrs, TileAttrs, GatherAttrs, DepthToSpaceAttrs, SpaceToDepthAttrs,
                 ResizeAttrs, CastAttrs, WhereAttrs, ReduceAttrs, InstanceNormAttrs, LrnAttrs,
                 ArgMaxAttrs, MatMulAttrs, ConvTransposeAttrs, HalfRoundAttrs, QuantizeAttrs,
                 DequantizeAttrs, QConvAttrs, QGemmAttrs>;

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_ATTRS_H_
