#include <algorithm>
#include <cmath>

#include "engine/base/text.h"
#include "estimator/evaluation/estimator_table.h"
#include "estimator/evaluation/paper_figures.h"

namespace vigil {
namespace {

std::string Rounded(double value, int decimals = 3) {
  const double unit = std::pow(10.0, decimals);
  return Text(std::round(value * unit) / unit);
}

void BehindPaper(const SeverityFigures& figures, int table, std::vector<std::string>& behind) {
  for (const PaperFigure& paper : PaperEstimatorFigures(table)) {
    const NamedFigure* ours = FindFigure(figures.ours, paper.key);
    if (!ours || ours->key == "target_accuracy" || !(ours->interval.value < paper.value)) continue;
    behind.push_back(Text("PE is behind the paper in ", paper.key, " at severity ",
                          figures.severity, ": ", Rounded(100 * ours->interval.value, 1),
                          " % against ", Rounded(100 * paper.value, 1), " %"));
  }
}

// The best of those that are ahead, for each part and measure.
void BehindScores(const SeverityFigures& figures, std::vector<std::string>& behind) {
  for (std::size_t p = 0; p < kPartNames.size(); ++p) {
    for (std::size_t k = 0; k < kRankingKeys.size(); ++k) {
      const ScoreFigures* best = nullptr;
      int ahead = 0;
      for (const ScoreFigures& score : figures.scores) {
        const double lead = score.parts[p].lead[k].value;
        if (!(lead < 0.0)) continue;
        ++ahead;
        if (!best || lead < best->parts[p].lead[k].value) best = &score;
      }
      if (!best) continue;
      const Interval& lead = best->parts[p].lead[k];
      behind.push_back(Text("PE is behind ", best->name, " in ", kRankingKeys[k], " within ",
                            kPartNames[p], " images at severity ", figures.severity, ": ",
                            Rounded(figures.scores[0].parts[p].figure[k].value), " against ",
                            Rounded(best->parts[p].figure[k].value),
                            lead.high < 0.0 ? ", beyond chance" : ", within chance",
                            ahead > 1 ? Text(" (", ahead, " scores are ahead)") : std::string()));
    }
  }
  const double own = figures.scores[0].balanced_accuracy;
  for (const ScoreFigures& score : figures.scores) {
    if (!(score.balanced_accuracy > own)) continue;
    behind.push_back(Text("PE is behind ", score.name, " in balanced_accuracy at severity ",
                          figures.severity, ": ", Rounded(100 * own, 1), " % against ",
                          Rounded(100 * score.balanced_accuracy, 1), " %"));
  }
}

void BehindInWindows(const WindowFigures& figures, std::vector<std::string>& behind) {
  if (figures.errors.empty()) return;
  const WindowError* best = nullptr;
  for (std::size_t i = 1; i < figures.errors.size(); ++i) {
    if (!best || figures.errors[i].mae.value < best->mae.value) best = &figures.errors[i];
  }
  const double own = figures.errors[0].mae.value;
  if (best && best->mae.value < own) {
    behind.push_back(Text("PE is behind ", best->name, " in the error of windows, ",
                          figures.condition, ": ", Rounded(100 * own, 1), " against ",
                          Rounded(100 * best->mae.value, 1), " points"));
  }
  if (figures.calibrated && figures.coverage.value < 0.93) {
    behind.push_back(Text("PE's 95 % intervals hold the truth of ",
                          Rounded(100 * figures.coverage.value, 1), " % of windows, ",
                          figures.condition));
  }
}

}  // namespace

std::vector<std::string> WhereBehind(const EstimatorTable& table) {
  std::vector<std::string> behind;
  for (const SeverityFigures& severity : table.severities) {
    if (severity.severity == "paper") BehindPaper(severity, table.table, behind);
    BehindScores(severity, behind);
  }
  for (const WindowFigures& window : table.windows) BehindInWindows(window, behind);
  return behind;
}

}  // namespace vigil
