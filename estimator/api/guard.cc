#include "estimator/api/guard.h"

#include <random>

#include "estimator/models/model_files.h"
#include "estimator/store/sealed_codec.h"

namespace vigil::api {
namespace {

thread_local std::string last_error;

vigil_status StatusOf(Fault fault) {
  switch (fault) {
    case Fault::kModel:
      return VIGIL_MODEL_FAULT;
    case Fault::kInput:
      return VIGIL_INPUT_FAULT;
    case Fault::kTraining:
      return VIGIL_TRAINING_FAULT;
    case Fault::kGpu:
      return VIGIL_GPU_FAULT;
    case Fault::kApi:
      return VIGIL_API_FAULT;
  }
  return VIGIL_OTHER_FAULT;
}

void Keep(const char* message) noexcept {
  try {
    last_error = message;
  } catch (...) {
    last_error.clear();
  }
}

}  // namespace

vigil_status Fail(const Error& error) noexcept {
  Keep(error.what());
  return StatusOf(error.fault());
}

vigil_status Fail(const char* message) noexcept {
  Keep(message);
  return VIGIL_OTHER_FAULT;
}

void Need(const void* pointer, const char* what) {
  if (pointer) return;
  throw Error(Fault::kApi, ErrorCode::kMisuse, Text(what, " is null: expected a value"));
}

Recording OpenRecording(const vigil_store_options* given, const char* model) {
  const vigil_store_options options = Read(given, "vigil_store_options");
  Need(options.path, "vigil_store_options.path");
  Recording recording;
  if (options.queue > static_cast<std::uint32_t>(TapSlots::kMaxSlots)) {
    throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                Text("vigil_store_options.queue is ", options.queue, ": expected at most ",
                     TapSlots::kMaxSlots));
  }
  if (options.queue > 0) recording.keeper.slots = static_cast<int>(options.queue);
  if (options.epoch_records > 0) recording.keeper.sampler.capacity = options.epoch_records;
  // Nobody chooses what is kept by choosing the seed.
  recording.keeper.sampler.seed = std::random_device{}();
  recording.keeper.model_hash = HashModelFile(model);
  StoreOptions store;
  if (options.max_bytes > 0) store.max_bytes = static_cast<std::int64_t>(options.max_bytes);
  if (options.records_an_hour > 0) store.max_records_per_hour = options.records_an_hour;
  if (options.mib_a_day > 0)
    store.max_written_per_day = static_cast<std::int64_t>(options.mib_a_day) << 20;
  if (options.group) store.group = options.group;
  if (options.public_key) store.codec = SealingCodec(ReadPublicKey(options.public_key));
  recording.store = std::make_shared<Store>(options.path, std::move(store));
  if (options.activity) {
    recording.activity = std::make_unique<ActivityPage>(options.activity, /*writable=*/true);
  }
  return recording;
}

Encoding EncodingOf(vigil_encoding encoding) {
  switch (encoding) {
    case VIGIL_ENCODING_FLOAT32:
      return Encoding::kFloat32;
    case VIGIL_ENCODING_FLOAT16:
      return Encoding::kFloat16;
    case VIGIL_ENCODING_INT8:
      return Encoding::kInt8;
    default:
      throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                  Text("encoding ", encoding, ": expected 0 to 2"));
  }
}

DType DTypeOf(vigil_dtype dtype) {
  switch (dtype) {
    case VIGIL_FLOAT32:
      return DType::kFloat32;
    case VIGIL_FLOAT16:
      return DType::kFloat16;
    case VIGIL_INT8:
      return DType::kInt8;
    case VIGIL_UINT8:
      return DType::kUInt8;
    case VIGIL_INT32:
      return DType::kInt32;
    default:
      throw Error(Fault::kApi, ErrorCode::kInvalidValue,
                  Text("element type ", dtype, ": expected 0 to 4"));
  }
}

}  // namespace vigil::api

extern "C" {

const char* vigil_error(void) { return vigil::api::last_error.c_str(); }
const char* vigil_version(void) { return VIGIL_VERSION; }

}  // extern "C"
