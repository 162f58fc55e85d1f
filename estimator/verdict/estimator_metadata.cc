#include "estimator/verdict/estimator_metadata.h"

#include <algorithm>
#include <charconv>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/models/model_files.h"
#include "estimator/verdict/model_keys.h"

namespace vigil {
namespace {

constexpr const char* kTask = "vigil.task";
constexpr const char* kTaps = "vigil.taps";
constexpr const char* kCauses = "vigil.causes";
constexpr const char* kThresholds = "vigil.thresholds";
constexpr const char* kCalibration = "vigil.calibration";
constexpr const char* kEstimatorHash = "vigil.estimator_hash";
constexpr const char* kTrainedOn = "vigil.trained_on";
constexpr const char* kTargetOutput = "target_output";

[[noreturn]] void Refuse(const std::string& message) {
  throw Error(Fault::kModel, ErrorCode::kMalformed, "estimator's metadata: " + message);
}

std::vector<std::string> Split(const std::string& text, const char* key) {
  std::vector<std::string> parts = SplitNames(text);
  for (const std::string& part : parts) {
    if (part.empty()) Refuse(Text("'", key, "' is '", text, "', expected comma-separated names"));
  }
  return parts;
}

std::string Join(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

std::vector<Cause> ReadCauses(const std::string& text) {
  std::vector<Cause> causes;
  for (const std::string& name : Split(text, kCauses)) {
    try {
      causes.push_back(CauseFromName(name));
    } catch (const Error& error) {
      Refuse(Text("'", kCauses, "': ", error.what()));
    }
    if (std::ranges::count(causes, causes.back()) > 1) Refuse(Text("'", name, "' stands twice"));
  }
  return causes;
}

std::uint64_t ReadHash(const std::string& text) {
  std::uint64_t hash = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), hash, 16);
  if (failure != std::errc() || end != text.data() + text.size() || text.size() != 16)
    Refuse(Text("'", kEstimatorHash, "' is '", text, "', expected 16 hexadecimal digits"));
  return hash;
}

void CheckFit(const Graph& estimator, const EstimatorMetadata& metadata) {
  const std::size_t inputs = estimator.inputs().size();
  if (inputs < 2 || metadata.taps.size() != inputs - 1) {
    Refuse(Text("'", kTaps, "' names ", metadata.taps.size(), " taps for a network of ", inputs,
                " inputs, expected one fewer than inputs"));
  }
  for (const ValueId id : estimator.inputs()) {
    if (estimator.value(id).desc.dtype != DType::kFloat32) {
      Refuse(Text("input '", estimator.value(id).name, "' is ",
                  DTypeName(estimator.value(id).desc.dtype), ", expected float32"));
    }
  }
  const Value& target = estimator.value(estimator.inputs().back());
  if (target.name != kTargetOutput || target.desc.shape.rank() != 2) {
    Refuse(Text("the last input is '", target.name, "' of shape ", target.desc.shape,
                ", expected '", kTargetOutput, "' of rank 2"));
  }
  const auto columns = static_cast<std::int64_t>(1 + metadata.causes.size());
  const Value& logits = estimator.value(estimator.outputs().front());
  if (estimator.outputs().size() != 1 || logits.desc.shape.rank() != 2 ||
      logits.desc.shape[1] != columns || logits.desc.dtype != DType::kFloat32) {
    Refuse(Text("'", kCauses, "' names ", metadata.causes.size(), " causes for ",
                estimator.outputs().size(), " outputs, the first '", logits.name, "' of shape ",
                logits.desc.shape, ", expected one of ", columns, " columns"));
  }
  if (metadata.calibration &&
      metadata.calibration->strata().threshold() != metadata.gate.p_correct) {
    Refuse(Text("'", kCalibration, "' was made for the threshold ",
                metadata.calibration->strata().threshold(), ", '", kThresholds, "' says ",
                metadata.gate.p_correct));
  }
}

}  // namespace

EstimatorMetadata ReadEstimatorMetadata(const Graph& estimator) {
  EstimatorMetadata metadata;
  metadata.task = RequiredKey(estimator, kTask, "estimator");
  metadata.taps = Split(RequiredKey(estimator, kTaps, "estimator"), kTaps);
  metadata.causes = ReadCauses(RequiredKey(estimator, kCauses, "estimator"));
  const auto& keys = estimator.metadata();
  if (const auto found = keys.find(kThresholds); found != keys.end()) {
    metadata.gate = GateFromJson(found->second, metadata.causes);
  }
  if (const auto found = keys.find(kCalibration); found != keys.end()) {
    metadata.calibration = CalibrationFromJson(found->second);
  }
  if (const auto found = keys.find(kTrainedOn); found != keys.end()) {
    metadata.trained_on = found->second;
  }
  if (const auto found = keys.find(kEstimatorHash); found != keys.end()) {
    metadata.estimator_hash = ReadHash(found->second);
  }
  CheckFit(estimator, metadata);
  return metadata;
}

std::uint64_t EstimatorHash(const EstimatorMetadata& metadata, const std::filesystem::path& path) {
  return metadata.estimator_hash ? *metadata.estimator_hash : HashModelFile(path);
}

Graph WriteEstimatorMetadata(const Graph& estimator, const EstimatorMetadata& metadata) {
  std::vector<std::string> causes;
  for (const Cause cause : metadata.causes) causes.emplace_back(CauseName(cause));
  std::map<std::string, std::string> keys = estimator.metadata();
  keys[kTask] = metadata.task;
  keys[kTaps] = Join(metadata.taps);
  keys[kCauses] = Join(causes);
  if (!metadata.trained_on.empty()) keys[kTrainedOn] = metadata.trained_on;
  keys[kThresholds] = GateToJson(metadata.gate, metadata.causes);
  keys.erase(kEstimatorHash);
  if (metadata.estimator_hash) keys[kEstimatorHash] = HashToHex(*metadata.estimator_hash);
  keys.erase(kCalibration);
  if (metadata.calibration) keys[kCalibration] = CalibrationToJson(*metadata.calibration);
  Graph written = estimator.WithMetadata(std::move(keys));
  ReadEstimatorMetadata(written);
  return written;
}

void SetEstimatorKeys(const std::filesystem::path& path, std::uint64_t hash,
                      const std::map<std::string, std::string>& keys) {
  SetOnnxMetadata(path, kEstimatorHash, HashToHex(hash));  // first: a file between has its name
  for (const auto& [key, text] : keys) SetOnnxMetadata(path, key, text);
}

}  // namespace vigil
