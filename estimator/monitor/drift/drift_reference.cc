#include "estimator/monitor/drift/drift_reference.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/verdict/json_fields.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

constexpr JsonFields kFields(DriftReference::kMetadataKey);

std::vector<float> Numbers(const json& object, const char* name, std::size_t size, bool positive) {
  const std::vector<double> values = kFields.Numbers(object, name, size);
  if (values.size() != size)
    kFields.Refuse(Text("'", name, "' has ", values.size(), " numbers, expected ", size));
  std::vector<float> narrow(values.begin(), values.end());
  for (const float value : narrow) {
    if (!std::isfinite(value) || (positive && !(value > 0.0f)))
      kFields.Refuse(Text("'", name, "' has ", value, ", expected a ",
                          positive ? "number above 0" : "finite number"));
  }
  return narrow;
}

std::size_t Binned(std::span<const SignalInfo> signals) {
  return static_cast<std::size_t>(std::ranges::count_if(signals, &SignalInfo::binned));
}

}  // namespace

DriftReference FitDriftReference(const DriftLayout& layout,
                                 std::span<const DriftFeatures> records) {
  if (std::ssize(records) < DriftReference::kMinRecords) {
    throw Error(Fault::kInput, ErrorCode::kInvalidValue,
                Text("a drift reference of ", records.size(), " records, expected at least ",
                     DriftReference::kMinRecords));
  }
  const std::vector<SignalInfo> signals = SignalsOf(layout);
  ScaleBuilder builder;
  for (const DriftFeatures& record : records) builder.Add(record);
  DriftReference reference{.layout = layout, .records = std::ssize(records)};
  reference.scale = builder.Scale(signals);
  std::vector<double> values(records.size());
  for (std::size_t j = 0; j < signals.size(); ++j) {
    if (!signals[j].binned) continue;
    for (std::size_t i = 0; i < records.size(); ++i)
      values[i] = (records[i].signals[j] - reference.scale.mean[j]) / reference.scale.deviation[j];
    std::ranges::sort(values);
    for (std::size_t e = 1; e <= kDriftEdges; ++e)
      reference.scale.edges.push_back(
          static_cast<float>(values[(values.size() - 1) * e / kDriftBins]));
  }
  return reference;
}

std::optional<DriftReference> NarrowedTo(const DriftReference& reference,
                                         const DriftLayout& layout) {
  const DriftLayout& from = reference.layout;
  if (from == layout) return reference;
  const auto lacks = [](bool wanted, bool there) { return wanted && !there; };
  if (layout.statistics != from.statistics || layout.outputs != from.outputs ||
      layout.classes != from.classes ||
      (layout.embedding != from.embedding && layout.embedding != 0) ||
      lacks(layout.outlier, from.outlier) || lacks(layout.flip_rate, from.flip_rate) ||
      lacks(layout.beyond, from.beyond))
    return std::nullopt;
  DriftReference narrowed{.layout = layout, .records = reference.records, .scale = {}};
  const std::vector<SignalInfo> all = SignalsOf(from), wanted = SignalsOf(layout);
  const DriftScale& scale = reference.scale;
  DriftScale& kept = narrowed.scale;
  std::size_t at = 0, binned = 0;
  for (std::size_t j = 0; j + 1 < wanted.size(); ++j, ++at) {
    for (; all[at].name != wanted[j].name; ++at) binned += all[at].binned ? 1 : 0;
    kept.mean.push_back(scale.mean[at]);
    kept.deviation.push_back(scale.deviation[at]);
    if (!all[at].binned) continue;
    const auto edges = std::span(scale.edges).subspan(binned++ * kDriftEdges, kDriftEdges);
    kept.edges.insert(kept.edges.end(), edges.begin(), edges.end());
  }
  kept.vector_mean = scale.vector_mean;
  kept.vector_deviation = scale.vector_deviation;
  if (layout.embedding != from.embedding) {  // the input's statistics, which stand first
    const auto statistics = static_cast<std::ptrdiff_t>(layout.statistics);
    kept.vector_mean.assign(kept.mean.begin(), kept.mean.begin() + statistics);
    kept.vector_deviation.assign(kept.deviation.begin(), kept.deviation.begin() + statistics);
  }
  return narrowed;
}

std::string DriftReferenceToJson(const DriftReference& reference) {
  const DriftLayout& layout = reference.layout;
  return json{{"version", kVersion},
              {"records", reference.records},
              {"statistics", layout.statistics},
              {"outputs", layout.outputs},
              {"classes", layout.classes},
              {"embedding", layout.embedding},
              {"outlier", layout.outlier},
              {"flip_rate", layout.flip_rate},
              {"beyond", layout.beyond},
              {"mean", reference.scale.mean},
              {"deviation", reference.scale.deviation},
              {"vector_mean", reference.scale.vector_mean},
              {"vector_deviation", reference.scale.vector_deviation},
              {"edges", reference.scale.edges}}
      .dump();
}

DriftReference DriftReferenceFromJson(std::string_view text) {
  const json document = kFields.Parse(text);
  kFields.Version(document, {kVersion});
  DriftReference reference;
  DriftLayout& layout = reference.layout;
  const auto count = [&](const char* name, std::int64_t most) {
    return static_cast<std::int32_t>(kFields.Integer(document, name, 0, most));
  };
  reference.records =
      kFields.Integer(document, "records", DriftReference::kMinRecords, 1'000'000'000'000);
  layout.statistics = count("statistics", 16);
  layout.outputs = count("outputs", DriftLayout::kMaxOutputs);
  layout.classes = kFields.Flag(document, "classes");
  layout.embedding = count("embedding", DriftLayout::kMaxEmbedding);
  layout.outlier = kFields.Flag(document, "outlier");
  layout.flip_rate = kFields.Flag(document, "flip_rate");
  layout.beyond = kFields.Flag(document, "beyond");
  const std::vector<SignalInfo> signals = SignalsOf(layout);
  DriftScale& scale = reference.scale;
  scale.mean = Numbers(document, "mean", signals.size() - 1, false);
  scale.deviation = Numbers(document, "deviation", signals.size() - 1, true);
  scale.vector_mean = Numbers(document, "vector_mean", VectorSize(layout), false);
  scale.vector_deviation = Numbers(document, "vector_deviation", VectorSize(layout), true);
  scale.edges = Numbers(document, "edges", Binned(signals) * kDriftEdges, false);
  for (std::size_t i = 0; i < scale.edges.size(); ++i) {
    if (i % kDriftEdges != 0 && scale.edges[i] < scale.edges[i - 1])
      kFields.Refuse(Text("'edges' fall from ", scale.edges[i - 1], " to ", scale.edges[i]));
  }
  return reference;
}

std::optional<DriftReference> ReadDriftReference(const Graph& model) {
  const auto found = model.metadata().find(DriftReference::kMetadataKey);
  if (found == model.metadata().end()) return std::nullopt;
  return DriftReferenceFromJson(found->second);
}

}  // namespace vigil
