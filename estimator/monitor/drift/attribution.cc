#include "estimator/monitor/drift/attribution.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vigil {
namespace {

// Of p(correct), from where on T does worse.
constexpr double kHurts = 0.2, kHurtsScore = 2.0;
// Of an input statistic, beside a cause of failure that PE sees.
constexpr double kLikelyScore = 2.5;

// The event in the few numbers that the rules look at; effects in deviations of a record, 0 where a
// signal did not move.
struct Moves {
  bool gradual = false;
  double violations = 0.0;    // share that is new
  double input = 0.0;         // furthest statistic
  double likely_input = 0.0;  // the same without correction for their number
  double latent = 0.0;
  double output = 0.0;
  double surer = 0.0;    // rise of T's confidence
  double classes = 0.0;  // furthest share of a class
  double correct = 0.0;  // signed
  double cause = 0.0;    // largest rise of p(cause) that an input can have
  std::optional<Cause> which;
  double outlier = 0.0;        // rise of the outlier score
  double high_outliers = 0.0;  // share that is new
  double flip = 0.0, beyond = 0.0;
  bool reads_more = false;  // there are latents, outlier scores or flip rates to look at
  bool swapped = false;     // the channels' statistics, in reversed order, are those of before
};

// Of three channels: the new levels are near the old ones of the opposite channel.
bool ChannelsSwapped(std::span<const MeasuredSignal> signals) {
  std::vector<const MeasuredSignal*> statistics;
  for (const MeasuredSignal& signal : signals) {
    if (signal.info.group == SignalGroup::kInput && &signal != &signals.back())
      statistics.push_back(&signal);
  }
  if (statistics.size() != 8) return false;  // mean and deviation of three, least and greatest
  double from_before = 0.0, from_swapped = 0.0, furthest_score = 0.0;
  for (std::size_t i = 0; i < 6; ++i) {
    const MeasuredSignal& here = *statistics[i];
    const MeasuredSignal& opposite = *statistics[4 - 2 * (i / 2) + i % 2];
    const auto square = [&](double level) {
      const double distance = (here.after - level) / here.deviation;
      return distance * distance;
    };
    from_before += square(here.before);
    from_swapped += square(opposite.before);
    if (here.moved) furthest_score = std::max(furthest_score, std::abs(here.score));
  }
  return furthest_score > 0.0 && from_before > 0.02 && from_swapped < 0.1 * from_before;
}

Moves MovesOf(std::span<const MeasuredSignal> signals, bool gradual) {
  Moves moves{.gradual = gradual};
  int cause = 0;
  for (const MeasuredSignal& signal : signals) {
    const double effect = signal.moved ? signal.effect : 0.0;
    const double share = effect * signal.deviation;
    switch (signal.info.group) {
      case SignalGroup::kInput:
        moves.input = std::max(moves.input, std::abs(effect));
        if (std::abs(signal.score) >= kLikelyScore)
          moves.likely_input = std::max(moves.likely_input, std::abs(signal.effect));
        break;
      case SignalGroup::kLatent:
        moves.latent = effect;
        break;
      case SignalGroup::kOutput:
        moves.output = std::max(moves.output, std::abs(effect));
        if (signal.info.name == "confidence") moves.surer = effect;
        if (signal.info.name.starts_with("share of class"))
          moves.classes = std::max(moves.classes, std::abs(effect));
        break;
      case SignalGroup::kEstimator:
        moves.correct = effect;
        break;
      case SignalGroup::kCause:
        if (static_cast<Cause>(cause) != Cause::kOther && effect > moves.cause) {
          moves.cause = effect;
          moves.which = static_cast<Cause>(cause);
        }
        ++cause;
        break;
      case SignalGroup::kOutlier:
        if (signal.info.name == "outlier score") moves.outlier = effect;
        if (signal.info.name == "high outlier scores") moves.high_outliers = share;
        if (signal.info.name == "beyond competence") moves.beyond = effect;
        break;
      case SignalGroup::kStability:
        moves.flip = effect;
        break;
      case SignalGroup::kViolation:
        moves.violations = share;
        break;
    }
    moves.reads_more |= signal.info.group == SignalGroup::kLatent ||
                        signal.info.group == SignalGroup::kOutlier ||
                        signal.info.group == SignalGroup::kStability;
  }
  moves.swapped = ChannelsSwapped(signals);
  return moves;
}

struct Rule {
  DriftKind kind;
  const char* reason;
  bool names_cause;
  bool (*holds)(const Moves&, const AttributionOptions&);
};

using Options = AttributionOptions;

// In this order; the last holds for all.
constexpr std::array<Rule, 11> kRules = {{
    {DriftKind::kPipeline, "records break the schema of T's input", false,
     [](const Moves& s, const Options& o) {
       const bool alone = s.input < o.still && s.latent < o.moved;
       return s.violations >= o.violated || (s.violations > 0.0 && alone);
     }},
    {DriftKind::kPipeline, "all inputs at once lie where none lay before: scale or normalisation",
     false, [](const Moves& s, const Options& o) { return s.input >= o.broken && !s.gradual; }},
    {DriftKind::kPipeline, "the channels' statistics are those of before in reversed order", false,
     [](const Moves& s, const Options&) { return s.swapped && !s.gradual; }},
    {DriftKind::kInput, "inputs moved, and PE sees more of a cause", true,
     [](const Moves& s, const Options& o) {
       return s.likely_input >= o.still && s.cause >= o.moved;
     }},
    {DriftKind::kInput, "the inputs' statistics moved", true,
     [](const Moves& s, const Options& o) { return s.input >= o.still; }},
    {DriftKind::kOutliers, "a minority of inputs is unlike all others, the rest is as before",
     false,
     [](const Moves& s, const Options& o) {
       return s.high_outliers > 0.0 && s.high_outliers < o.rare && s.latent < o.moved &&
              s.correct > -o.moved;
     }},
    {DriftKind::kAdversarial,
     "T fails or is about to, by latents, outlier scores or flips, on inputs of the same "
     "statistics",
     false,
     [](const Moves& s, const Options& o) {
       const double sign = std::max({s.latent, s.outlier, s.flip, s.beyond, -s.correct});
       const bool fails = s.correct <= -o.moved || s.flip >= o.moved;
       const bool unlike = std::max({s.latent, s.outlier, s.flip}) >= o.moved;
       return !s.gradual && fails && unlike && sign >= o.moved;
     }},
    {DriftKind::kAdversarial, "p(correct) collapsed at once on inputs of the same statistics",
     false,
     [](const Moves& s, const Options& o) {
       return !s.reads_more && !s.gradual && s.correct <= -o.collapse;
     }},
    {DriftKind::kAdversarial,
     "T is much surer at once, of much the same classes and on inputs of the same statistics",
     false,
     [](const Moves& s, const Options& o) {
       return !s.gradual && s.surer >= o.surer && s.classes < 0.75 * s.surer && s.latent < o.moved;
     }},
    {DriftKind::kConcept, "T's output or p(correct) moved, the inputs did not", false,
     [](const Moves& s, const Options& o) {
       return s.latent < o.moved && (s.output > 0.0 || s.correct != 0.0);
     }},
    {DriftKind::kInput, "inputs or their latents moved", true,
     [](const Moves&, const Options&) { return true; }},
}};

}  // namespace

Attribution Attribute(std::span<const MeasuredSignal> signals, bool gradual,
                      const AttributionOptions& options) {
  const Moves moves = MovesOf(signals, gradual);
  const Rule& rule = *std::ranges::find_if(
      kRules, [&](const Rule& candidate) { return candidate.holds(moves, options); });
  Attribution attribution{.kind = rule.kind, .reason = rule.reason};
  if (rule.names_cause) attribution.cause = moves.which;
  // One signal that was not searched for among many wants no correction.
  for (const MeasuredSignal& signal : signals) {
    if (signal.info.group == SignalGroup::kEstimator)
      attribution.hurts = signal.effect <= -kHurts && signal.score <= -kHurtsScore;
  }
  return attribution;
}

}  // namespace vigil
