#include <algorithm>
#include <optional>
#include <vector>

#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "estimator/api/guard.h"
#include "estimator/service/target_runtime.h"
#include "estimator/taps/pooled_tap.h"
#include "estimator/verdict/estimator_metadata.h"

struct vigil_target {
  vigil::api::Recording recording;
  vigil::TensorDesc input;
  std::size_t outputs = 0;
  std::optional<vigil::TargetRuntime> runtime;  // ends before what it uses
};

namespace vigil::api {
namespace {

std::vector<std::string> TapsOf(const vigil_target_options& options) {
  if (options.taps) {
    std::vector<std::string> taps;
    for (const char* const* tap = options.taps; *tap; ++tap) taps.emplace_back(*tap);
    return taps;
  }
  if (options.estimator) return ReadEstimatorMetadata(LoadOnnx(options.estimator)).taps;
  throw Error(Fault::kApi, ErrorCode::kMisuse,
              "vigil_target_options has neither estimator nor taps: expected one of them");
}

std::size_t Elements(const Shape& shape) { return static_cast<std::size_t>(shape.elements()); }

void CheckCount(std::size_t given, std::size_t expected, const char* what) {
  if (given == expected) return;
  throw Error(Fault::kInput, ErrorCode::kInvalidShape,
              Text(what, " of ", given, " values: expected ", expected));
}

std::unique_ptr<vigil_target> Open(const vigil_target_options& options,
                                   const vigil_store_options* store) {
  Need(options.model, "vigil_target_options.model");
  const Graph graph = TappedTarget(LoadOnnx(options.model), TapsOf(options));
  auto handle = std::make_unique<vigil_target>();
  handle->input = graph.value(graph.inputs().at(0)).desc;
  if (handle->input.dtype != DType::kFloat32) {
    throw Error(Fault::kModel, ErrorCode::kInvalidType,
                Text("model '", options.model, "' takes ", DTypeName(handle->input.dtype),
                     ": expected float32"));
  }
  handle->recording = OpenRecording(store, options.model);
  TargetRuntimeOptions runtime;
  runtime.tap_encodings = {EncodingOf(options.encoding)};
  runtime.keeper = handle->recording.keeper;
  runtime.threads = static_cast<int>(options.threads);
  runtime.activity = handle->recording.activity.get();
  const std::shared_ptr<Backend> backend =
      OpenBackend(options.backend ? options.backend : "auto", -1, DefaultPipelineCache());
  handle->runtime.emplace(graph, backend, handle->recording.store, runtime);
  handle->outputs = Elements(handle->runtime->target().output());
  return handle;
}

// Null for what is not one violation.
const InputViolation* Known(std::uint32_t bit) {
  const auto all = AllInputViolations();
  const auto found = std::ranges::find_if(all, [&](InputViolation v) { return Bit(v) == bit; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace
}  // namespace vigil::api

using vigil::api::Guarded;
using vigil::api::Need;

extern "C" {

vigil_status vigil_target_open(const vigil_target_options* target, const vigil_store_options* store,
                               vigil_target** out) {
  return Guarded([&] {
    Need(out, "out");
    *out = vigil::api::Open(vigil::api::Read(target, "vigil_target_options"), store).release();
  });
}

vigil_status vigil_target_sizes(const vigil_target* handle, size_t* input, size_t* output) {
  return Guarded([&] {
    Need(handle, "target");
    if (input) *input = vigil::api::Elements(handle->input.shape);
    if (output) *output = handle->outputs;
  });
}

vigil_status vigil_target_run(vigil_target* handle, const float* input, size_t input_values,
                              float* output, size_t output_values, int32_t* kept) {
  return Guarded([&] {
    Need(handle, "target");
    Need(input, "input");
    Need(output, "output");
    vigil::api::CheckCount(input_values, vigil::api::Elements(handle->input.shape), "input");
    vigil::api::CheckCount(output_values, handle->outputs, "output");
    const vigil::Inference inference = handle->runtime->Infer(
        vigil::ConstTensorView{handle->input, input}, {output, output_values});
    if (kept) *kept = inference.kept ? 1 : 0;
  });
}

vigil_status vigil_target_violations(const vigil_target* handle, uint32_t* violations) {
  return Guarded([&] {
    Need(handle, "target");
    Need(violations, "violations");
    *violations = handle->runtime->violations();
  });
}

const char* vigil_violation_name(uint32_t violation) {
  const vigil::InputViolation* known = vigil::api::Known(violation);
  return known ? vigil::NameOf(*known).data() : nullptr;  // of literals, which end in a zero
}

const char* vigil_violation_text(uint32_t violation) {
  const vigil::InputViolation* known = vigil::api::Known(violation);
  return known ? vigil::SentenceOf(*known).data() : nullptr;
}

vigil_status vigil_target_flush(vigil_target* handle) {
  return Guarded([&] {
    Need(handle, "target");
    handle->runtime->Flush();
  });
}

vigil_status vigil_target_record(const vigil_target* handle, uint64_t number, int64_t* id) {
  return Guarded([&] {
    Need(handle, "target");
    Need(id, "id");
    *id = handle->runtime->StoredId(static_cast<std::int64_t>(number));
  });
}

void vigil_target_close(vigil_target* handle) { delete handle; }

}  // extern "C"
