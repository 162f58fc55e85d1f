// How a device's blocks of time lie when nothing is wrong: their level at each time of the day, and
// how much they vary around it.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_BASELINE_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_BASELINE_H_

#include <cstdint>
#include <span>
#include <vector>

namespace vigil {

// The means of one block's records, standardised. `index`: blocks since 1970.
struct BlockMeans {
  std::int64_t index = 0, records = 0;
  std::vector<float> signals;
  std::vector<float> features;  // random_features.h

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(index, records, signals, features);
  }
};

// A block less the level of its time of day, in deviations of a record.
struct BlockResiduals {
  std::int64_t index = 0, records = 0;
  // One a scalar signal, then how far the means of the random features lie apart beyond what chance
  // makes of it, over the deviation of a record's.
  std::vector<float> residuals;
  float vector_score = 0.0f;  // of the latter, about standard normal where nothing is wrong
  std::vector<float> features;
};

// What a level is: replaced as a whole where the world has settled at another one.
struct DriftLevels {
  std::vector<float> signals;   // [slots, signals]
  std::vector<float> features;  // [slots, features]
  std::vector<float> blocks;    // [slots], that these are the means of
  std::vector<float> bins;      // records, [binned signals, bins]

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(signals, features, blocks, bins);
  }
};

// Blocks are the sampling unit. One of n records varies with variance v (1 + 25 / n), v found for
// each signal from the blocks themselves, so that whatever makes the records of a block alike is in
// it. Blocks of a day and days in a row may be alike too: their variance is made larger by what the
// means of days show, in part by what they show for all signals together, since one signal's few
// days tell little. Levels and variances go on learning from blocks after the baseline, each after
// it was scored (Hawkins's self-starting scheme, 1987), so that the errors of a short baseline
// fade; a block far off is drawn in first.
//
// The means of what lies within 0 and 1, such as the share of something rare, are skewed; they are
// compared as the arcsines of their roots, which are not (Anscombe 1948).
class DriftBaseline {
 public:
  DriftBaseline() = default;
  DriftBaseline(std::int64_t slots, std::size_t signals, std::size_t features);

  // Whether there is a level for that time of day.
  bool Knows(std::int64_t index) const {
    return levels.blocks[static_cast<std::size_t>(SlotOf(index))] > 0.0f;
  }
  // REQUIRES: Knows(means.index).
  BlockResiduals ResidualsOf(const BlockMeans& means) const;
  // One a signal, the vector's last; about standard normal, and independent over long stretches.
  std::vector<double> Scores(const BlockResiduals& block) const;
  // The same of the mean residual of a signal over these blocks, whose mean level is `level`.
  double ScoreOf(std::size_t signal, double residual, double level,
                 std::span<const BlockResiduals> blocks) const;
  void Learn(const BlockMeans& means);
  // Of one that was scored before. Levels of the signals in `rest` stay where they are (empty: of
  // none). REQUIRES: Knows(block.index).
  void Learn(const BlockResiduals& block, const std::vector<bool>& rest);

  double known_blocks() const;  // that the levels are the means of
  double LevelError() const;    // of their mean, in deviations of a block
  // Variance of the mean residual of such blocks, with what blocks in a row have in common and how
  // well the level is known.
  double VarianceOfMean(std::size_t signal, std::span<const BlockResiduals> blocks) const;
  // Of the variances above, as Student's t wants them.
  double Degrees() const;
  // Expected square of the mean feature residual's length, and how many degrees of freedom it has.
  double ExpectedSquare(std::span<const BlockResiduals> blocks) const;
  double VectorDegrees() const;
  double ScoreOfSquare(double square, std::span<const BlockResiduals> blocks) const;
  // Variance of a record's features, all together.
  double FeatureVariance(std::int64_t index) const;

  // Each slot's level becomes the mean of its blocks here; a slot without one moves by what the
  // others moved. A signal that varies more than it did, as where only some of the records are of
  // what is new, is taken to go on doing so.
  void SettleAt(std::span<const BlockResiduals> blocks);

  // To what was known before, the bounds as they are.
  void ReturnTo(const DriftBaseline& before);

  // Whether all lengths are those of the constructor's arguments; for what was read.
  bool Fits(std::int64_t slots_of_a_day, std::size_t signals, std::size_t features) const;

  std::int64_t SlotOf(std::int64_t index) const { return ((index % slots) + slots) % slots; }
  double Weight(std::int64_t records) const;  // 1 + 25 / n

  DriftLevels levels;
  std::int64_t slots = 1;  // blocks of a day
  // Of signals within 0 and 1: what stands for 0 and for one deviation; deviation 0 for the others.
  // Not in the state.
  std::vector<float> bounded_mean, bounded_deviation;

  template <typename Archive>
  void Visit(Archive& archive) {
    archive(levels, slots, scored_, squares_, feature_squares_, feature_fourths_, day_, day_blocks_,
            day_sums_, days_, day_squares_, day_products_, last_day_);
  }

 private:
  std::size_t signals() const { return squares_.size(); }
  double Variance(std::size_t signal) const;   // v
  double Inflation(std::size_t signal) const;  // for what days have in common
  double PooledInflation() const;
  double PooledDayCorrelation() const;
  void CloseDay();
  void WidenTo(std::span<const BlockResiduals> blocks);
  void MoveLevel(std::int64_t index, std::span<const double> steps);

  std::int64_t scored_ = 0;      // blocks in what follows
  std::vector<double> squares_;  // of residuals
  double feature_squares_ = 0.0, feature_fourths_ = 0.0;
  // The day that is under way, then those that are over.
  std::int64_t day_ = 0, day_blocks_ = 0;
  std::vector<double> day_sums_;
  std::int64_t days_ = 0;
  std::vector<double> day_squares_, day_products_;  // of means times the root of their blocks
  std::vector<float> last_day_;                     // such a mean
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_DRIFT_BASELINE_H_
