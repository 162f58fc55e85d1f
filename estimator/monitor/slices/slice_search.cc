#include "estimator/monitor/slices/slice_search.h"

#include <algorithm>
#include <cmath>

#include "engine/base/clock.h"
#include "estimator/monitor/drift/drift_statistics.h"
#include "estimator/monitor/slices/slice_gap.h"
#include "estimator/monitor/slices/slice_members.h"
#include "estimator/verdict/distributions.h"

namespace vigil {
namespace {

constexpr std::int64_t kHour = 3'600'000'000, kDay = 24 * kHour;
constexpr std::int64_t kMostPeriods = 64;
constexpr double kVerdictsAPeriod = 20.0;  // of the slice, on average
constexpr std::int64_t kLeastInAPeriod = 5;

double OneSidedP(const SliceGap& gap) { return StudentTCdf(gap.gap() / gap.error, gap.degrees()); }

// All records, or those of one slice.
std::vector<std::uint8_t> Everything(std::size_t records) {
  return std::vector<std::uint8_t>(records, 1);
}

class Search {
 public:
  Search(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
         const Calibration& calibration, const SliceSearchOptions& options)
      : options_(options),
        verdicts_(verdicts),
        window_(WeighRecords(verdicts, counts, options.blocks)),
        all_(Everything(verdicts.size())) {
    for (const Verdict& verdict : verdicts)
      scores_.push_back(calibration.Calibrate(verdict.p_correct, verdict.p_cause));
  }

  SliceFindings Run() {
    const SliceList list = ListSlices(verdicts_, options_);
    findings_ = {.too_small = list.too_small, .left_out = list.left_out, .level = options_.level};
    std::vector<const SliceMembers*> measured;
    std::vector<double> gap_p, change_p;
    std::vector<GapChange> changes;
    for (const SliceMembers& members : list.slices) {
      const SliceGap gap = MeasureGap(window_, scores_, members.in, all_);
      if (gap.blocks_in < options_.min_blocks || gap.blocks_out < options_.min_blocks) {
        ++findings_.too_small;
        continue;
      }
      measured.push_back(&members);
      slices_.push_back({.tags = members.tags,
                         .verdicts = members.verdicts,
                         .blocks = gap.blocks_in,
                         .accuracy = gap.mean_in,
                         .outside = gap.mean_out});
      gaps_.push_back(gap);
      gap_p.push_back(PAgainstParents(gap, members, list));
      changes.push_back(FitGapChange(History(members)));
      change_p.push_back(ChangeP(changes.back()));
    }
    findings_.looked_at = static_cast<int>(slices_.size());
    gap_p = Holm(gap_p);
    change_p = Holm(change_p);
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      Subgroup& slice = slices_[i];
      slice.p = gap_p[i];
      slice.gap = CorrectedInterval(gaps_[i]);
      if (change_p[i] > options_.level) continue;
      if (changes[i].step_fits_better) {
        slice.sudden = changes[i].step;
      } else {
        slice.growing = changes[i].trend;
      }
    }
    Collect(list, measured);
    return std::move(findings_);
  }

 private:
  // The largest of: against all others, and of a pair against what is left of either tag. That each
  // must be small needs no correction (an intersection-union test).
  double PAgainstParents(const SliceGap& gap, const SliceMembers& members,
                         const SliceList& list) const {
    double p = OneSidedP(gap);
    if (!members.parents) return p;
    for (const int parent : {members.parents->first, members.parents->second}) {
      const SliceGap within = MeasureGap(window_, scores_, members.in,
                                         list.slices[static_cast<std::size_t>(parent)].in);
      const bool enough = within.blocks_out >= 2;
      p = std::max(p, enough ? OneSidedP(within) : 1.0);
    }
    return p;
  }

  static double ChangeP(const GapChange& change) {
    if (!change.trend) return 1.0;
    return std::min(1.0, 2.0 * std::min(change.trend->p, change.step->p));  // either is looked for
  }

  Interval CorrectedInterval(const SliceGap& gap) const {
    const double tail = options_.level / 2.0 / static_cast<double>(slices_.size());
    const double half = StudentTQuantile(1.0 - tail, gap.degrees()) * gap.error;
    return {gap.gap(), std::max(-1.0, gap.gap() - half), std::min(1.0, gap.gap() + half)};
  }

  // Periods are whole days or, over a short time, whole hours.
  std::vector<GapPoint> History(const SliceMembers& members) const {
    const auto [first, last] = std::ranges::minmax(verdicts_, {}, &Verdict::time_micros);
    const std::int64_t stretch = last.time_micros - first.time_micros + 1;
    const double fill =
        kVerdictsAPeriod * static_cast<double>(stretch) / static_cast<double>(members.verdicts);
    const std::int64_t wanted = std::max(stretch / kMostPeriods, static_cast<std::int64_t>(fill));
    const std::int64_t unit = wanted > kDay / 2 ? kDay : kHour;
    const std::int64_t period = std::max(unit, (wanted + unit - 1) / unit * unit);
    const std::int64_t start = StretchStart(first.time_micros, unit);
    std::vector<std::vector<std::size_t>> in_period(
        static_cast<std::size_t>((last.time_micros - start) / period + 1));
    for (std::size_t i = 0; i < verdicts_.size(); ++i)
      in_period[static_cast<std::size_t>((verdicts_[i].time_micros - start) / period)].push_back(i);
    std::vector<GapPoint> points;
    for (std::size_t place = 0; place < in_period.size(); ++place) {
      const SliceGap gap = MeasureGap(window_, scores_, members.in, in_period[place]);
      if (std::min(gap.records_in, gap.records_out) < kLeastInAPeriod) continue;
      if (std::min(gap.blocks_in, gap.blocks_out) < 2) continue;
      const auto middle = start + static_cast<std::int64_t>(place) * period + period / 2;
      points.push_back({middle, gap.gap(), gap.error, gap.mean_out});
    }
    return points;
  }

  void Collect(const SliceList& list, const std::vector<const SliceMembers*>& measured) {
    std::vector<const SliceMembers*> changed_tags;
    for (std::size_t i = 0; i < slices_.size(); ++i) {
      const Subgroup& slice = slices_[i];
      if (slice.p <= options_.level) findings_.worse.push_back(slice);
      if (!slice.growing && !slice.sudden) continue;
      if (!measured[i]->parents) changed_tags.push_back(measured[i]);
      // Of a pair it is news only where neither of its tags changed.
      const auto told = [&](int parent) {
        return std::ranges::find(changed_tags, &list.slices[static_cast<std::size_t>(parent)]) !=
               changed_tags.end();
      };
      const auto& parents = measured[i]->parents;
      if (parents && (told(parents->first) || told(parents->second))) continue;
      findings_.changed.push_back(slice);
    }
    const auto gap = [](const Subgroup& slice) { return slice.gap.value; };
    std::ranges::stable_sort(findings_.worse, {}, gap);
    std::ranges::stable_sort(findings_.changed, {}, gap);
  }

  const SliceSearchOptions& options_;
  std::span<const Verdict> verdicts_;
  const Window window_;
  const std::vector<std::uint8_t> all_;
  std::vector<double> scores_;
  std::vector<Subgroup> slices_;
  std::vector<SliceGap> gaps_;  // of slices_
  SliceFindings findings_;
};

}  // namespace

SliceFindings FindSlices(std::span<const Verdict> verdicts, std::span<const EpochCounts> counts,
                         const Calibration& calibration, const SliceSearchOptions& options) {
  if (verdicts.empty()) return {.level = options.level};
  return Search(verdicts, counts, calibration, options).Run();
}

}  // namespace vigil
