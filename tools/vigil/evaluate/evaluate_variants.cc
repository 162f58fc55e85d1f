// Table 4 as people and programs read it.
#include <nlohmann/json.hpp>

#include "tools/vigil/evaluate/evaluate.h"

namespace vigil {

void PrintVariants(const std::vector<VariantRow>& rows, std::ostream& out) {
  out << "\nTable 4 of PERF, what PE learned from against what it is asked about, severity paper\n";
  for (const VariantRow& row : rows) {
    out << "\n  trained on " << (row.trained_on.empty() ? "unknown" : row.trained_on)
        << ", tested on " << row.tested_on << ": " << row.estimator_file << ", "
        << row.judged.images << " images, " << row.judged.clusters << " people\n";
    Table table({"figure", "ours", "95 % interval", "paper"});
    for (const char* key :
         {"accuracy_strict", "tnr", "tpr_strict", "accuracy", "auroc", "recall_localization",
          "recall_occlusion", "recall_blur", "recall_lighting", "recall_other"}) {
      const NamedFigure* figure = FindFigure(row.judged.figures, key);
      if (figure) AddFigure(table, *figure, PaperVariantFigures(row.trained_on, row.tested_on));
    }
    table.Print(out, 4);
  }
}

nlohmann::json VariantsToJson(const std::vector<VariantRow>& rows) {
  nlohmann::json sets = nlohmann::json::array();
  for (const VariantRow& row : rows) {
    sets.push_back({{"estimator", row.estimator_file},
                    {"trained_on", row.trained_on},
                    {"variant", row.tested_on},
                    {"severity", "paper"},
                    {"data", row.data},
                    {"images", row.judged.images},
                    {"clusters", row.judged.clusters},
                    {"ours", FiguresToJson(row.judged.figures)},
                    {"paper", PaperToJson(PaperVariantFigures(row.trained_on, row.tested_on))}});
  }
  return sets;
}

}  // namespace vigil
