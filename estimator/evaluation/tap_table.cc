#include "estimator/evaluation/tap_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/views.h"
#include "estimator/evaluation/paper_figures.h"
#include "estimator/store/payload.h"

namespace vigil {
namespace {

constexpr std::array kEncodings = {Encoding::kFloat32, Encoding::kFloat16, Encoding::kInt8};

// Over enough records for a mean within a per cent.
double StoredBytes(const JudgedModels& models, const std::shared_ptr<Backend>& backend,
                   Encoding encoding, const Dataset& set) {
  constexpr std::int64_t kBatch = 16, kRecords = 128;
  TargetRunner runner(models.target, backend, encoding, kBatch);
  Tensor images(TensorDesc{DType::kFloat32, Shape{kBatch, 3, models.side, models.side}});
  double bytes = 0.0;
  std::int64_t records = 0;
  for (std::int64_t first = 0; first + kBatch <= std::min(kRecords, set.size()); first += kBatch) {
    for (std::int64_t i = 0; i < kBatch; ++i)
      ToTensor(set.Get(first + i).image, models.normalisation, i, images);
    const TargetRunner::Kept kept = runner.Run(images);
    const auto outputs = static_cast<std::size_t>(models.task.outputs);
    for (std::int64_t i = 0; i < kBatch; ++i) {
      const auto output =
          kept.output.as<float>().subspan(static_cast<std::size_t>(i) * outputs, outputs);
      Record record;
      record.output.assign(output.begin(), output.end());
      record.taps = SplitSlot(runner.plan(), kept.slot, kBatch, i);
      bytes += static_cast<double>(SealPayload(PackBody(record), {}, *PlainCodec()).size());
      ++records;
    }
  }
  return records > 0 ? bytes / static_cast<double>(records) : 0.0;
}

double AurocOf(const TapRow& row) {
  const NamedFigure* figure = FindFigure(row.figures, "auroc");
  return figure ? figure->interval.value : std::nan("");
}

void NameTaps(const JudgedModels& models, TapRow& row) {
  const std::string& input = models.target.value(models.target.inputs()[0]).name;
  for (const std::string& tap : models.metadata.taps) {
    row.has_image = row.has_image || tap == input;
    row.taps.push_back(tap == input ? kImageTap : tap);
  }
}

}  // namespace

TapTable MakeTapTable(std::span<const JudgedModels> estimators,
                      const std::shared_ptr<Backend>& backend, const EvaluationData& data,
                      std::uint64_t seed, int draws, const OnProgress& on_progress) {
  const AugmentedDataset drawn(
      data.test, AugmentFor(estimators.front(), AugmentMix::TwoCause(), "paper", seed + 2));
  const std::int64_t images = drawn.size();
  Steps steps(images * static_cast<std::int64_t>(1 + estimators.size() * kEncodings.size()),
              on_progress);
  const auto set = Held(drawn, steps.Of("2-cause images"));
  steps.Finish(images);

  TapTable table{.data = set->name(), .severity = "paper", .images = images};
  for (const JudgedModels& models : estimators) {
    for (const Encoding encoding : kEncodings) {
      TapRow row;
      row.estimator_file = models.estimator_path.filename().string();
      row.encoding = encoding;
      NameTaps(models, row);
      for (const ValueId tap : models.target.taps()) {
        const Shape sample = models.target.value(tap).desc.shape.With(0, 1);
        row.tap_bytes += static_cast<std::int64_t>(EncodedSampleBytes(sample, encoding));
      }
      row.stored_bytes = StoredBytes(models, backend, encoding, *set);
      const std::string what = Text("judging ", row.estimator_file, ", ", EncodingName(encoding));
      SetFigures judged = FiguresOn(models, backend, encoding, *set, draws, seed, steps.Of(what));
      table.clusters = judged.clusters;
      row.figures = std::move(judged.figures);
      table.rows.push_back(std::move(row));
      steps.Finish(images);
    }
  }
  table.knee = KneeOf(table.rows);
  return table;
}

int KneeOf(std::span<const TapRow> rows) {
  std::vector<int> order(rows.size());
  std::iota(order.begin(), order.end(), 0);
  const auto row = [&](int i) -> const TapRow& { return rows[static_cast<std::size_t>(i)]; };
  std::ranges::sort(order, {},
                    [&](int i) { return std::pair(row(i).stored_bytes, -AurocOf(row(i))); });
  std::vector<int> front;  // each dearer and better than the one before
  for (const int i : order) {
    if (row(i).has_image || !std::isfinite(AurocOf(row(i)))) continue;
    if (front.empty() || AurocOf(row(i)) > AurocOf(row(front.back()))) front.push_back(i);
  }
  if (front.empty()) return -1;
  const auto x = [&](int i) { return std::log(row(i).stored_bytes); };
  const auto y = [&](int i) { return AurocOf(row(i)); };
  const int first = front.front(), last = front.back();
  int knee = last;
  double farthest = 0.0;
  for (const int i : front) {
    const double share = last == first ? 0.0 : (x(i) - x(first)) / (x(last) - x(first));
    const double above = y(i) - std::lerp(y(first), y(last), share);
    if (above > farthest) {
      farthest = above;
      knee = i;
    }
  }
  return knee;
}

}  // namespace vigil
