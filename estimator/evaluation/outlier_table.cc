#include "estimator/evaluation/outlier_table.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/outlier_scores.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

using Draws = std::vector<std::vector<int>>;  // [draw][image]: how often

// Images with one score each, ranked from the likest, and what their figures are under any draw.
class RankedImages {
 public:
  void Add(double unlike, bool fine) {
    ranked_.push_back({.score = -unlike, .correct = fine});
    image_.push_back(image_.size());
  }
  void Sort() {
    std::ranges::stable_sort(
        image_, [&](std::size_t a, std::size_t b) { return ranked_[a].score > ranked_[b].score; });
    std::vector<Ranked> sorted;
    for (const std::size_t i : image_) sorted.push_back(ranked_[i]);
    ranked_ = std::move(sorted);
  }
  void SetTimes(const std::vector<int>& times) {
    for (std::size_t i = 0; i < ranked_.size(); ++i) ranked_[i].times = times[image_[i]];
  }
  const std::vector<Ranked>& ranked() const { return ranked_; }

 private:
  std::vector<Ranked> ranked_;
  std::vector<std::size_t> image_;
};

struct DrawnFigures {
  OutlierFigures figures;
  std::vector<double> auroc;  // of each draw
};

DrawnFigures FiguresOf(RankedImages& images, const Draws& draws) {
  DrawnFigures result;
  std::vector<double> aupr, fpr;
  const double value = Auroc(images.ranked()), value_aupr = AuprError(images.ranked()),
               value_fpr = FprAtTpr(images.ranked());
  for (const std::vector<int>& times : draws) {
    images.SetTimes(times);
    result.auroc.push_back(Auroc(images.ranked()));
    aupr.push_back(AuprError(images.ranked()));
    fpr.push_back(FprAtTpr(images.ranked()));
  }
  result.figures = {PercentileInterval(value, result.auroc), PercentileInterval(value_aupr, aupr),
                    PercentileInterval(value_fpr, fpr)};
  return result;
}

Draws DrawsOf(std::span<const int> groups, int draws, std::uint64_t seed) {
  const ClusterBootstrap bootstrap(groups, draws, seed);
  Draws all;
  for (int r = 0; r < draws; ++r) all.push_back(bootstrap.Times(r));
  return all;
}

// Of both sets together: those of one cluster are drawn together where the images are the same.
Draws JoinedDraws(const Draws& known, const ScoredSet& strange, bool aligned, std::uint64_t seed) {
  Draws own;
  if (!aligned) own = DrawsOf(strange.groups, static_cast<int>(known.size()), seed + 1);
  Draws joined = known;
  for (std::size_t r = 0; r < joined.size(); ++r) {
    const std::vector<int>& from = aligned ? known[r] : own[r];
    const auto count = static_cast<std::ptrdiff_t>(strange.groups.size());
    joined[r].insert(joined[r].end(), from.begin(), from.begin() + count);
  }
  return joined;
}

double MeanOf(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The mean of several figures and of each of their draws.
struct DrawnMean {
  double value = 0.0;
  std::vector<double> drawn;
};

DrawnMean MeanOf(const std::vector<DrawnMean>& parts) {
  DrawnMean mean;
  std::vector<double> values;
  for (const DrawnMean& part : parts) values.push_back(part.value);
  mean.value = MeanOf(values);
  for (std::size_t r = 0; r < parts.front().drawn.size(); ++r) {
    values.clear();
    for (const DrawnMean& part : parts) values.push_back(part.drawn[r]);
    mean.drawn.push_back(MeanOf(values));
  }
  return mean;
}

// Makes one table.
class Maker {
 public:
  Maker(const JudgedModels& models, std::span<const Graph> monitors,
        const std::shared_ptr<Backend>& backend, const EvaluationData& data,
        const OutlierTableOptions& options)
      : models_(models),
        data_(data),
        options_(options),
        untouched_(Held(*UntouchedCrops(models, data.test))),
        base_(Held(*data.test)),
        runner_(models, monitors, backend) {}

  OutlierTable Make() {
    std::vector<OutlierCase> cases = ShiftCases(models_, base_, options_.seed);
    cases.insert(cases.end(), options_.others.begin(), options_.others.end());
    if (options_.attacks) {
      Tell(0.0, "making adversarial images");
      for (OutlierCase& attack : options_.attacks(untouched_)) cases.push_back(std::move(attack));
    }
    steps_ = static_cast<double>(cases.size()) + 4.0;  // training, untouched, two mixes
    const auto training = UntouchedCrops(models_, data_.training);
    OutlierScores scores(runner_, models_.task, *training,
                         Hear("images that T learned from", training->size()));
    ++done_;
    table_.scores = scores.names();
    table_.cluster = data_.cluster;
    table_.untouched = untouched_->name();
    table_.images = untouched_->size();
    const ScoredSet known = scores.Run(*untouched_, Hear("untouched", untouched_->size()));
    ++done_;
    draws_ = DrawsOf(known.groups, options_.draws, options_.seed);
    for (const OutlierCase& each : cases) {
      AddCase(each, known, scores.Run(*each.set, Hear(each.name, each.set->size())));
      ++done_;
    }
    AddFailures("untouched", known);
    for (const std::string& severity : SeverityNames()) {
      const AugmentedDataset mix(
          base_, AugmentFor(models_, AugmentMix::TwoCause(), severity, options_.seed + 7));
      AddFailures(Text("2-cause, ", severity), scores.Run(mix, Hear(severity, mix.size())));
      ++done_;
    }
    Conclude();
    return std::move(table_);
  }

 private:
  void Tell(double share, const std::string& what) const {
    if (options_.on_progress) options_.on_progress(share, what);
  }
  std::function<void(std::int64_t)> Hear(const std::string& what, std::int64_t size) const {
    return [this, what, size](std::int64_t done) {
      Tell((done_ + static_cast<double>(done) / static_cast<double>(size)) / steps_, what);
    };
  }

  void AddCase(const OutlierCase& each, const ScoredSet& known, const ScoredSet& strange) {
    OutlierCaseRow row{.group = each.group,
                       .name = each.name,
                       .data = each.set->name(),
                       .images = each.set->size(),
                       .figures = {}};
    const Draws draws = JoinedDraws(draws_, strange, each.aligned, options_.seed);
    std::vector<DrawnMean> aurocs;
    for (std::size_t s = 0; s < table_.scores.size(); ++s) {
      RankedImages images;
      for (const double score : known.scores[s]) images.Add(score, true);
      for (const double score : strange.scores[s]) images.Add(score, false);
      images.Sort();
      DrawnFigures drawn = FiguresOf(images, draws);
      row.figures.push_back(drawn.figures);
      aurocs.push_back({drawn.figures.auroc.value, std::move(drawn.auroc)});
    }
    table_.cases.push_back(std::move(row));
    aurocs_.push_back(std::move(aurocs));
  }

  void AddFailures(const std::string& conditions, const ScoredSet& set) {
    FailureRow row{.conditions = conditions,
                   .images = static_cast<std::int64_t>(set.correct.size()),
                   .target_accuracy = 0.0,
                   .auroc = {}};
    const auto right = std::ranges::count(set.correct, true);
    row.target_accuracy = static_cast<double>(right) / static_cast<double>(row.images);
    for (std::size_t s = 0; s < table_.scores.size(); ++s) {
      RankedImages images;
      for (std::size_t i = 0; i < set.correct.size(); ++i)
        images.Add(set.scores[s][i], set.correct[i]);
      images.Sort();
      row.auroc.push_back(FiguresOf(images, draws_).figures.auroc);
    }
    table_.failures.push_back(std::move(row));
  }

  void Conclude() {
    std::vector<DrawnMean> all;
    for (std::size_t s = 0; s < table_.scores.size(); ++s) {
      OutlierMeans means;
      std::vector<DrawnMean> groups;
      for (const OutlierGroup group : kOutlierGroups) {
        std::vector<DrawnMean> members;
        for (std::size_t c = 0; c < table_.cases.size(); ++c) {
          if (table_.cases[c].group == group) members.push_back(aurocs_[c][s]);
        }
        if (members.empty()) continue;
        groups.push_back(MeanOf(members));
        means.groups.emplace_back(group,
                                  PercentileInterval(groups.back().value, groups.back().drawn));
      }
      all.push_back(MeanOf(groups));
      means.all = PercentileInterval(all.back().value, all.back().drawn);
      table_.means.push_back(std::move(means));
    }
    const auto of_all = [&](std::size_t s) { return table_.means[s].all.value; };
    table_.best = Best(false, of_all);
    table_.best_rival = Best(true, of_all);
    for (std::size_t g = 0; g < table_.means[0].groups.size(); ++g) {
      table_.best_of_group.emplace_back(
          table_.means[0].groups[g].first,
          Best(false, [&](std::size_t s) { return table_.means[s].groups[g].second.value; }));
    }
    std::vector<double> lead;
    const DrawnMean &best = all[table_.best], &rival = all[table_.best_rival];
    for (std::size_t r = 0; r < best.drawn.size(); ++r)
      lead.push_back(best.drawn[r] - rival.drawn[r]);
    table_.lead = PercentileInterval(best.value - rival.value, std::move(lead));
  }

  // Of the autoencoders or of the rivals.
  std::size_t Best(bool rival, const std::function<double(std::size_t)>& value) const {
    std::size_t best = table_.scores.size();
    for (std::size_t s = 0; s < table_.scores.size(); ++s) {
      const std::string& model = table_.scores[s].model;
      if (model == "reference" || (model == "rival") != rival) continue;
      if (best == table_.scores.size() || value(s) > value(best)) best = s;
    }
    return best;
  }

  const JudgedModels& models_;
  const EvaluationData& data_;
  const OutlierTableOptions& options_;
  std::shared_ptr<const Dataset> untouched_, base_;
  MonitorRunner runner_;
  double steps_ = 1.0, done_ = 0.0;
  Draws draws_;                                 // of the untouched images
  std::vector<std::vector<DrawnMean>> aurocs_;  // [case][score]
  OutlierTable table_;
};

}  // namespace

OutlierTable MakeOutlierTable(const JudgedModels& models, std::span<const Graph> monitors,
                              const std::shared_ptr<Backend>& backend, const EvaluationData& data,
                              const OutlierTableOptions& options) {
  VIGIL_CHECK(!monitors.empty() && options.draws > 0);
  return Maker(models, monitors, backend, data, options).Make();
}

}  // namespace vigil
