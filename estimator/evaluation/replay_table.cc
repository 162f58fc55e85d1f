#include "estimator/evaluation/replay_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "estimator/evaluation/replay_records.h"
#include "estimator/evaluation/replay_students.h"
#include "estimator/verdict/ranking.h"

namespace vigil {
namespace {

constexpr double kPenalty = 1.0;   // of the students' regressions, the same for all of them
constexpr double kFewShare = 0.2;  // what a few real records count for beside many replayed ones

using Records = std::vector<ReplayRecord>;

// Figures of one student on the held-out records, and their draws.
struct Judged {
  std::vector<Ranked> ranked;       // by falling score
  std::vector<std::size_t> record;  // of `ranked`
  std::vector<bool> hit;            // of the label, in the records' order
};

enum class ReplayPart { kAll, kUntouched, kAugmented };

std::vector<ReplayPart> Parts() {
  return {ReplayPart::kAll, ReplayPart::kUntouched, ReplayPart::kAugmented};
}

ReplayPoints Thinned(const Records& records, const StudentInputs& inputs, std::int64_t most) {
  ReplayPoints points{.width = records.front().view.size(), .values = {}};
  const auto count = std::min(static_cast<std::size_t>(most), records.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::vector<double> view = inputs.View(records[i * records.size() / count]);
    points.values.insert(points.values.end(), view.begin(), view.end());
  }
  return points;
}

// The records with their reconstructions for views.
Records Rebuilt(Records records) {
  for (ReplayRecord& record : records) {
    for (std::size_t i = 0; i < record.view.size(); ++i) record.view[i] -= record.residual[i];
  }
  return records;
}

std::vector<int> ThinnedGroups(const Records& records, std::int64_t most) {
  std::vector<int> groups;
  const auto count = std::min(static_cast<std::size_t>(most), records.size());
  for (std::size_t i = 0; i < count; ++i)
    groups.push_back(records[i * records.size() / count].group);
  return groups;
}

std::vector<int> GroupsOf(const Records& records) {
  return ThinnedGroups(records, static_cast<std::int64_t>(records.size()));
}

std::vector<double> Negated(std::vector<double> values) {
  for (double& value : values) value = -value;
  return values;
}

// Makes one table.
class Maker {
 public:
  Maker(const JudgedModels& models, const Graph& monitor, const std::shared_ptr<Backend>& backend,
        const EvaluationData& data, const ReplayOptions& options)
      : models_(models),
        data_(data),
        options_(options),
        encoder_(models, monitor, backend),
        decoder_(monitor, backend),
        steps_(data.calibration->size() * 3 + data.test->size(), options.on_progress) {}

  ReplayTable Make() {
    Encode();
    const ReplayGenerator generator(models_.task, known_);
    const StudentInputs inputs(models_.task, known_, options_.seed);
    Describe(generator);
    Records drawn = generator.Draw(static_cast<std::int64_t>(known_.size()), options_.seed);
    decoder_.Decode(drawn);
    const StudentSums real = SumsOf(known_, inputs), few = SumsOf(few_, inputs);
    for (const ReplayRecord& record : held_out_) rows_.push_back(inputs.Of(record));
    AddStudent("real", real);
    const ReplayPoints training = Thinned(known_, inputs, static_cast<std::int64_t>(known_.size()));
    const ReplayPoints members = Thinned(known_, inputs, options_.leak_records);
    const ReplayPoints others = Thinned(held_out_, inputs, options_.leak_records);
    const std::vector<double> usual = NearestDistances(others, training);
    // A decoded view is smoother than any real one and lies nearer to all of them: what it is
    // measured by are held-out views out of the same decoder.
    const std::vector<double> usual_decoded =
        NearestDistances(Thinned(Rebuilt(held_out_), inputs, options_.leak_records), training);
    for (const ReplayResidual residual : kReplayResiduals) {
      Records replayed = drawn;
      generator.AddResidual(residual, replayed, options_.seed + 1);
      const StudentSums sums = SumsOf(replayed, inputs);
      AddStudent("replayed, " + std::string(ReplayResidualName(residual)), sums);
      AddLeaks(residual, generator, Thinned(replayed, inputs, options_.leak_records),
               {training, members, others},
               residual == ReplayResidual::kNone ? usual_decoded : usual);
      if (residual != ReplayResidual::kCells) continue;
      StudentSums both = sums;
      both.Join(real);
      AddStudent("both", both);
      AddStudent("few real", few);
      StudentSums passed_on = sums;
      passed_on.Join(few, kFewShare / (1.0 - kFewShare) * sums.records() / few.records());
      AddStudent("few real and replayed", passed_on,
                 static_cast<std::int64_t>(sums.records() + few.records()));
    }
    AddDensityAttack(generator);
    return std::move(table_);
  }

 private:
  struct Points {
    const ReplayPoints &training, &members, &others;
  };

  void Encode() {
    // Other draws of causes for other images, though their indices are the same.
    const AugmentedDataset known(
        data_.calibration,
        AugmentFor(models_, AugmentMix::OneCause(), options_.severity, options_.seed + 11));
    const AugmentedDataset held_out(data_.test, AugmentFor(models_, AugmentMix::OneCause(),
                                                           options_.severity, options_.seed + 12));
    known_ = encoder_.Run(known, steps_.Of("records that the generator is fitted on"));
    steps_.Finish(known.size());
    held_out_ = encoder_.Run(held_out, steps_.Of("held-out records"));
    steps_.Finish(held_out.size());
    const std::size_t few = std::min(static_cast<std::size_t>(options_.few), known_.size() / 4 + 1);
    const auto split = known_.end() - static_cast<std::ptrdiff_t>(few);
    few_.assign(std::make_move_iterator(split), std::make_move_iterator(known_.end()));
    known_.erase(split, known_.end());
    table_.known = known.name();
    table_.held_out = held_out.name();
    draws_.emplace(GroupsOf(held_out_), options_.draws, options_.seed);
  }

  void Describe(const ReplayGenerator& generator) {
    table_.severity = options_.severity;
    table_.cluster = data_.cluster;
    table_.known_records = static_cast<std::int64_t>(known_.size());
    table_.held_out_records = static_cast<std::int64_t>(held_out_.size());
    table_.few_records = static_cast<std::int64_t>(few_.size());
    labels_ = models_.task.kind == Task::Kind::kClassification
                  ? static_cast<std::size_t>(models_.task.outputs)
                  : 2;
    table_.labels = static_cast<std::int64_t>(labels_);
    std::map<int, double> of_label;
    const double share = 1.0 / static_cast<double>(held_out_.size());
    for (const ReplayRecord& record : held_out_) {
      table_.chance = std::max(table_.chance, of_label[record.cell.label] += share);
      if (record.cell.correct) table_.target_accuracy += share;
    }
    for (const auto& [cell, count] : generator.joint().counts()) {
      ++table_.cells;
      if (count < CellGaussians::kFewest) ++table_.rare_cells;
    }
    const ReplayRecord& one = known_.front();
    table_.view_numbers = static_cast<std::int64_t>(one.view.size());
    table_.latent_numbers = static_cast<std::int64_t>(one.latent.size());
    table_.decoder_bytes = decoder_.parameters() * kNumberBytes;
    table_.record_bytes = table_.known_records *
                          static_cast<std::int64_t>(one.view.size() + one.output.size()) *
                          kNumberBytes;
  }

  StudentSums SumsOf(const Records& records, const StudentInputs& inputs) {
    StudentSums sums(inputs.columns(), inputs.tail_columns(), labels_);
    for (const ReplayRecord& record : records)
      sums.Add(inputs.Of(record), record.cell.label, record.cell.correct);
    return sums;
  }

  void AddStudent(const std::string& trained_on, const StudentSums& sums,
                  std::int64_t records = -1) {
    steps_.Report(0, "students: " + trained_on);
    const Student student = sums.Solve(kPenalty);
    Judged judged;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      judged.ranked.push_back(
          {.score = student.Right(rows_[i]), .correct = held_out_[i].cell.correct});
      judged.hit.push_back(student.Label(rows_[i]) == held_out_[i].cell.label);
      judged.record.push_back(i);
    }
    std::ranges::stable_sort(judged.record, [&](std::size_t a, std::size_t b) {
      return judged.ranked[a].score > judged.ranked[b].score;
    });
    std::vector<Ranked> sorted;
    for (const std::size_t i : judged.record) sorted.push_back(judged.ranked[i]);
    judged.ranked = std::move(sorted);

    ReplayStudentRow row{
        .trained_on = trained_on,
        .records = records < 0 ? static_cast<std::int64_t>(sums.records()) : records};
    std::vector<double> aurocs, accuracies;
    const std::vector<int> once(rows_.size(), 1);
    for (const ReplayPart part : Parts()) {
      std::vector<double> drawn;
      for (int r = 0; r < draws_->draws(); ++r)
        drawn.push_back(AurocOf(judged, part, draws_->Times(r)));
      if (part == ReplayPart::kAll) aurocs = drawn;
      row.auroc[static_cast<std::size_t>(part)] =
          PercentileInterval(AurocOf(judged, part, once), std::move(drawn));
    }
    for (int r = 0; r < draws_->draws(); ++r)
      accuracies.push_back(AccuracyOf(judged, draws_->Times(r)));
    row.accuracy = PercentileInterval(AccuracyOf(judged, once), accuracies);
    if (table_.students.empty()) {
      real_aurocs_ = aurocs;
      real_accuracies_ = accuracies;
    }
    const ReplayStudentRow& real = table_.students.empty() ? row : table_.students.front();
    row.kept_auroc = Kept(row.auroc[0].value, real.auroc[0].value, aurocs, real_aurocs_, 0.5);
    row.kept_accuracy =
        Kept(row.accuracy.value, real.accuracy.value, accuracies, real_accuracies_, table_.chance);
    table_.students.push_back(std::move(row));
  }

  double AurocOf(Judged& judged, ReplayPart part, const std::vector<int>& times) const {
    for (std::size_t i = 0; i < judged.ranked.size(); ++i) {
      const bool touched = held_out_[judged.record[i]].cell.causes != 0;
      const bool in = part == ReplayPart::kAll || touched == (part == ReplayPart::kAugmented);
      judged.ranked[i].times = in ? times[judged.record[i]] : 0;
    }
    return Auroc(judged.ranked);
  }

  static double AccuracyOf(const Judged& judged, const std::vector<int>& times) {
    double hits = 0.0, count = 0.0;
    for (std::size_t i = 0; i < times.size(); ++i) {
      count += times[i];
      if (judged.hit[i]) hits += times[i];
    }
    return hits / count;
  }

  // NaN where what was trained on real records is not above chance: there is nothing to keep.
  static Interval Kept(double value, double real, const std::vector<double>& drawn,
                       const std::vector<double>& real_drawn, double chance) {
    const auto share = [&](double own, double of_real) {
      return of_real > chance ? (own - chance) / (of_real - chance)
                              : std::numeric_limits<double>::quiet_NaN();
    };
    std::vector<double> kept;
    for (std::size_t r = 0; r < drawn.size(); ++r) kept.push_back(share(drawn[r], real_drawn[r]));
    return PercentileInterval(share(value, real), std::move(kept));
  }

  void AddLeaks(ReplayResidual residual, const ReplayGenerator& generator,
                const ReplayPoints& replayed, const Points& real,
                const std::vector<double>& usual) {
    steps_.Report(0, "neighbours");
    const std::int64_t most = options_.leak_records;
    table_.leaks.push_back(
        {.residual = residual,
         .bytes = generator.Parameters(residual) * kNumberBytes,
         .nearness = NearnessOf(NearestDistances(replayed, real.training), usual),
         .attack = MembershipAttack(
             Negated(NearestDistances(real.members, replayed)), ThinnedGroups(known_, most),
             Negated(NearestDistances(real.others, replayed)), ThinnedGroups(held_out_, most),
             options_.draws, options_.seed)});
  }

  // Who holds the generator's numbers need not draw from it.
  void AddDensityAttack(const ReplayGenerator& generator) {
    const auto densities = [&](const Records& records) {
      std::vector<double> scores;
      for (const ReplayRecord& record : records) scores.push_back(generator.LogDensity(record));
      return scores;
    };
    table_.density_attack =
        MembershipAttack(densities(known_), GroupsOf(known_), densities(held_out_),
                         GroupsOf(held_out_), options_.draws, options_.seed);
  }

  static constexpr std::int64_t kNumberBytes = 4;  // float32

  const JudgedModels& models_;
  const EvaluationData& data_;
  const ReplayOptions& options_;
  ReplayEncoder encoder_;
  ReplayDecoder decoder_;
  Steps steps_;
  Records known_, few_, held_out_;
  std::size_t labels_ = 0;
  std::vector<std::vector<double>> rows_;  // students' inputs of the held-out records
  std::optional<ClusterBootstrap> draws_;  // of the held-out records
  std::vector<double> real_aurocs_, real_accuracies_;
  ReplayTable table_;
};

}  // namespace

ReplayTable MakeReplayTable(const JudgedModels& models, const Graph& monitor,
                            const std::shared_ptr<Backend>& backend, const EvaluationData& data,
                            const ReplayOptions& options) {
  VIGIL_CHECK(options.draws > 0 && options.few > 0 && options.leak_records > 0);
  return Maker(models, monitor, backend, data, options).Make();
}

}  // namespace vigil
