// T and PE in one process on one device: each session on a thread of its own, answers unchanged.
#include <algorithm>
#include <thread>

#include <gtest/gtest.h>

#include "engine/session/session.h"
#include "tests/support/backends.h"
#include "tests/vulkan/small_network.h"

namespace vigil::testing {
namespace {

constexpr int kRuns = 40;

struct Work {
  CompileOptions options;
  std::int64_t batch = 1;
  std::vector<Tensor> inputs;
  std::vector<Tensor> expected;
  int different = 0;
  std::string error;
};

Work MakeWork(std::shared_ptr<Backend> backend, bool low_priority, std::int64_t batch) {
  Work work;
  work.options.low_priority = low_priority;
  work.options.threads = 1;
  work.batch = batch;
  work.inputs.push_back(RandomTensor({batch, 3, 13, 11}, static_cast<unsigned>(batch)));
  Session alone(SmallNetwork(), std::move(backend), work.options);
  work.expected = alone.Run(work.inputs);
  return work;
}

// Compiles as well as runs beside the other thread.
void Repeat(std::shared_ptr<Backend> backend, Work& work) {
  try {
    Session session(SmallNetwork(), std::move(backend), work.options);
    for (int run = 0; run < kRuns; ++run) {
      const std::vector<Tensor> got = session.Run(work.inputs);
      for (std::size_t i = 0; i < got.size(); ++i) {
        work.different += !std::ranges::equal(got[i].bytes(), work.expected[i].bytes());
      }
    }
  } catch (const Error& error) {
    work.error = error.what();
  }
}

class Concurrency : public ::testing::TestWithParam<std::string> {};

TEST_P(Concurrency, TwoSessionsOnOneBackend_GiveTheAnswersOfEachAlone) {
  const OpenedBackend opened = OpenForTest(GetParam());
  if (!opened.backend) GTEST_SKIP() << GetParam() << ": " << opened.reason;
  Work target = MakeWork(opened.backend, false, 1);
  Work estimator = MakeWork(opened.backend, true, 5);
  TakeValidationMessages();
  {
    const std::jthread first([&] { Repeat(opened.backend, target); });
    const std::jthread second([&] { Repeat(opened.backend, estimator); });
  }
  for (const Work* work : {&target, &estimator}) {
    EXPECT_EQ(work->error, "");
    EXPECT_EQ(work->different, 0) << "of " << kRuns << " runs at batch " << work->batch;
  }
  for (const std::string& message : TakeValidationMessages()) ADD_FAILURE() << message;
}

INSTANTIATE_TEST_SUITE_P(Backends, Concurrency, ::testing::ValuesIn(BackendNames()));

}  // namespace
}  // namespace vigil::testing
