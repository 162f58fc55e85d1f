#include "tools/vigil/dataset_inspect.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <numeric>
#include <set>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/image_folder.h"
#include "estimator/data/image_io.h"
#include "estimator/data/random.h"
#include "estimator/data/sheet.h"

namespace vigil {
namespace {

constexpr int kSheetColumns = 8, kSheetCell = 160;

struct Opened {
  std::shared_ptr<const Dataset> data;
  Task task;
  bool labelled = true;
  std::vector<SkippedSample> skipped;
};

Opened OpenSource(const DatasetInspection& wanted) {
  if (wanted.source == "heads")
    return {OpenRenderedHeads(wanted.seed, wanted.count), DirectnessTask(), true, {}};
  if (wanted.root.empty()) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("dataset '", wanted.source, "': expected --root DIR"));
  }
  if (wanted.source == "cifar10")
    return {OpenCifar10(wanted.root, wanted.batches), CifarTask(), true, {}};
  const Task task = TaskFromName(wanted.task.empty() ? "directness" : wanted.task);
  ImageFolder folder = OpenImageFolder(wanted.root, task, OnBadSample::kSkip);
  return {folder.images, task, folder.labelled, std::move(folder.skipped)};
}

// All of a small set, else a random choice, in order.
std::vector<std::int64_t> Choose(std::int64_t size, int count, std::uint64_t seed) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(size));
  std::iota(all.begin(), all.end(), 0);
  const auto wanted = std::min(all.size(), static_cast<std::size_t>(count));
  Random random({seed});
  for (std::size_t i = 0; i < wanted && wanted < all.size(); ++i)
    std::swap(all[i],
              all[i + static_cast<std::size_t>(random.Below(static_cast<int>(all.size() - i)))]);
  all.resize(wanted);
  std::ranges::sort(all);
  return all;
}

std::string Causes(CauseSet applied, const char* between) {
  std::string text;
  for (int c = 0; c < kCauseCount; ++c) {
    if (applied.Has(static_cast<Cause>(c)))
      text += (text.empty() ? "" : between) + std::string(CauseName(static_cast<Cause>(c)));
  }
  return text.empty() ? "untouched" : text;
}

std::vector<std::string> Caption(const Opened& opened, std::int64_t index, const Sample& sample) {
  std::vector<std::string> lines = {Text("#", index)};
  if (opened.labelled) {
    const Task& task = opened.task;
    const Truth& truth = sample.truth;
    if (task.kind == Task::Kind::kDirectness) {
      lines[0] += Text("  pitch ", std::lround(truth.pitch), " yaw ", std::lround(truth.yaw));
    }
    lines.push_back(task.labels[static_cast<std::size_t>(task.TrueDecision(truth))]);
  }
  lines.push_back(Causes(sample.applied, " + "));
  return lines;
}

struct Tally {
  std::int64_t images = 0, untouched = 0;
  std::vector<std::int64_t> decisions;
  std::array<std::int64_t, kCauseCount> applied{};
  std::set<int> groups;
  double milliseconds = 0.0;  // an image
};

void Count(const Opened& opened, const Sample& sample, Tally& tally) {
  ++tally.images;
  tally.untouched += sample.applied.empty() ? 1 : 0;
  ++tally.decisions[static_cast<std::size_t>(opened.task.TrueDecision(sample.truth))];
  for (std::size_t c = 0; c < tally.applied.size(); ++c)
    tally.applied[c] += sample.applied.Has(static_cast<Cause>(c)) ? 1 : 0;
  tally.groups.insert(sample.group);
}

double Percent(std::int64_t part, std::int64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(std::max<std::int64_t>(whole, 1));
}

void PrintText(const Opened& opened, const Dataset& set, const Tally& tally) {
  std::printf("%s\n", set.name().c_str());
  std::printf("  looked at      %lld of %lld images, %zu groups, %.1f ms an image\n",
              static_cast<long long>(tally.images), static_cast<long long>(set.size()),
              tally.groups.size(), tally.milliseconds);
  if (!opened.skipped.empty()) {
    std::printf("  left out       %zu, first: %s\n", opened.skipped.size(),
                opened.skipped.front().reason.c_str());
  }
  std::printf("  %-14s %5.1f %%\n", "untouched", Percent(tally.untouched, tally.images));
  for (const Cause cause : opened.task.causes) {
    if (cause == Cause::kOther) continue;
    std::printf("  %-14s %5.1f %%\n", std::string(CauseName(cause)).c_str(),
                Percent(tally.applied[static_cast<std::size_t>(cause)], tally.images));
  }
  if (!opened.labelled) return;
  for (std::size_t d = 0; d < tally.decisions.size(); ++d) {
    std::printf("  %-14s %5.1f %%\n", opened.task.labels[d].c_str(),
                Percent(tally.decisions[d], tally.images));
  }
}

void PrintJson(const Opened& opened, const Dataset& set, const Tally& tally) {
  nlohmann::json report{{"dataset", set.name()},
                        {"size", set.size()},
                        {"images", tally.images},
                        {"groups", tally.groups.size()},
                        {"untouched", tally.untouched},
                        {"left_out", opened.skipped.size()},
                        {"milliseconds_per_image", tally.milliseconds}};
  for (const Cause cause : opened.task.causes) {
    if (cause != Cause::kOther)
      report["applied"][std::string(CauseName(cause))] =
          tally.applied[static_cast<std::size_t>(cause)];
  }
  for (std::size_t d = 0; opened.labelled && d < tally.decisions.size(); ++d)
    report["truth"][opened.task.labels[d]] = tally.decisions[d];
  std::cout << report.dump(2) << "\n";
}

void WriteSheet(const std::string& path, const std::vector<SheetCell>& cells) {
  const std::vector<std::byte> png = EncodePng(MakeSheet(cells, kSheetColumns, kSheetCell));
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
  if (!out.flush()) {
    throw Error(Fault::kApi, ErrorCode::kIo,
                Text("sheet '", path, "': ", png.size(), " bytes cannot be written"));
  }
}

}  // namespace

void InspectDataset(const DatasetInspection& inspection) {
  const Opened opened = OpenSource(inspection);
  const int natural_side = opened.task.kind == Task::Kind::kDirectness ? 224 : 32;
  const AugmentedDataset set(opened.data,
                             {.task = opened.task,
                              .mix = MixFromName(inspection.variant),
                              .severity = SeverityFor(opened.task, inspection.severity),
                              .side = inspection.side > 0 ? inspection.side : natural_side,
                              .seed = inspection.seed});
  Tally tally;
  tally.decisions.resize(opened.task.labels.size());
  std::vector<SheetCell> cells;
  const auto start = std::chrono::steady_clock::now();
  for (const std::int64_t index : Choose(set.size(), inspection.count, inspection.seed)) {
    Sample sample = set.Get(index);
    Count(opened, sample, tally);
    if (!inspection.sheet.empty())
      cells.push_back({std::move(sample.image), Caption(opened, index, sample)});
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  tally.milliseconds = spent.count() / static_cast<double>(std::max<std::int64_t>(tally.images, 1));
  if (!inspection.sheet.empty()) WriteSheet(inspection.sheet, cells);
  inspection.json ? PrintJson(opened, set, tally) : PrintText(opened, set, tally);
}

}  // namespace vigil
