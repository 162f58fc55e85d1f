// Bounded states as short texts: bytes of plain fields, a checksum, base64.
#ifndef VIGIL_ESTIMATOR_MONITOR_DRIFT_STATE_ARCHIVE_H_
#define VIGIL_ESTIMATOR_MONITOR_DRIFT_STATE_ARCHIVE_H_

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/base/error.h"

namespace vigil {

// Both archives are given to `template <typename Archive> void Visit(Archive& archive)` of a
// struct, which hands its fields over in one order: archive(a, b, c). Fields are numbers, enums,
// strings, and vectors and optionals of these and of structs with a Visit. Numbers are kept to the
// bit, in the machine's byte order: a state stays on the device that wrote it.
class StateWriter {
 public:
  template <typename... Fields>
  void operator()(Fields&... fields) {
    (Put(fields), ...);
  }
  // `kind`: what is written and in which version; a reader wants the same.
  std::string Close(std::string_view kind) const;

 private:
  template <typename T>
  void Put(T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    } else {
      value.Visit(*this);
    }
  }
  void Put(std::string& text) {
    PutSize(text.size());
    bytes_ += text;
  }
  template <typename T>
  void Put(std::vector<T>& values) {
    PutSize(values.size());
    if constexpr (std::is_arithmetic_v<T>) {
      bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    } else {
      for (T& value : values) Put(value);
    }
  }
  template <typename T>
  void Put(std::optional<T>& value) {
    bool there = value.has_value();
    Put(there);
    if (there) Put(*value);
  }
  void PutSize(std::size_t size) {
    auto count = static_cast<std::uint32_t>(size);
    Put(count);
  }

  std::string bytes_;
};

class StateReader {
 public:
  // Throws Error (Input, kMalformed) where the text is not what Close gave for this kind.
  StateReader(std::string_view text, std::string_view kind);

  // Throws Error (Input, kMalformed) where the fields are not those that were written.
  template <typename... Fields>
  void operator()(Fields&... fields) {
    (Get(fields), ...);
  }
  // Throws where something is left.
  void Close() const;

 private:
  [[noreturn]] static void Refuse(const char* what);
  const char* Take(std::size_t bytes) {
    if (bytes > bytes_.size() - at_) Refuse("it ends too early");
    at_ += bytes;
    return bytes_.data() + at_ - bytes;
  }
  template <typename T>
  void Get(T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      std::memcpy(&value, Take(sizeof value), sizeof value);
    } else {
      value.Visit(*this);
    }
  }
  void Get(std::string& text) {
    const std::size_t size = GetSize();
    text.assign(Take(size), size);
  }
  template <typename T>
  void Get(std::vector<T>& values) {
    const std::size_t size = GetSize();
    if constexpr (std::is_arithmetic_v<T>) {
      const char* bytes = Take(size * sizeof(T));
      values.resize(size);
      if (size > 0) std::memcpy(values.data(), bytes, size * sizeof(T));
    } else {
      if (size > bytes_.size()) Refuse("a list is longer than the whole");
      values.assign(size, T{});
      for (T& value : values) Get(value);
    }
  }
  template <typename T>
  void Get(std::optional<T>& value) {
    bool there = false;
    Get(there);
    value.reset();
    if (there) Get(value.emplace());
  }
  std::size_t GetSize() {
    std::uint32_t count = 0;
    Get(count);
    return count;
  }

  std::string bytes_;
  std::size_t at_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MONITOR_DRIFT_STATE_ARCHIVE_H_
