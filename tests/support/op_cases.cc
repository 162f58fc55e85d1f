#include "tests/support/op_cases.h"

#include <cstdlib>

namespace vigil::testing {

std::vector<OpCaseTable> AllOpCases() {
  return {
      {"ConvChannel", ConvChannelCases},
      {"ConvWindow", ConvWindowCases},
      {"ConvGroup", ConvGroupCases},
      {"ConvEpilogue", ConvEpilogueCases},
      {"ConvTile", ConvTileCases},
      {"ConvTranspose", ConvTransposeCases},
      {"ConvTransposeEpilogue", ConvTransposeEpilogueCases},
      {"Gemm", GemmCases},
      {"MatMul", MatMulCases},
      {"BatchNorm", BatchNormCases},
      {"Unary", UnaryCases},
      {"Binary", BinaryCases},
      {"Concat", ConcatCases},
      {"Pool", PoolCases},
      {"PoolTile", PoolTileCases},
      {"GlobalPool", GlobalPoolCases},
      {"Reduce", ReduceCases},
      {"InstanceNorm", InstanceNormCases},
      {"Lrn", LrnCases},
      {"Softmax", SoftmaxCases},
      {"Flatten", FlattenCases},
      {"Reshape", ReshapeCases},
      {"Transpose", TransposeCases},
      {"Pad", PadCases},
      {"Squeeze", SqueezeCases},
      {"Unsqueeze", UnsqueezeCases},
      {"Slice", SliceCases},
      {"Split", SplitCases},
      {"Expand", ExpandCases},
      {"Tile", TileCases},
      {"Gather", GatherCases},
      {"DepthToSpace", DepthToSpaceCases},
      {"SpaceToDepth", SpaceToDepthCases},
      {"PadMode", PadModeCases},
      {"ResizeNearest", ResizeNearestCases},
      {"ResizeLinear", ResizeLinearCases},
      {"ResizeCubic", ResizeCubicCases},
  };
}

std::vector<OpCase> ChosenCases(const OpCaseTable& table) {
  std::vector<OpCase> cases = table.cases();
  if (const char* wanted = std::getenv("VIGIL_OP_CASE")) {
    std::erase_if(cases, [&](const OpCase& op_case) {
      return ToString(op_case).find(wanted) == std::string::npos;
    });
  }
  return cases;
}

}  // namespace vigil::testing
