// Recovery: devices that fail at the k-th run, and what the caller sees of it.
#include "engine/session/session.h"

#include <set>

#include <gtest/gtest.h>

#include "engine/graph/builder.h"

namespace vigil {
namespace {

// What the fake device does and has seen, shared by its executables.
struct Script {
  std::string name = "fake";
  std::set<int> failing_runs;      // counted over all executables, from 1
  std::set<int> failing_compiles;  // counted from 1
  ErrorCode code = ErrorCode::kDeviceLost;
  int runs = 0, compiles = 0;
};

// Doubles its input.
class FakeExecutable : public Executable {
 public:
  FakeExecutable(Script& script, Graph graph) : script_(script), graph_(std::move(graph)) {
    info_.tap_slot_bytes = TapSlotBytes(graph_, TapEncodings(graph_, {}));
  }

  void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
           std::span<std::byte> tap_slot) override {
    CheckRunArguments(graph_, inputs, outputs, tap_slot.size(), info_.tap_slot_bytes);
    EXPECT_FALSE(lost_) << "ran an executable after its device failed";
    if (script_.failing_runs.contains(++script_.runs)) {
      lost_ = true;
      throw Error(Fault::kGpu, script_.code, script_.name + " failed");
    }
    const auto in = inputs[0].as<float>();
    const auto out = outputs[0].as<float>();
    for (std::size_t i = 0; i < in.size(); ++i) out[i] = 2.0f * in[i];
  }
  std::vector<NodeTime> Profile(std::span<const ConstTensorView>,
                                std::span<const TensorView>) override {
    return {};
  }
  const ExecutableInfo& info() const override { return info_; }

 private:
  Script& script_;
  const Graph graph_;
  ExecutableInfo info_;
  bool lost_ = false;
};

class FakeBackend : public Backend {
 public:
  explicit FakeBackend(Script& script) : script_(script) {}
  std::string_view name() const override { return script_.name; }
  std::string device() const override { return "none"; }
  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    if (script_.failing_compiles.contains(++script_.compiles)) {
      throw Error(Fault::kGpu, ErrorCode::kOutOfMemory, "no memory");
    }
    return std::make_unique<FakeExecutable>(script_, graph.WithBatch(options.batch));
  }

 private:
  Script& script_;
};

Graph OneNode() {
  GraphBuilder builder;
  const ValueId x = builder.Input("x", {DType::kFloat32, {1, 3}});
  builder.Output(builder.Add("y", BinaryAttrs{}, {x, x}));
  return std::move(builder).Build();
}

class SessionRecovery : public ::testing::Test {
 protected:
  Session Make(bool with_fallback = true) {
    spare_.name = "spare";
    std::function<std::shared_ptr<Backend>()> fallback;
    if (with_fallback) fallback = [this] { return std::make_shared<FakeBackend>(spare_); };
    return Session(OneNode(), std::make_shared<FakeBackend>(script_), {}, fallback);
  }

  // Runs once and expects the right answer.
  RunReport RunOnce(Session& session, std::int64_t batch = 1) {
    Tensor input(TensorDesc{DType::kFloat32, {batch, 3}}), output(input.desc());
    for (std::size_t i = 0; i < input.as<float>().size(); ++i) {
      input.as<float>()[i] = static_cast<float>(i) + 1.0f;
    }
    const RunReport report =
        session.Run(std::array{ConstTensorView(input.view())}, std::array{output.view()});
    for (std::size_t i = 0; i < input.as<float>().size(); ++i) {
      EXPECT_EQ(output.as<float>()[i], 2.0f * (static_cast<float>(i) + 1.0f));
    }
    return report;
  }

  Script script_, spare_;
};

TEST_F(SessionRecovery, Run_Undisturbed_CompilesOnceABatchSize) {
  Session session = Make();
  for (const std::int64_t batch : {1, 4, 1, 4}) EXPECT_FALSE(RunOnce(session, batch).recovered);
  EXPECT_EQ(script_.compiles, 2);
}

TEST_F(SessionRecovery, Run_DeviceLostAtAnyRun_CompilesAnewAndAnswers) {
  for (int k = 1; k <= 4; ++k) {
    script_ = {};
    script_.failing_runs = {k};
    Session session = Make();
    int recovered = 0;
    for (int i = 0; i < 4; ++i) {
      const RunReport report = RunOnce(session);
      recovered += report.recovered;
      EXPECT_EQ(report.backend, "fake");
    }
    EXPECT_EQ(recovered, 1) << "failing run " << k;
    EXPECT_EQ(script_.compiles, 2) << "failing run " << k;
  }
}

TEST_F(SessionRecovery, Run_DeviceLostTwice_GoesOnWithTheFallbackForGood) {
  script_.failing_runs = {2, 3};
  Session session = Make();
  EXPECT_EQ(RunOnce(session).backend, "fake");
  const RunReport lost = RunOnce(session);
  EXPECT_TRUE(lost.recovered);
  EXPECT_EQ(lost.backend, "spare");
  const RunReport later = RunOnce(session, 2);
  EXPECT_FALSE(later.recovered);
  EXPECT_EQ(later.backend, "spare");
  EXPECT_EQ(session.backend().name(), "spare");
}

TEST_F(SessionRecovery, Run_LostAndCannotCompileAgain_GoesToTheFallback) {
  script_.failing_runs = {1};
  script_.failing_compiles = {2};
  Session session = Make();
  EXPECT_EQ(RunOnce(session).backend, "spare");
}

TEST_F(SessionRecovery, Run_TimeoutAndOutOfMemory_RecoverAsWell) {
  for (const ErrorCode code : {ErrorCode::kTimeout, ErrorCode::kOutOfMemory}) {
    script_ = {};
    script_.code = code;
    script_.failing_runs = {1};
    Session session = Make();
    EXPECT_TRUE(RunOnce(session).recovered) << CodeName(code);
  }
}

TEST_F(SessionRecovery, Run_LostTwiceWithoutFallback_PassesTheErrorThenRecoversInTheNextRun) {
  script_.failing_runs = {1, 2};
  Session session = Make(false);
  EXPECT_THROW(RunOnce(session), Error);
  EXPECT_FALSE(RunOnce(session).recovered);
}

TEST_F(SessionRecovery, Run_WrongInput_PassesThroughWithoutRecovery) {
  Session session = Make();
  Tensor wrong(TensorDesc{DType::kFloat32, {1, 4}}), output(TensorDesc{DType::kFloat32, {1, 3}});
  try {
    session.Run(std::array{ConstTensorView(wrong.view())}, std::array{output.view()});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.fault(), Fault::kInput);
    EXPECT_EQ(error.code(), ErrorCode::kInvalidShape);
  }
  EXPECT_EQ(script_.compiles, 1);
}

TEST_F(SessionRecovery, Prepare_OutOfMemory_PassesThrough) {
  script_.failing_compiles = {1};
  Session session = Make();
  EXPECT_THROW(session.Prepare(8), Error);
}

TEST_F(SessionRecovery, TapSlotBytes_BeforeCompile_AreThoseOfTheExecutable) {
  const std::vector<std::string> taps{"x"};
  Session session(OneNode().WithTaps(taps), std::make_shared<FakeBackend>(script_), {});
  EXPECT_EQ(session.tap_slot_bytes(2), 24u);
  session.Prepare(2);
  EXPECT_EQ(session.tap_slot_bytes(2), 24u);
}

}  // namespace
}  // namespace vigil
