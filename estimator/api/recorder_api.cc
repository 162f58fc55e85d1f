#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "engine/onnx/onnx.h"
#include "estimator/api/guard.h"
#include "estimator/service/recorder.h"

struct vigil_recorder {
  vigil::api::Recording recording;
  std::optional<vigil::Recorder> recorder;  // ends before what it uses
  std::int64_t outputs = 0;
  vigil::Tags tags;  // of the inference that runs
};

namespace vigil::api {
namespace {

constexpr std::size_t kMostTags = 16;

Shape ShapeOf(const std::int64_t* dims, std::uint32_t rank, const char* name) {
  Need(dims, "shape");
  if (rank < 1 || rank > static_cast<std::uint32_t>(Shape::kMaxRank)) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text("feature '", name, "' has rank ", rank, ": expected 1 to ", Shape::kMaxRank));
  }
  return Shape(std::span<const std::int64_t>(dims, rank));
}

Layout LayoutOf(vigil_layout layout, const char* name) {
  if (layout != VIGIL_NCHW && layout != VIGIL_NHWC) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("layout ", layout, " of '", name, "': expected 0 (NCHW) or 1 (NHWC)"));
  }
  return layout == VIGIL_NHWC ? Layout::kNhwc : Layout::kNchw;
}

FeatureMap MapOf(vigil_dtype dtype, const Shape& shape, float scale, std::int32_t zero_point,
                 const void* data) {
  Need(data, "data");
  FeatureMap map{.dtype = DTypeOf(dtype), .shape = shape, .scale = scale, .zero_point = zero_point};
  const std::size_t bytes = static_cast<std::size_t>(shape.elements()) * DTypeBytes(map.dtype);
  map.data = {static_cast<const std::byte*>(data), bytes};
  return map;
}

// Of T as ONNX, or of JSON alone. Throws Error (Input, kNotFound) where that file has none.
InputSchema SchemaOf(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text("input schema '", path, "' cannot be opened"));
  }
  if (in.peek() == '{')
    return ParseInputSchema(std::string{std::istreambuf_iterator<char>(in), {}});
  if (auto schema = InputSchemaOf(LoadOnnx(path))) return *std::move(schema);
  throw Error(Fault::kInput, ErrorCode::kNotFound,
              Text("'", path,
                   "' holds no input schema: expected T after `vigil dataset schema "
                   "--write`, or the JSON of --output"));
}

RecorderOptions OptionsOf(const vigil_recorder_options& given, const Recording& recording) {
  Need(given.features, "vigil_recorder_options.features");
  RecorderOptions options;
  for (std::uint32_t i = 0; i < given.feature_count; ++i) {
    const vigil_feature& feature = given.features[i];
    Need(feature.name, "vigil_feature.name");
    options.features.push_back({feature.name, ShapeOf(feature.shape, feature.rank, feature.name),
                                EncodingOf(feature.encoding)});
  }
  if (given.input_schema) options.schema = SchemaOf(given.input_schema);
  options.outputs = given.outputs;
  options.keeper = recording.keeper;
  options.activity = recording.activity.get();
  return options;
}

}  // namespace
}  // namespace vigil::api

using vigil::api::Guarded;
using vigil::api::Need;

extern "C" {

vigil_status vigil_recorder_open(const vigil_recorder_options* given,
                                 const vigil_store_options* store, vigil_recorder** out) {
  return Guarded([&] {
    Need(out, "out");
    const vigil_recorder_options options = vigil::api::Read(given, "vigil_recorder_options");
    auto handle = std::make_unique<vigil_recorder>();
    Need(options.model, "vigil_recorder_options.model");
    handle->recording = vigil::api::OpenRecording(store, options.model);
    handle->outputs = options.outputs;
    handle->recorder.emplace(handle->recording.store,
                             vigil::api::OptionsOf(options, handle->recording));
    *out = handle.release();
  });
}

vigil_status vigil_record_begin(vigil_recorder* handle, int32_t* keep) {
  return Guarded([&] {
    Need(handle, "recorder");
    handle->tags.clear();
    const bool kept = handle->recorder->Begin();
    if (keep) *keep = kept ? 1 : 0;
  });
}

vigil_status vigil_record_input(vigil_recorder* handle, vigil_dtype dtype, const int64_t* shape,
                                uint32_t rank, vigil_layout layout, float scale, int32_t zero_point,
                                const void* data) {
  return Guarded([&] {
    Need(handle, "recorder");
    vigil::FeatureMap map = vigil::api::MapOf(dtype, vigil::api::ShapeOf(shape, rank, "input"),
                                              scale, zero_point, data);
    map.layout = vigil::api::LayoutOf(layout, "input");
    handle->recorder->Input(map);
  });
}

vigil_status vigil_record_push(vigil_recorder* handle, const char* name, vigil_dtype dtype,
                               const int64_t* shape, uint32_t rank, vigil_layout layout,
                               float scale, int32_t zero_point, const void* data) {
  return Guarded([&] {
    Need(handle, "recorder");
    Need(name, "name");
    vigil::FeatureMap map =
        vigil::api::MapOf(dtype, vigil::api::ShapeOf(shape, rank, name), scale, zero_point, data);
    map.layout = vigil::api::LayoutOf(layout, name);
    handle->recorder->Push(name, map);
  });
}

vigil_status vigil_record_tag(vigil_recorder* handle, const char* key, const char* value) {
  return Guarded([&] {
    Need(handle, "recorder");
    Need(key, "key");
    Need(value, "value");
    if (handle->tags.size() >= vigil::api::kMostTags && !handle->tags.contains(key)) {
      throw vigil::Error(
          vigil::Fault::kApi, vigil::ErrorCode::kInvalidValue,
          vigil::Text("tag '", key, "' is one too many: expected at most ", vigil::api::kMostTags));
    }
    handle->tags[key] = value;
  });
}

vigil_status vigil_record_finish(vigil_recorder* handle, vigil_dtype dtype, float scale,
                                 int32_t zero_point, const void* output) {
  return Guarded([&] {
    Need(handle, "recorder");
    const vigil::Shape row{1, handle->outputs};
    handle->recorder->Finish(vigil::api::MapOf(dtype, row, scale, zero_point, output),
                             handle->tags);
  });
}

vigil_status vigil_record_abandon(vigil_recorder* handle) {
  return Guarded([&] {
    Need(handle, "recorder");
    handle->recorder->Abandon();
  });
}

vigil_status vigil_recorder_flush(vigil_recorder* handle) {
  return Guarded([&] {
    Need(handle, "recorder");
    handle->recorder->keeper().Flush();
  });
}

vigil_status vigil_recorder_dropped(const vigil_recorder* handle, uint64_t* dropped) {
  return Guarded([&] {
    Need(handle, "recorder");
    Need(dropped, "dropped");
    *dropped = static_cast<std::uint64_t>(handle->recorder->keeper().dropped());
  });
}

vigil_status vigil_recorder_violations(const vigil_recorder* handle, uint32_t* violations) {
  return Guarded([&] {
    Need(handle, "recorder");
    Need(violations, "violations");
    *violations = handle->recorder->violations();
  });
}

vigil_status vigil_recorder_record(const vigil_recorder* handle, uint64_t number, int64_t* id) {
  return Guarded([&] {
    Need(handle, "recorder");
    Need(id, "id");
    *id = handle->recorder->keeper().StoredId(static_cast<std::int64_t>(number));
  });
}

void vigil_recorder_close(vigil_recorder* handle) { delete handle; }

}  // extern "C"
