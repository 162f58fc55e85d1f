// What every function of the C interface does around its work. Private to this room.
#ifndef VIGIL_ESTIMATOR_API_GUARD_H_
#define VIGIL_ESTIMATOR_API_GUARD_H_

#include <algorithm>
#include <cstring>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include "engine/base/error.h"
#include "engine/base/text.h"
#include "estimator/api/vigil.h"
#include "estimator/idle/activity_page.h"
#include "estimator/service/record_keeper.h"

namespace vigil::api {

// Keeps the message for vigil_error(). Never throws.
vigil_status Fail(const Error& error) noexcept;
vigil_status Fail(const char* message) noexcept;

// Runs `act`; nothing leaves it but a status.
template <typename Act>
vigil_status Guarded(const Act& act) noexcept {
  try {
    act();
    return VIGIL_OK;
  } catch (const Error& error) {
    return Fail(error);
  } catch (const std::bad_alloc&) {
    return Fail("out of memory");
  } catch (const std::exception& error) {
    return Fail(error.what());
  } catch (...) {
    return Fail("unknown error");
  }
}

// Throws Error (Api, kMisuse) where a pointer that is needed is null.
void Need(const void* pointer, const char* what);

// A structure of the caller's, of whatever version, as ours: what its size does not reach is zero.
// Throws Error (Api, kMisuse) for null, or for a size that no version had.
template <typename T>
T Read(const T* given, const char* what) {
  Need(given, what);
  std::uint32_t size = 0;
  std::memcpy(&size, given, sizeof size);
  if (size < sizeof size || size > 4096) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text(what, ".size is ", size, ": expected sizeof(", what, "), ", sizeof(T)));
  }
  T read{};
  std::memcpy(&read, given, std::min<std::size_t>(size, sizeof(T)));
  return read;
}

// What both handles have: the store and T's activity.
struct Recording {
  std::shared_ptr<Store> store;
  std::unique_ptr<ActivityPage> activity;  // null: none
  RecordKeeperOptions keeper;              // for `model`
};
Recording OpenRecording(const vigil_store_options* options, const char* model);

Encoding EncodingOf(vigil_encoding encoding);
DType DTypeOf(vigil_dtype dtype);

}  // namespace vigil::api

#endif  // VIGIL_ESTIMATOR_API_GUARD_H_
