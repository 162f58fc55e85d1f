// The tables of cases that every backend and every oracle runs, one an operator. Shapes are primes
// and ones beside multiples of four, batches 1 and 3.
#ifndef VIGIL_TESTS_SUPPORT_OP_CASES_H_
#define VIGIL_TESTS_SUPPORT_OP_CASES_H_

#include <ostream>
#include <string>
#include <vector>

#include "tests/support/op_case.h"

namespace vigil::testing {

std::vector<OpCase> ConvChannelCases();   // channels and batches
std::vector<OpCase> ConvWindowCases();    // kernels, strides, pads, dilations
std::vector<OpCase> ConvGroupCases();     // groups, depthwise, multipliers
std::vector<OpCase> ConvEpilogueCases();  // residual, activation, stored values
std::vector<OpCase> ConvTileCases();      // planes and channels of several tiles, whole and not
std::vector<OpCase> ConvTransposeCases();
std::vector<OpCase> ConvTransposeEpilogueCases();
std::vector<OpCase> GemmCases();
std::vector<OpCase> MatMulCases();
std::vector<OpCase> BatchNormCases();
std::vector<OpCase> UnaryCases();
std::vector<OpCase> BinaryCases();
std::vector<OpCase> ConcatCases();
std::vector<OpCase> PoolCases();
std::vector<OpCase> PoolTileCases();
std::vector<OpCase> GlobalPoolCases();
std::vector<OpCase> ReduceCases();
std::vector<OpCase> InstanceNormCases();
std::vector<OpCase> LrnCases();
std::vector<OpCase> SoftmaxCases();
std::vector<OpCase> FlattenCases();
std::vector<OpCase> ReshapeCases();
std::vector<OpCase> TransposeCases();
std::vector<OpCase> PadCases();
std::vector<OpCase> SqueezeCases();
std::vector<OpCase> UnsqueezeCases();
std::vector<OpCase> SliceCases();
std::vector<OpCase> SplitCases();
std::vector<OpCase> ExpandCases();
std::vector<OpCase> TileCases();
std::vector<OpCase> GatherCases();
std::vector<OpCase> DepthToSpaceCases();
std::vector<OpCase> SpaceToDepthCases();
std::vector<OpCase> PadModeCases();
std::vector<OpCase> ResizeNearestCases();
std::vector<OpCase> ResizeLinearCases();
std::vector<OpCase> ResizeCubicCases();

// The tables above under the names that tests carry ("ConvWindow").
struct OpCaseTable {
  std::string name;
  std::vector<OpCase> (*cases)();

  friend std::ostream& operator<<(std::ostream& out, const OpCaseTable& table) {
    return out << table.name;
  }
};
std::vector<OpCaseTable> AllOpCases();

// Those of a table whose text contains the environment variable VIGIL_OP_CASE; all without it. So a
// case that failed runs again alone.
std::vector<OpCase> ChosenCases(const OpCaseTable& table);

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_OP_CASES_H_
