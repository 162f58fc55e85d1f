#include "estimator/report/slice_words.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/base/text.h"
#include "estimator/report/words.h"

namespace vigil {
namespace {

std::string Points(double share) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f", share * 100.0);
  return text;
}

}  // namespace

std::string SliceName(const Subgroup& slice) {
  std::string name;
  for (const SliceTag& tag : slice.tags)
    name += Text(name.empty() ? "" : ", ", tag.key, " ", tag.value);
  return name;
}

std::string GapText(const Subgroup& slice) {
  return Text(Points(slice.gap.value), " points (", Points(slice.gap.low), " to ",
              Points(slice.gap.high), ")");
}

std::string ChangeText(const Subgroup& slice) {
  if (slice.sudden) {
    return Text("suddenly about ", DateText(slice.sudden->micros), ": from ",
                Points(slice.sudden->before), " to ", Points(slice.sudden->after), " points");
  }
  if (!slice.growing) return {};
  char days[32];
  std::snprintf(days, sizeof days, "%.2f", std::abs(slice.growing->per_day) * 100.0);
  return Text("slowly: by ", days, " points a day");
}

std::vector<Subgroup> NamedSlices(const SliceFindings& findings) {
  std::vector<Subgroup> named = findings.worse;
  for (const Subgroup& slice : findings.changed) {
    if (!std::ranges::count(named, slice.tags, &Subgroup::tags)) named.push_back(slice);
  }
  return named;
}

std::string LookedAtText(const SliceFindings& findings, const SliceSearchOptions& options) {
  std::string text =
      Text("Looked at ",
           CountOfText(findings.looked_at, "tag or pair of tags", "tags and pairs of tags"),
           "; corrected for their number, so that ", LevelText(1.0 - findings.level),
           " of devices without a subgroup that differs see none named.");
  if (findings.too_small > 0) {
    text += Text(" ", CountText(findings.too_small), " with fewer than ", options.min_verdicts,
                 " verdicts or ", options.min_blocks,
                 " blocks are not named: that would say more of whoever was there than of T.");
  }
  if (findings.left_out > 0)
    text +=
        Text(" ", CountText(std::int64_t{findings.left_out}), " smaller ones were not looked at.");
  return text;
}

}  // namespace vigil
