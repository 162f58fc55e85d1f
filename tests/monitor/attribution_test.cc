#include "estimator/monitor/drift/attribution.h"

#include <gtest/gtest.h>

namespace vigil {
namespace {

// A full device's signals, none of which moved.
class Moves {
 public:
  explicit Moves(bool reads_more = true) {
    DriftLayout layout{.statistics = 8, .outputs = 3, .embedding = reads_more ? 4 : 0};
    layout.outlier = layout.flip_rate = reads_more;
    for (const SignalInfo& info : SignalsOf(layout)) {
      signals_.push_back({.info = info, .before = 0.3, .after = 0.3, .deviation = 0.1});
    }
  }
  Moves& By(const std::string& name, double effect) {
    for (MeasuredSignal& signal : signals_) {
      if (signal.info.name != name) continue;
      signal.effect = effect;
      signal.after = signal.before + effect * signal.deviation;
      signal.score = effect > 0.0 ? 8.0 : -8.0;
      signal.moved = true;
      return *this;
    }
    ADD_FAILURE() << "no signal " << name;
    return *this;
  }
  std::vector<MeasuredSignal>& signals() { return signals_; }
  Attribution Named(bool gradual = false) const { return Attribute(signals_, gradual); }

 private:
  std::vector<MeasuredSignal> signals_;
};

struct Case {
  const char* what;
  std::vector<std::pair<const char*, double>> effects;
  bool gradual = false;
  DriftKind kind;
  std::optional<Cause> cause = std::nullopt;
  bool hurts = false;
};

TEST(Attribute, NamesTheKind) {
  using enum DriftKind;
  const std::vector<Case> cases = {
      {"dirty lens",
       {{"input deviation 0", -0.8}, {"p(blur)", 3.0}, {"p(correct)", -0.8}, {"latents", 0.5}},
       false,
       kInput,
       Cause::kBlur,
       true},
      {"new camera", {{"input mean 0", 1.2}, {"latents", 0.4}}, false, kInput},
      {"darkness",
       {{"input mean 0", -5.0}, {"p(lighting)", 3.0}, {"p(correct)", -1.5}},
       true,
       kInput,
       Cause::kLighting,
       true},
      {"normalisation", {{"input mean 0", 9.0}, {"input deviation 1", 9.0}}, false, kPipeline},
      {"schema", {{"violations", 5.0}}, false, kPipeline},
      {"a few violations alone", {{"violations", 1.0}}, false, kPipeline},
      {"adversarial",
       {{"p(correct)", -1.5}, {"outlier score", 1.2}, {"flip rate", 4.0}, {"latents", 0.5}},
       false,
       kAdversarial,
       std::nullopt,
       true},
      {"adversarial, far over the boundary",
       {{"confidence", 0.9}, {"entropy", -0.9}},
       false,
       kAdversarial},
      {"surer, but slowly", {{"confidence", 0.9}, {"entropy", -0.9}}, true, kConcept},
      {"surer of other classes", {{"confidence", 0.9}, {"share of class 1", 2.0}}, false, kConcept},
      {"a tenth are outliers",
       {{"high outlier scores", 1.0}, {"outlier score", 0.3}},
       false,
       kOutliers},
      {"classes shift", {{"share of class 1", 2.0}, {"entropy", 0.2}}, false, kConcept},
      {"T fails, inputs as before", {{"p(correct)", -0.5}}, false, kConcept, std::nullopt, true},
      {"latents alone", {{"latents", 0.6}}, false, kInput},
  };
  for (const Case& one : cases) {
    Moves moves;
    for (const auto& [name, effect] : one.effects) moves.By(name, effect);
    const Attribution named = moves.Named(one.gradual);
    EXPECT_EQ(named.kind, one.kind) << one.what << ": " << named.reason;
    EXPECT_EQ(named.cause, one.cause) << one.what;
    EXPECT_EQ(named.hurts, one.hurts) << one.what;
    EXPECT_FALSE(named.reason.empty());
  }
}

TEST(Attribute, WithoutLatentsAndOutliers_ACollapseOnStillInputsIsAnAttack) {
  EXPECT_EQ(Moves(false).By("p(correct)", -1.5).Named().kind, DriftKind::kAdversarial);
  EXPECT_EQ(Moves(false).By("p(correct)", -0.5).Named().kind, DriftKind::kConcept);
}

TEST(Attribute, OfChannelsInReversedOrder_IsAPipelineFault) {
  Moves moves;
  // Red is bright and blue dark; afterwards it is the other way round.
  for (MeasuredSignal& signal : moves.signals()) {
    if (signal.info.name == "input mean 0") signal.before = 0.5;
    if (signal.info.name == "input mean 2") signal.before = 0.4;
  }
  moves.By("input mean 0", -1.0).By("input mean 2", 1.0);
  EXPECT_EQ(moves.Named().kind, DriftKind::kPipeline);
  moves.By("input mean 1", -1.0);  // it got darker as well: no swap
  EXPECT_EQ(moves.Named().kind, DriftKind::kInput);
}

}  // namespace
}  // namespace vigil
