#include "estimator/service/recorder.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/base/text.h"
#include "estimator/service/input_statistics.h"

namespace vigil {
namespace {

constexpr const char* kInput = "input";

Error Misused(const std::string& what) { return Error(Fault::kApi, ErrorCode::kMisuse, what); }

TapPlan PlanFeatures(const RecorderOptions& options) {
  TapPlan plan;
  for (const RecordedFeature& feature : options.features) {
    const bool repeated =
        std::ranges::count(options.features, feature.name, &RecordedFeature::name) > 1;
    if (feature.name.empty() || repeated || feature.shape.rank() < 2 || feature.shape[0] != 1) {
      throw Error(
          Fault::kApi, ErrorCode::kInvalidValue,
          Text("feature '", feature.name, "' of ", feature.shape, repeated ? " stands twice" : "",
               ": expected a name of its own and one sample, dimension 0 of 1"));
    }
    PlannedTap tap{feature.name, feature.shape, feature.encoding, plan.record_bytes,
                   EncodedSampleBytes(feature.shape, feature.encoding)};
    plan.record_bytes += tap.bytes;
    plan.taps.push_back(std::move(tap));
  }
  if (options.outputs < 1 || options.features.empty()) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text(options.features.size(), " features and ", options.outputs,
                     " outputs: expected at least one of each"));
  }
  return plan;
}

}  // namespace

Recorder::Recorder(std::shared_ptr<Store> store, RecorderOptions options)
    : options_(std::move(options)),
      keeper_(std::move(store), PlanFeatures(options_), options_.keeper),
      pushed_(options_.features.size()),
      output_(TensorDesc{DType::kFloat32, Shape{1, options_.outputs}}),
      watch_(keeper_.journal(), options_.schema) {
  for (const RecordedFeature& feature : options_.features)
    converted_.emplace_back(TensorDesc{DType::kFloat32, feature.shape});
}

Recorder::~Recorder() { Abandon(); }

bool Recorder::Begin() {
  Abandon();
  if (options_.activity) options_.activity->Begin();
  ticket_ = keeper_.Begin();
  std::fill(pushed_.begin(), pushed_.end(), false);
  watch_.Begin();
  statistics_.clear();
  return ticket_->kept();
}

void Recorder::End() {
  if (options_.activity) options_.activity->End();
  ticket_.reset();
}

void Recorder::Abandon() {
  if (!ticket_) return;
  keeper_.Drop(*ticket_);
  End();
}

std::size_t Recorder::IndexOf(std::string_view name) const {
  const auto found = std::ranges::find(options_.features, name, &RecordedFeature::name);
  if (found == options_.features.end()) {
    std::string names;
    for (const RecordedFeature& feature : options_.features)
      names += (names.empty() ? "" : ", ") + feature.name;
    throw Error(Fault::kApi, ErrorCode::kNotFound,
                Text("feature '", name, "' was not declared: expected one of ", names));
  }
  return static_cast<std::size_t>(found - options_.features.begin());
}

ConstTensorView Recorder::ViewOf(const FeatureMap& map) {
  const TensorDesc desc{DType::kFloat32, NchwShape(map, kInput)};
  const bool lies_right =
      map.dtype == DType::kFloat32 && (map.layout == Layout::kNchw || map.shape.rank() != 4) &&
      reinterpret_cast<std::uintptr_t>(map.data.data()) % alignof(float) == 0 &&
      map.data.size() == static_cast<std::size_t>(desc.shape.elements()) * sizeof(float);
  if (lies_right) return {desc, map.data.data()};
  if (input_.desc() != desc) input_ = Tensor(desc);
  ConvertFeature(map, kInput, input_.view());
  return std::as_const(input_).view();
}

void Recorder::Input(const FeatureMap& map) {
  if (!ticket_) throw Misused("an input was shown before the inference began");
  const Shape shape = NchwShape(map, kInput);
  const InputSchema* schema = watch_.schema();
  if (schema && !(shape == schema->shape.With(0, 1))) {
    watch_.Count(InputViolation::kWrongForm);
    throw Error(
        Fault::kInput, ErrorCode::kInvalidShape,
        Text("input '", schema->input, "' is ", shape, ": expected ", schema->shape.With(0, 1)));
  }
  ConstTensorView input;
  try {
    input = ViewOf(map);
  } catch (const Error& error) {
    const bool is_float = map.dtype == DType::kFloat32 || map.dtype == DType::kFloat16;
    if (is_float && error.code() == ErrorCode::kInvalidValue)
      watch_.Count(InputViolation::kNotFinite);
    throw;
  }
  watch_.RequireFinite(input, schema ? schema->input : std::string_view(kInput));
  watch_.Check(input);
  if (ticket_->kept()) statistics_ = InputStatistics(input);
}

void Recorder::Push(std::string_view name, const FeatureMap& map) {
  if (!ticket_) throw Misused(Text("feature '", name, "' was pushed before the inference began"));
  const std::size_t index = IndexOf(name);
  if (!ticket_->kept()) return;
  ConvertFeature(map, name, converted_[index].view());
  const PlannedTap& tap = keeper_.plan().taps[index];
  Encode(std::as_const(converted_[index]).view(), tap.encoding,
         keeper_.bytes(*ticket_).subspan(tap.offset_bytes, tap.bytes));
  pushed_[index] = true;
}

std::optional<std::int64_t> Recorder::Finish(const FeatureMap& output, const Tags& tags) {
  if (!ticket_) throw Misused("an inference was finished that had not begun");
  if (!ticket_->kept()) {
    End();
    return std::nullopt;
  }
  try {
    for (std::size_t i = 0; i < pushed_.size(); ++i) {
      if (!pushed_[i]) {
        throw Misused(Text("feature '", options_.features[i].name,
                           "' was not pushed: expected every declared one of a kept inference"));
      }
    }
    FeatureMap row = output;
    row.shape = Shape{1, output.shape.elements()};  // whatever the runtime calls its last shape
    ConvertFeature(row, "output", output_.view());
  } catch (const Error& error) {
    keeper_.journal().Count(
        error, error.fault() == Fault::kApi ? "recorder: missing-feature" : "recorder: output");
    Abandon();
    throw;
  }
  const std::int64_t number = keeper_.Commit(*ticket_, output_.as<float>(), std::move(statistics_),
                                             tags, watch_.violations());
  End();
  return number;
}

}  // namespace vigil
