// The table of outlier scores as people and programs read it.
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {
namespace {

std::string Number(double value) { return std::isfinite(value) ? FormatFixed(value, 3) : "-"; }

std::string RangeOf(const Interval& interval) {
  return std::isfinite(interval.low) ? Number(interval.low) + " to " + Number(interval.high) : "-";
}

std::string NameOf(const OutlierScoreName& score) { return Text(score.model, " ", score.metric); }

void PrintCase(const OutlierTable& table, const OutlierCaseRow& row, std::ostream& out) {
  out << "\n  Untouched against " << row.name << " (" << OutlierGroupName(row.group)
      << "): " << row.data << ", " << row.images << " images\n";
  Table rows({"score", "AUROC", "95 % interval", "AUPR", "95 % interval", "FPR at 95 % TPR",
              "95 % interval"});
  for (std::size_t s = 0; s < table.scores.size(); ++s) {
    const OutlierFigures& figures = row.figures[s];
    rows.Add({NameOf(table.scores[s]), Number(figures.auroc.value), RangeOf(figures.auroc),
              Number(figures.aupr.value), RangeOf(figures.aupr),
              Number(figures.fpr_at_95_tpr.value), RangeOf(figures.fpr_at_95_tpr)});
  }
  rows.Print(out, 4);
}

void PrintMeans(const OutlierTable& table, std::ostream& out) {
  out << "\nMean AUROC over the cases of a group, and over the groups\n";
  std::vector<std::string> header = {"score"};
  for (const auto& [group, mean] : table.means[0].groups)
    header.emplace_back(OutlierGroupName(group));
  header.insert(header.end(), {"all", "95 % interval"});
  Table rows(header);
  for (std::size_t s = 0; s < table.scores.size(); ++s) {
    std::vector<std::string> row = {NameOf(table.scores[s])};
    for (const auto& [group, mean] : table.means[s].groups) row.push_back(Number(mean.value));
    row.insert(row.end(), {Number(table.means[s].all.value), RangeOf(table.means[s].all)});
    rows.Add(row);
  }
  rows.Print(out, 2);
}

void PrintFailures(const OutlierTable& table, std::ostream& out) {
  out << "\nDoes the score rank T's failures? AUROC of wrong against right\n";
  std::vector<std::string> header = {"score"};
  for (const FailureRow& row : table.failures) {
    header.push_back(Text(row.conditions, " (T right ", PercentText(row.target_accuracy, 1), ")"));
    header.emplace_back("95 % interval");
  }
  Table rows(header);
  for (std::size_t s = 0; s < table.scores.size(); ++s) {
    std::vector<std::string> row = {NameOf(table.scores[s])};
    for (const FailureRow& failures : table.failures) {
      row.push_back(Number(failures.auroc[s].value));
      row.push_back(RangeOf(failures.auroc[s]));
    }
    rows.Add(row);
  }
  rows.Print(out, 2);
}

nlohmann::json NameToJson(const OutlierScoreName& score) {
  return {{"model", score.model}, {"metric", score.metric}};
}

}  // namespace

void PrintOutlierTable(const OutlierTable& table, std::ostream& out) {
  out << "\nWhat tells strange from known: " << table.images << " untouched images ("
      << table.untouched << "), intervals over " << table.cluster << "s\n";
  for (const OutlierScoreName& score : table.scores) {
    if (!score.source.empty()) out << "  " << score.metric << ": " << score.source << "\n";
  }
  bool attacked = false;
  for (const OutlierCaseRow& row : table.cases) {
    PrintCase(table, row, out);
    attacked = attacked || row.group == OutlierGroup::kAdversarial;
  }
  if (!attacked) {
    out << "\n  No adversarial images: this vigil was built without the training component, whose "
           "libtorch gives T's gradients.\n";
  } else {
    out << "\n  Adversarial images were made with T's gradients from libtorch.\n";
  }
  PrintFailures(table, out);
  PrintMeans(table, out);
  out << "\nWhich metric is best? By mean AUROC over all groups: "
      << NameOf(table.scores[table.best]) << ", " << Number(table.means[table.best].all.value)
      << " (" << RangeOf(table.means[table.best].all) << ").\n";
  for (const auto& [group, score] : table.best_of_group)
    out << "  " << OutlierGroupName(group) << ": " << NameOf(table.scores[score]) << "\n";
  out << "Best rival: " << table.scores[table.best_rival].metric << ", "
      << Number(table.means[table.best_rival].all.value) << "; the autoencoder's lead is "
      << Number(table.lead.value) << " (" << RangeOf(table.lead) << ").\n";
}

nlohmann::json OutlierTableToJson(const OutlierTable& table) {
  using nlohmann::json;
  json scores = json::array(), cases = json::array(), failures = json::array();
  for (std::size_t s = 0; s < table.scores.size(); ++s) {
    json groups = json::object();
    for (const auto& [group, mean] : table.means[s].groups)
      groups[std::string(OutlierGroupName(group))] = IntervalToJson(mean);
    json score = NameToJson(table.scores[s]);
    score["source"] = table.scores[s].source;
    score["mean_auroc"] = {{"groups", std::move(groups)},
                           {"all", IntervalToJson(table.means[s].all)}};
    scores.push_back(std::move(score));
  }
  for (const OutlierCaseRow& row : table.cases) {
    json figures = json::array();
    for (std::size_t s = 0; s < table.scores.size(); ++s) {
      json each = NameToJson(table.scores[s]);
      each["auroc"] = IntervalToJson(row.figures[s].auroc);
      each["aupr"] = IntervalToJson(row.figures[s].aupr);
      each["fpr_at_95_tpr"] = IntervalToJson(row.figures[s].fpr_at_95_tpr);
      figures.push_back(std::move(each));
    }
    cases.push_back({{"group", OutlierGroupName(row.group)},
                     {"name", row.name},
                     {"data", row.data},
                     {"images", row.images},
                     {"figures", std::move(figures)}});
  }
  for (const FailureRow& row : table.failures) {
    json figures = json::array();
    for (std::size_t s = 0; s < table.scores.size(); ++s) {
      json each = NameToJson(table.scores[s]);
      each["auroc"] = IntervalToJson(row.auroc[s]);
      figures.push_back(std::move(each));
    }
    failures.push_back({{"conditions", row.conditions},
                        {"images", row.images},
                        {"target_accuracy", row.target_accuracy},
                        {"figures", std::move(figures)}});
  }
  json best_of_group = json::object();
  for (const auto& [group, score] : table.best_of_group)
    best_of_group[std::string(OutlierGroupName(group))] = NameToJson(table.scores[score]);
  return {{"untouched", table.untouched},
          {"images", table.images},
          {"cluster", table.cluster},
          {"scores", std::move(scores)},
          {"cases", std::move(cases)},
          {"failures", std::move(failures)},
          {"best", NameToJson(table.scores[table.best])},
          {"best_of_group", std::move(best_of_group)},
          {"best_rival", NameToJson(table.scores[table.best_rival])},
          {"lead", IntervalToJson(table.lead)}};
}

}  // namespace vigil
