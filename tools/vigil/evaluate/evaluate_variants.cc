// Table 4 as people and programs read it.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/evaluation/paper_figures.h"
#include "tools/vigil/evaluate/evaluate.h"
#include "tools/vigil/format.h"

namespace vigil {
namespace {

const Interval* Find(const VariantRow& row, const std::string& key) {
  const auto found = std::ranges::find(row.figures, key, &NamedFigure::key);
  return found == row.figures.end() ? nullptr : &found->interval;
}

std::string PaperText(const VariantRow& row, const std::string& key) {
  for (const PaperFigure& figure : PaperVariantFigures(row.trained_on, row.tested_on)) {
    if (key == figure.key) return PercentText(figure.value);
  }
  return "";
}

}  // namespace

void PrintVariants(const std::vector<VariantRow>& rows, std::ostream& out) {
  out << "\nTable 4 of PERF, what PE learned from against what it is asked about, severity paper\n";
  for (const VariantRow& row : rows) {
    out << "\n  trained on " << (row.trained_on.empty() ? "unknown" : row.trained_on)
        << ", tested on " << row.tested_on << ": " << row.estimator_file << ", " << row.images
        << " images, " << row.clusters << " people\n";
    Table table({"figure", "ours", "95 % interval", "paper"});
    for (const char* key :
         {"accuracy_strict", "tnr", "tpr_strict", "accuracy", "auroc", "recall_localization",
          "recall_occlusion", "recall_blur", "recall_lighting", "recall_other"}) {
      const Interval* figure = Find(row, key);
      if (figure == nullptr) continue;
      table.Add({key, PercentText(figure->value),
                 Text(PercentText(figure->low), " to ", PercentText(figure->high)),
                 PaperText(row, key)});
    }
    table.Print(out, 4);
  }
}

nlohmann::json VariantsToJson(const std::vector<VariantRow>& rows) {
  nlohmann::json sets = nlohmann::json::array();
  for (const VariantRow& row : rows) {
    nlohmann::json ours, paper = nlohmann::json::object();
    for (const NamedFigure& figure : row.figures)
      ours[figure.key] = IntervalToJson(figure.interval);
    for (const PaperFigure& figure : PaperVariantFigures(row.trained_on, row.tested_on))
      paper[figure.key] = figure.value;
    sets.push_back({{"estimator", row.estimator_file},
                    {"trained_on", row.trained_on},
                    {"variant", row.tested_on},
                    {"severity", "paper"},
                    {"data", row.data},
                    {"images", row.images},
                    {"clusters", row.clusters},
                    {"ours", std::move(ours)},
                    {"paper", std::move(paper)}});
  }
  return sets;
}

}  // namespace vigil
