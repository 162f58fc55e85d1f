// Reads the pickles in which numpy data were once handed about, without executing anything.
#ifndef VIGIL_ESTIMATOR_DATA_PICKLE_H_
#define VIGIL_ESTIMATOR_DATA_PICKLE_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vigil {

// What a pickle holds. A pickle is a program for a stack machine (Python's pickletools describes
// it) whose GLOBAL and REDUCE can call any function there is. This machine knows protocol 2's
// opcodes for None, False, True, integers of 32 bits, strings, tuples, lists, dictionaries and the
// memo, and four names, which it does not call but recognises: numpy's _reconstruct, ndarray and
// dtype, for arrays of uint8 in C order, and _codecs.encode to latin1, by which Python 3 writes
// bytes. Everything else is refused by name and byte offset.
//
// Strings and arrays are views of the bytes given, which must outlive the document; values are at
// most kMostValues, so memory is bounded by a few times that, whatever the file says.
class PickleDocument {
 public:
  static constexpr std::size_t kMostValues = 1u << 20;

  enum class Kind {
    kNone,
    kBool,
    kInt,
    kString,
    kTuple,
    kList,
    kDict,  // items: key, value, key, value, ...
    kArray  // of uint8: items: its shape; bytes: its elements
  };
  struct Value {
    Kind kind = Kind::kNone;
    std::int64_t number = 0;           // of kInt and kBool
    std::span<const std::byte> bytes;  // of kString and kArray
    std::vector<std::size_t> items;    // indices of other values
  };

  // `name` stands for the file in messages. Throws Error (Input): kUnsupported naming opcode or
  // global and offset for what is not known here; kMalformed with the offset for anything that no
  // pickler writes: truncated, a stack that is too short, a missing memo, an array of another size
  // than its shape, bytes after the end.
  PickleDocument(std::span<const std::byte> bytes, const std::string& name);

  const Value& root() const { return at(root_); }
  const Value& at(std::size_t index) const { return values_[index]; }

  // The value of a string key; nullptr where the dictionary has none, or is none.
  const Value* Find(const Value& dictionary, std::string_view key) const;

  static std::string_view TextOf(const Value& string) {
    return {reinterpret_cast<const char*>(string.bytes.data()), string.bytes.size()};
  }
  static std::string_view KindName(Kind kind);

 private:
  friend class PickleMachine;

  std::vector<Value> values_;
  std::deque<std::vector<std::byte>> decoded_;  // strings that are no views
  std::size_t root_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_PICKLE_H_
