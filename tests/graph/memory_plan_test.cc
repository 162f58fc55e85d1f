#include "engine/graph/memory_plan.h"

#include <random>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"

namespace vigil {
namespace {

bool AliveTogether(const Lifetime& a, const Lifetime& b) {
  return a.bytes > 0 && b.bytes > 0 && a.first <= b.last && b.first <= a.last;
}

void ExpectNoOverlap(const std::vector<Lifetime>& values, const MemoryPlan& plan) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_LE(plan.offsets[i] + values[i].bytes, plan.arena_bytes) << "value " << i;
    for (std::size_t j = 0; j < i; ++j) {
      if (!AliveTogether(values[i], values[j])) continue;
      const bool apart = plan.offsets[i] + values[i].bytes <= plan.offsets[j] ||
                         plan.offsets[j] + values[j].bytes <= plan.offsets[i];
      EXPECT_TRUE(apart) << "values " << i << " and " << j << " share memory";
    }
  }
}

TEST(PlanMemory, Nothing_TakesNoRoom) {
  const MemoryPlan plan = PlanMemory({});
  EXPECT_EQ(plan.arena_bytes, 0u);
  EXPECT_EQ(plan.peak_live_bytes, 0u);
}

TEST(PlanMemory, ChainOfEqualValues_UsesTwoPlaces) {
  // Each value is read by the next node alone.
  const std::vector<Lifetime> values = {{256, 0, 1}, {256, 1, 2}, {256, 2, 3}, {256, 3, 4}};
  const MemoryPlan plan = PlanMemory(values);
  EXPECT_EQ(plan.offsets, (std::vector<std::size_t>{0, 256, 0, 256}));
  EXPECT_EQ(plan.arena_bytes, 512u);
  EXPECT_EQ(plan.peak_live_bytes, 512u);
}

TEST(PlanMemory, ValueReadInTheStepThatWritesAnother_DoesNotShareWithIt) {
  const std::vector<Lifetime> values = {{64, 0, 1}, {64, 1, 1}};
  EXPECT_EQ(PlanMemory(values).arena_bytes, 128u);
}

TEST(PlanMemory, SmallValue_FillsTheGapThatABigOneLeaves) {
  // The big one goes first; at step 2 it is gone, and the small ones alive then start at 0.
  const std::vector<Lifetime> values = {{64, 2, 3}, {1024, 0, 1}, {128, 1, 2}};
  const MemoryPlan plan = PlanMemory(values);
  EXPECT_EQ(plan.offsets, (std::vector<std::size_t>{0, 0, 1024}));
  EXPECT_EQ(plan.arena_bytes, 1152u);
}

TEST(PlanMemory, OddSizes_StartAtMultiplesOfTheAlignment) {
  const std::vector<Lifetime> values = {{100, 0, 1}, {3, 0, 1}, {0, 0, 1}, {1, 0, 1}};
  const MemoryPlan plan = PlanMemory(values, 64);
  EXPECT_EQ(plan.offsets, (std::vector<std::size_t>{0, 128, 0, 192}));
  EXPECT_EQ(plan.arena_bytes, 256u);
  EXPECT_EQ(plan.peak_live_bytes, 256u);
}

TEST(PlanMemory, RandomLifetimes_NeverOverlapInTheArena) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<Lifetime> values(1 + random() % 40);
    for (Lifetime& value : values) {
      value.bytes = random() % 5000;
      value.first = static_cast<int>(random() % 30);
      value.last = value.first + static_cast<int>(random() % 10);
    }
    const MemoryPlan plan = PlanMemory(values, std::size_t{1} << (random() % 9));
    ExpectNoOverlap(values, plan);
    EXPECT_GE(plan.arena_bytes, plan.peak_live_bytes);
  }
}

TEST(PlanMemory, ChainsOfResidualBlocks_StayWithinThirtyPercentOfThePeak) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 100; ++round) {
    std::vector<Lifetime> values;
    std::size_t bytes = 1 << 20;
    int step = 0;
    for (int block = 0; block < 16; ++block) {
      // What enters a block is alive to its end where it is added there.
      const std::size_t inside = bytes * (1 + random() % 6);
      values.push_back({bytes, step, step + (random() % 2 ? 3 : 1)});
      values.push_back({inside, step + 1, step + 2});
      if (random() % 4 == 0) bytes = std::max<std::size_t>(bytes / 2, 4096);
      values.push_back({inside * bytes / values[values.size() - 2].bytes, step + 2, step + 3});
      step += 3;
    }
    const MemoryPlan plan = PlanMemory(values);
    ExpectNoOverlap(values, plan);
    EXPECT_LE(static_cast<double>(plan.arena_bytes),
              1.3 * static_cast<double>(plan.peak_live_bytes))
        << "round " << round;
  }
}

TEST(LifetimesOf, InputsConstantsOutputsAndTaps_LiveAsDocumented) {
  GraphBuilder builder;
  const TensorDesc desc{DType::kFloat32, {1, 4}};
  const ValueId x = builder.Input("x", desc);
  const ValueId k = builder.Constant("k", Tensor(desc));
  const ValueId a = builder.Add("a", BinaryAttrs{BinaryKind::kAdd}, {x, k});
  const ValueId b = builder.Add("b", UnaryAttrs{UnaryKind::kRelu}, {a});
  const ValueId c = builder.Add("c", UnaryAttrs{UnaryKind::kRelu}, {b});
  const ValueId d = builder.Add("d", UnaryAttrs{UnaryKind::kRelu}, {c});
  builder.Output(c);
  builder.Tap(a);
  const Graph graph = std::move(builder).Build();
  const std::vector<Lifetime> lifetimes = LifetimesOf(graph);
  const auto expect = [&](ValueId id, std::size_t bytes, int first, int last) {
    const Lifetime& lifetime = lifetimes[static_cast<std::size_t>(id)];
    EXPECT_EQ(lifetime.bytes, bytes) << id;
    EXPECT_EQ(lifetime.first, first) << id;
    EXPECT_EQ(lifetime.last, last) << id;
  };
  expect(x, 16, 0, 0);
  expect(a, 16, 0, 3);
  expect(b, 16, 1, 2);
  expect(c, 16, 2, 3);
  expect(d, 16, 3, 3);
  EXPECT_EQ(lifetimes[static_cast<std::size_t>(k)].bytes, 0u);
}

}  // namespace
}  // namespace vigil
