#include "engine/graph/memory_plan.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <utility>

namespace vigil {
namespace {

bool AliveTogether(const Lifetime& a, const Lifetime& b) {
  return a.first <= b.last && b.first <= a.last;
}

std::size_t RoundUp(std::size_t bytes, std::size_t alignment) {
  return (bytes + alignment - 1) & ~(alignment - 1);
}

std::size_t PeakLiveBytes(std::span<const Lifetime> values, std::size_t alignment) {
  std::map<int, std::int64_t> change;  // of the bytes alive, by step
  for (const Lifetime& value : values) {
    const auto bytes = static_cast<std::int64_t>(RoundUp(value.bytes, alignment));
    change[value.first] += bytes;
    change[value.last + 1] -= bytes;
  }
  std::int64_t alive = 0, peak = 0;
  for (const auto& [step, delta] : change) peak = std::max(peak, alive += delta);
  return static_cast<std::size_t>(peak);
}

// The lowest offset at which `bytes` fit between the blocks, which are sorted by offset.
struct Block {
  std::size_t begin, end;
};
std::size_t FirstFit(std::vector<Block>& blocks, std::size_t bytes) {
  std::ranges::sort(blocks, {}, &Block::begin);
  std::size_t offset = 0;
  for (const Block& block : blocks) {
    if (block.begin >= offset + bytes) break;
    offset = std::max(offset, block.end);
  }
  return offset;
}

// Places the values one after the other, each as low as those placed before it allow.
MemoryPlan PlaceInOrder(std::span<const Lifetime> values, std::span<const std::size_t> order,
                        std::size_t alignment) {
  MemoryPlan plan;
  plan.offsets.assign(values.size(), 0);
  std::vector<std::size_t> placed;
  std::vector<Block> blocks;
  for (const std::size_t i : order) {
    if (values[i].bytes == 0) continue;
    blocks.clear();
    for (const std::size_t other : placed) {
      if (!AliveTogether(values[i], values[other])) continue;
      blocks.push_back(
          {plan.offsets[other], plan.offsets[other] + RoundUp(values[other].bytes, alignment)});
    }
    const std::size_t bytes = RoundUp(values[i].bytes, alignment);
    plan.offsets[i] = FirstFit(blocks, bytes);
    plan.arena_bytes = std::max(plan.arena_bytes, plan.offsets[i] + bytes);
    placed.push_back(i);
  }
  return plan;
}

// Indices of the values, the largest `key` first; equal ones stay in their order.
template <typename Key>
std::vector<std::size_t> Sorted(std::span<const Lifetime> values, const Key& key) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater{}, key);
  return order;
}

}  // namespace

MemoryPlan PlanMemory(std::span<const Lifetime> values, std::size_t alignment) {
  const auto area = [&](std::size_t i) {
    return values[i].bytes * static_cast<std::size_t>(values[i].last - values[i].first + 1);
  };
  MemoryPlan plan = PlaceInOrder(
      values, Sorted(values, [&](std::size_t i) { return values[i].bytes; }), alignment);
  const std::size_t peak = PeakLiveBytes(values, alignment);
  // Where the usual order leaves holes, another may not.
  if (plan.arena_bytes > peak) {
    MemoryPlan other = PlaceInOrder(values, Sorted(values, area), alignment);
    if (other.arena_bytes < plan.arena_bytes) plan = std::move(other);
  }
  if (plan.arena_bytes > peak) {
    MemoryPlan other = PlaceInOrder(
        values, Sorted(values, [&](std::size_t i) { return -std::int64_t{values[i].first}; }),
        alignment);
    if (other.arena_bytes < plan.arena_bytes) plan = std::move(other);
  }
  plan.peak_live_bytes = peak;
  return plan;
}

std::vector<Lifetime> LifetimesOf(const Graph& graph) {
  std::vector<Lifetime> lifetimes(graph.values().size());
  for (std::size_t i = 0; i < lifetimes.size(); ++i) {
    if (!graph.values()[i].constant) lifetimes[i].bytes = graph.values()[i].desc.bytes();
  }
  const auto at = [&](ValueId id) -> Lifetime& { return lifetimes[static_cast<std::size_t>(id)]; };
  const int steps = static_cast<int>(graph.nodes().size());
  for (int step = 0; step < steps; ++step) {
    const Node& node = graph.nodes()[static_cast<std::size_t>(step)];
    for (const ValueId id : node.outputs) at(id).first = at(id).last = step;
    for (const ValueId id : node.inputs) at(id).last = step;
  }
  const int end = std::max(steps - 1, 0);
  for (const ValueId id : graph.outputs()) at(id).last = end;
  for (const ValueId id : graph.taps()) at(id).last = end;
  return lifetimes;
}

}  // namespace vigil
