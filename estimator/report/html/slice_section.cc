// Subgroups that T fails.
#include <cmath>

#include "engine/base/text.h"
#include "estimator/report/html/html_table.h"
#include "estimator/report/html/sections.h"
#include "estimator/report/slice_words.h"
#include "estimator/report/words.h"

namespace vigil::html {

std::string SliceSection(const DeviceReport& report) {
  if (report.slices.looked_at == 0) return {};
  const std::vector<Subgroup> named = NamedSlices(report.slices);
  std::string content;
  if (named.empty()) {
    content = Paragraph("None of the tags and pairs of tags is worse than the rest beyond chance.");
  } else {
    HtmlTable table(
        "Subgroups with a lower accuracy than the rest, or one that fell",
        {{"Tags"},
         {"Accuracy", true},
         {"The rest", true},
         {.header = "Difference (interval over all that were looked at)", .breaks = true},
         {"Verdicts", true}});
    for (const Subgroup& slice : named) {
      const std::vector<HtmlCell> cells = {{.text = SliceName(slice), .note = ChangeText(slice)},
                                           {.text = ShareText(slice.accuracy)},
                                           {.text = ShareText(slice.outside)},
                                           {.text = GapText(slice)},
                                           {.text = CountText(slice.verdicts)}};
      table.Add(cells);
    }
    content = table.ToString();
  }
  content += Paragraph(LookedAtText(report.slices, report.slice_options), "soft");
  return Section("slices", "Whom does it fail?", content);
}

}  // namespace vigil::html
