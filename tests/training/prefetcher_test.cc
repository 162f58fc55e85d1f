#include "estimator/training/prefetcher.h"

#include <atomic>
#include <stdexcept>

#include <gtest/gtest.h>

namespace vigil::training {
namespace {

TrainingBatch BatchOf(std::int64_t number) {
  TrainingBatch batch;
  batch.targets = Tensor(TensorDesc{DType::kInt32, Shape{1}});
  batch.targets.as<std::int32_t>()[0] = static_cast<std::int32_t>(number);
  return batch;
}

TEST(Prefetcher, Next_WithManyThreads_KeepsTheOrder) {
  Prefetcher prefetcher(200, 4, 3, BatchOf);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(prefetcher.Next().targets.as<std::int32_t>()[0], i);
  }
}

TEST(Prefetcher, Work_StaysWithinTheDepth) {
  std::atomic<std::int64_t> read = 0, furthest_ahead = 0;
  Prefetcher prefetcher(100, 2, 3, [&](std::int64_t ticket) {
    std::int64_t ahead = ticket - read.load(), before = furthest_ahead.load();
    while (ahead > before && !furthest_ahead.compare_exchange_weak(before, ahead)) {
    }
    return BatchOf(ticket);
  });
  for (int i = 0; i < 100; ++i) {
    prefetcher.Next();
    ++read;
  }
  // `read` is raised after Next returns, so a worker may see one batch less than was read.
  EXPECT_LE(furthest_ahead.load(), 3);
}

TEST(Prefetcher, Next_WhereTheSourceFails_ThrowsAtThatTicketAndGoesOn) {
  Prefetcher prefetcher(3, 1, 2, [](std::int64_t ticket) {
    if (ticket == 1) throw std::runtime_error("row 17");
    return BatchOf(ticket);
  });
  EXPECT_EQ(prefetcher.Next().targets.as<std::int32_t>()[0], 0);
  EXPECT_THROW(prefetcher.Next(), std::runtime_error);
  EXPECT_EQ(prefetcher.Next().targets.as<std::int32_t>()[0], 2);
}

TEST(Prefetcher, Destructor_WithBatchesUnread_Ends) {
  std::atomic<int> made = 0;
  {
    Prefetcher prefetcher(1000000, 2, 4, [&](std::int64_t ticket) {
      ++made;
      return BatchOf(ticket);
    });
    prefetcher.Next();
  }
  EXPECT_LE(made.load(), 5);
}

}  // namespace
}  // namespace vigil::training
