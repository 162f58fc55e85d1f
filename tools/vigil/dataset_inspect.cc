#include "tools/vigil/dataset_inspect.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/data/description_source.h"
#include "estimator/data/image_io.h"
#include "estimator/data/prepared.h"
#include "estimator/data/sheet.h"
#include "tools/vigil/dataset_tally.h"

namespace vigil {
namespace {

constexpr int kSheetColumns = 8, kSheetCell = 160;

std::string Causes(CauseSet applied) {
  std::string text;
  for (int c = 0; c < kCauseCount; ++c) {
    if (applied.Has(static_cast<Cause>(c)))
      text += (text.empty() ? "" : " + ") + std::string(CauseName(static_cast<Cause>(c)));
  }
  return text.empty() ? "untouched" : text;
}

std::vector<std::string> Caption(const InspectedDataset& inspected, std::int64_t index,
                                 const Sample& sample) {
  std::vector<std::string> lines = {Text("#", index)};
  if (inspected.labelled) {
    const Task& task = inspected.task;
    const Truth& truth = sample.truth;
    if (task.kind == Task::Kind::kDirectness)
      lines[0] += Text("  pitch ", std::lround(truth.pitch), " yaw ", std::lround(truth.yaw));
    lines.push_back(task.labels[static_cast<std::size_t>(task.TrueDecision(truth))]);
  }
  lines.push_back(Causes(sample.applied));
  return lines;
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

InspectedDataset OpenChoice(const DatasetChoice& choice) {
  if (!choice.file.empty() && IsPrepared(choice.file)) {
    PreparedDataset prepared = OpenPrepared(choice.file);
    return {std::move(prepared.data), TaskOf(prepared.description), true, {}};
  }
  const DatasetDescription description =
      choice.file.empty()
          ? ParseDescription(DescriptionText(choice.description), "the command line")
          : ReadDescription(choice.file);
  DescribedDataset opened = OpenDescribed(description, choice.root);
  return {opened.data, TaskOf(description), opened.labelled, std::move(opened.skipped)};
}

void InspectDataset(const DatasetInspection& inspection) {
  const InspectedDataset inspected = OpenChoice(inspection.choice);
  const std::int64_t size = inspected.data->size();
  DatasetTally tally(inspected.task);
  std::vector<SheetCell> cells;
  // The sheet's images are spread over the set, which is in the order of its source.
  const std::int64_t shown = std::min<std::int64_t>(size, inspection.sheet_images);
  const auto start = std::chrono::steady_clock::now();
  for (std::int64_t index = 0; index < size; ++index) {
    Sample sample = inspected.data->Get(index);
    tally.Add(inspected.task, sample);
    const auto next = static_cast<std::int64_t>(cells.size());
    if (!inspection.sheet.empty() && next < shown && index >= next * size / shown)
      cells.push_back({std::move(sample.image), Caption(inspected, index, sample)});
  }
  const std::chrono::duration<double, std::milli> spent = std::chrono::steady_clock::now() - start;
  tally.milliseconds = spent.count() / static_cast<double>(std::max<std::int64_t>(size, 1));
  if (!inspection.sheet.empty()) WriteSheet(inspection.sheet, cells);
  inspection.json ? PrintTallyJson(inspected, tally) : PrintTally(inspected, tally);
}

}  // namespace vigil
