#include "engine/graph/graph.h"

#include <gtest/gtest.h>

#include "engine/graph/builder.h"

namespace vigil {
namespace {

TEST(WithBatch, LeavesWhatOnlyConstantsMake) {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
  const ValueId c = builder.Constant("c", Tensor({2, 3}, std::vector<float>(6, 1.0f)));
  const ValueId turned = builder.Add("turned", TransposeAttrs{{1, 0}}, {c});
  GemmAttrs gemm;
  builder.Output(builder.Add("y", gemm, {x, turned}));
  const Graph graph = std::move(builder).Build().WithBatch(5);
  EXPECT_EQ(graph.value(turned).desc.shape, (Shape{3, 2}));
  EXPECT_EQ(graph.value(graph.outputs()[0]).desc.shape, (Shape{5, 2}));
}

}  // namespace
}  // namespace vigil
