#include "estimator/monitor/drift/drift_reference.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "engine/base/error.h"
#include "engine/base/text.h"

namespace vigil {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kMalformed,
              Text(DriftReference::kMetadataKey, ": ", message));
}

std::int64_t Integer(const json& object, const char* name, std::int64_t low, std::int64_t high) {
  const auto found = object.find(name);
  if (found == object.end()) Refuse(Text("'", name, "' is missing"));
  if (!found->is_number_integer() || found->get<double>() < static_cast<double>(low) ||
      found->get<double>() > static_cast<double>(high)) {
    Refuse(Text("'", name, "' is ", found->dump(), ", expected ", low, " to ", high));
  }
  return found->get<std::int64_t>();
}

bool Flag(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_boolean())
    Refuse(Text("'", name, "' is missing or neither true nor false"));
  return found->get<bool>();
}

std::vector<float> Numbers(const json& object, const char* name, std::size_t size, bool positive) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array() || found->size() != size)
    Refuse(Text("'", name, "' is no array of ", size, " numbers"));
  std::vector<float> values;
  for (const json& value : *found) {
    if (!value.is_number() || !std::isfinite(value.get<float>()) ||
        (positive && !(value.get<float>() > 0.0f))) {
      Refuse(Text("'", name, "' has ", value.dump(), ", expected a ",
                  positive ? "number above 0" : "finite number"));
    }
    values.push_back(value.get<float>());
  }
  return values;
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
  const json document = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) Refuse("not a JSON object");
  if (const auto version = Integer(document, "version", 0, 1 << 20); version != kVersion) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text(DriftReference::kMetadataKey, ": version ", version, ", expected ", kVersion));
  }
  DriftReference reference;
  DriftLayout& layout = reference.layout;
  const auto count = [&](const char* name, std::int64_t most) {
    return static_cast<std::int32_t>(Integer(document, name, 0, most));
  };
  reference.records = Integer(document, "records", DriftReference::kMinRecords, 1'000'000'000'000);
  layout.statistics = count("statistics", 16);
  layout.outputs = count("outputs", DriftLayout::kMaxOutputs);
  layout.classes = Flag(document, "classes");
  layout.embedding = count("embedding", DriftLayout::kMaxEmbedding);
  layout.outlier = Flag(document, "outlier");
  layout.flip_rate = Flag(document, "flip_rate");
  layout.beyond = Flag(document, "beyond");
  const std::vector<SignalInfo> signals = SignalsOf(layout);
  DriftScale& scale = reference.scale;
  scale.mean = Numbers(document, "mean", signals.size() - 1, false);
  scale.deviation = Numbers(document, "deviation", signals.size() - 1, true);
  scale.vector_mean = Numbers(document, "vector_mean", VectorSize(layout), false);
  scale.vector_deviation = Numbers(document, "vector_deviation", VectorSize(layout), true);
  scale.edges = Numbers(document, "edges", Binned(signals) * kDriftEdges, false);
  for (std::size_t i = 0; i < scale.edges.size(); ++i) {
    if (i % kDriftEdges != 0 && scale.edges[i] < scale.edges[i - 1])
      Refuse(Text("'edges' fall from ", scale.edges[i - 1], " to ", scale.edges[i]));
  }
  return reference;
}

std::optional<DriftReference> ReadDriftReference(const Graph& model) {
  const auto found = model.metadata().find(DriftReference::kMetadataKey);
  if (found == model.metadata().end()) return std::nullopt;
  return DriftReferenceFromJson(found->second);
}

}  // namespace vigil
