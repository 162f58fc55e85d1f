#include "estimator/verdict/ranking.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace vigil {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

// Records of one score, as counts.
struct Tie {
  double score = 0.0;
  std::int64_t right = 0;
  std::int64_t wrong = 0;
};

struct Ties {
  std::vector<Tie> groups;  // by falling score
  std::int64_t right = 0;
  std::int64_t wrong = 0;
};

Ties GroupTies(std::span<const Ranked> records) {
  const auto falling = [](const Ranked& a, const Ranked& b) { return a.score > b.score; };
  std::vector<Ranked> sorted;
  if (!std::ranges::is_sorted(records, falling)) {
    sorted.assign(records.begin(), records.end());
    std::ranges::sort(sorted, falling);
    records = sorted;
  }
  Ties ties;
  for (const Ranked& record : records) {
    if (record.times == 0) continue;
    if (ties.groups.empty() || ties.groups.back().score != record.score) {
      ties.groups.push_back({.score = record.score});
    }
    (record.correct ? ties.groups.back().right : ties.groups.back().wrong) += record.times;
    (record.correct ? ties.right : ties.wrong) += record.times;
  }
  return ties;
}

}  // namespace

double Auroc(std::span<const Ranked> records) {
  const Ties ties = GroupTies(records);
  if (ties.right == 0 || ties.wrong == 0) return kNone;
  double won = 0.0;
  std::int64_t right_above = 0;
  for (const Tie& tie : ties.groups) {
    won += static_cast<double>(tie.wrong) *
           (static_cast<double>(right_above) + 0.5 * static_cast<double>(tie.right));
    right_above += tie.right;
  }
  return won / (static_cast<double>(ties.right) * static_cast<double>(ties.wrong));
}

double AuprError(std::span<const Ranked> records) {
  const Ties ties = GroupTies(records);
  if (ties.wrong == 0) return kNone;
  double area = 0.0;
  std::int64_t found = 0, called = 0;
  for (auto tie = ties.groups.rbegin(); tie != ties.groups.rend(); ++tie) {
    found += tie->wrong;
    called += tie->wrong + tie->right;
    area +=
        static_cast<double>(tie->wrong) * static_cast<double>(found) / static_cast<double>(called);
  }
  return area / static_cast<double>(ties.wrong);
}

double FprAtTpr(std::span<const Ranked> records, double tpr) {
  const Ties ties = GroupTies(records);
  if (ties.right == 0 || ties.wrong == 0) return kNone;
  std::int64_t right = 0, wrong = 0;
  for (const Tie& tie : ties.groups) {
    right += tie.right;
    wrong += tie.wrong;
    if (static_cast<double>(right) >= tpr * static_cast<double>(ties.right)) break;
  }
  return static_cast<double>(wrong) / static_cast<double>(ties.wrong);
}

double Aurc(std::span<const Ranked> records) {
  const Ties ties = GroupTies(records);
  if (ties.groups.empty()) return kNone;
  double area = 0.0, wrong = 0.0;
  std::int64_t taken = 0;
  for (const Tie& tie : ties.groups) {
    const std::int64_t members = tie.right + tie.wrong;
    const double risk = static_cast<double>(tie.wrong) / static_cast<double>(members);
    for (std::int64_t i = 0; i < members; ++i) {
      wrong += risk;
      area += wrong / static_cast<double>(++taken);
    }
  }
  return area / static_cast<double>(taken);
}

}  // namespace vigil
