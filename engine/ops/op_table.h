// The definitions that op.cc's table is made of; each stands in the file of its operator.
#ifndef VIGIL_ENGINE_OPS_OP_TABLE_H_
#define VIGIL_ENGINE_OPS_OP_TABLE_H_

#include "engine/ops/op.h"

namespace vigil {

extern const OpDef kConvOp;
extern const OpDef kGemmOp;
extern const OpDef kBatchNormOp;
extern const OpDef kUnaryOp;
extern const OpDef kBinaryOp;
extern const OpDef kConcatOp;
extern const OpDef kPoolOp;
extern const OpDef kGlobalPoolOp;
extern const OpDef kSoftmaxOp;
extern const OpDef kFlattenOp;
extern const OpDef kReshapeOp;
extern const OpDef kTransposeOp;
extern const OpDef kPadOp;
extern const OpDef kSqueezeOp;
extern const OpDef kUnsqueezeOp;
extern const OpDef kSliceOp;
extern const OpDef kSplitOp;
extern const OpDef kExpandOp;
extern const OpDef kTileOp;
extern const OpDef kGatherOp;
extern const OpDef kDepthToSpaceOp;
extern const OpDef kSpaceToDepthOp;
extern const OpDef kResizeOp;
extern const OpDef kCastOp;
extern const OpDef kWhereOp;
extern const OpDef kReduceOp;
extern const OpDef kInstanceNormOp;
extern const OpDef kLrnOp;
extern const OpDef kArgMaxOp;
extern const OpDef kMatMulOp;
extern const OpDef kConvTransposeOp;
extern const OpDef kHalfRoundOp;
extern const OpDef kQuantizeOp;
extern const OpDef kDequantizeOp;
extern const OpDef kQConvOp;
extern const OpDef kQGemmOp;

}  // namespace vigil

#endif  // VIGIL_ENGINE_OPS_OP_TABLE_H_
