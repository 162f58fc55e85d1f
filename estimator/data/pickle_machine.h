// The stack machine behind PickleDocument.
#ifndef VIGIL_ESTIMATOR_DATA_PICKLE_MACHINE_H_
#define VIGIL_ESTIMATOR_DATA_PICKLE_MACHINE_H_

#include <map>
#include <optional>

#include "engine/base/error.h"
#include "estimator/data/pickle.h"

namespace vigil {

// Runs one pickle into a document; for one thread and one use.
class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, const std::string& name, PickleDocument& document)
      : bytes_(bytes), name_(name), document_(document) {}

  void Run();

 private:
  using Value = PickleDocument::Value;
  using Kind = PickleDocument::Kind;

  // The names that may appear, and what they stand for on the stack.
  enum class Role { kValue, kReconstruct, kNdarray, kDtype, kEncode, kUint8 };

  // Reading. Each throws where the file ends first.
  std::span<const std::byte> Take(std::uint64_t count);
  std::uint64_t TakeNumber(int byte_count);  // little-endian
  std::string_view TakeLine();

  // One opcode; false at the end of the program.
  bool Step(char opcode);
  bool StepPush(char opcode);
  bool StepCollect(char opcode);
  bool StepMemo(char opcode);

  void Push(Value value, Role role = Role::kValue);
  std::size_t Pop();
  std::size_t Top() const;
  std::vector<std::size_t> PopToMark();
  void PushTuple(std::size_t count);
  void Extend(Kind kind, std::vector<std::size_t> items);

  // What the four names stand for.
  void Global();
  void Reduce();
  void Build();
  void BuildArray(std::size_t array, const Value& state);
  void DecodeLatin1(const Value& text);

  bool Is(std::size_t index, Kind kind) const;
  bool IsInt(std::size_t index, std::int64_t number) const;
  bool IsText(std::size_t index, std::string_view text) const;
  [[noreturn]] void Refuse(ErrorCode code, const std::string& what) const;

  std::span<const std::byte> bytes_;
  std::string name_;
  PickleDocument& document_;
  std::size_t at_ = 0;      // of the next byte
  std::size_t opcode_ = 0;  // offset of the opcode that runs
  std::vector<std::size_t> stack_;
  std::vector<std::size_t> marks_;  // heights of the stack
  std::vector<Role> roles_;         // of each value of the document
  std::map<std::uint64_t, std::size_t> memo_;
  std::size_t decoded_bytes_ = 0;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_DATA_PICKLE_MACHINE_H_
