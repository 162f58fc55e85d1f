#include "estimator/data/pickle_machine.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "engine/base/text.h"

namespace vigil {
namespace {

constexpr std::size_t kLongestLine = 256;  // of a GLOBAL's module or name

std::string OpcodeName(char opcode) {
  char text[16];
  const auto byte = static_cast<unsigned char>(opcode);
  std::snprintf(text, sizeof(text), std::isprint(byte) ? "0x%02x '%c'" : "0x%02x", byte, byte);
  return text;
}

std::int64_t Signed32(std::uint64_t number) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(number));
}

}  // namespace

void PickleMachine::Refuse(ErrorCode code, const std::string& what) const {
  throw Error(Fault::kInput, code, Text("pickle '", name_, "': byte ", opcode_, ": ", what));
}

std::span<const std::byte> PickleMachine::Take(std::uint64_t count) {
  if (count > bytes_.size() - at_) {
    Refuse(ErrorCode::kMalformed,
           Text("wants ", count, " bytes, the file has ", bytes_.size() - at_, " more"));
  }
  const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(count));
  at_ += taken.size();
  return taken;
}

std::uint64_t PickleMachine::TakeNumber(int byte_count) {
  std::uint64_t number = 0;
  int shift = 0;
  for (const std::byte byte : Take(static_cast<std::uint64_t>(byte_count))) {
    number |= static_cast<std::uint64_t>(byte) << shift;
    shift += 8;
  }
  return number;
}

std::string_view PickleMachine::TakeLine() {
  const auto rest = bytes_.subspan(at_);
  const auto window = rest.first(std::min(rest.size(), kLongestLine));
  const auto end = std::ranges::find(window, std::byte{'\n'});
  if (end == window.end()) Refuse(ErrorCode::kMalformed, "a name without an end");
  const auto line = Take(static_cast<std::uint64_t>(end - window.begin()) + 1);
  return {reinterpret_cast<const char*>(line.data()), line.size() - 1};
}

void PickleMachine::Push(Value value, Role role) {
  if (document_.values_.size() >= PickleDocument::kMostValues) {
    Refuse(ErrorCode::kUnsupported,
           Text("more than ", PickleDocument::kMostValues, " values, expected a batch of images"));
  }
  stack_.push_back(document_.values_.size());
  document_.values_.push_back(std::move(value));
  roles_.push_back(role);
}

std::size_t PickleMachine::Top() const {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() <= floor) Refuse(ErrorCode::kMalformed, "the stack is empty");
  return stack_.back();
}

std::size_t PickleMachine::Pop() {
  const std::size_t top = Top();
  stack_.pop_back();
  return top;
}

std::vector<std::size_t> PickleMachine::PopToMark() {
  if (marks_.empty()) Refuse(ErrorCode::kMalformed, "no mark on the stack");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<std::size_t> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

void PickleMachine::PushTuple(std::size_t count) {
  Value tuple{.kind = Kind::kTuple, .items = std::vector<std::size_t>(count)};
  for (std::size_t i = count; i-- > 0;) tuple.items[i] = Pop();
  Push(std::move(tuple));
}

void PickleMachine::Extend(Kind kind, std::vector<std::size_t> items) {
  const std::size_t top = Top();
  if (!Is(top, kind) || (kind == Kind::kDict && items.size() % 2 != 0)) {
    Refuse(ErrorCode::kMalformed,
           Text(items.size(), " items for what is not ", PickleDocument::KindName(kind)));
  }
  auto& all = document_.values_[top].items;
  all.insert(all.end(), items.begin(), items.end());
}

bool PickleMachine::Is(std::size_t index, Kind kind) const {
  return roles_[index] == Role::kValue && document_.values_[index].kind == kind;
}

bool PickleMachine::IsInt(std::size_t index, std::int64_t number) const {
  return Is(index, Kind::kInt) && document_.values_[index].number == number;
}

bool PickleMachine::IsText(std::size_t index, std::string_view text) const {
  return Is(index, Kind::kString) && PickleDocument::TextOf(document_.values_[index]) == text;
}

bool PickleMachine::StepPush(char opcode) {
  switch (opcode) {
    case 'N':
      Push({.kind = Kind::kNone});
      return true;
    case '\x88':  // NEWTRUE
    case '\x89':  // NEWFALSE
      Push({.kind = Kind::kBool, .number = opcode == '\x88' ? 1 : 0});
      return true;
    case 'J':  // BININT
      Push({.kind = Kind::kInt, .number = Signed32(TakeNumber(4))});
      return true;
    case 'K':  // BININT1
    case 'M':  // BININT2
      Push({.kind = Kind::kInt,
            .number = static_cast<std::int64_t>(TakeNumber(opcode == 'K' ? 1 : 2))});
      return true;
    case 'U':  // SHORT_BINSTRING
    case 'T':  // BINSTRING
    case 'X':  // BINUNICODE
      Push({.kind = Kind::kString, .bytes = Take(TakeNumber(opcode == 'U' ? 1 : 4))});
      return true;
    default:
      return false;
  }
}

bool PickleMachine::StepCollect(char opcode) {
  switch (opcode) {
    case '(':  // MARK
      if (marks_.size() > PickleDocument::kMostValues)
        Refuse(ErrorCode::kUnsupported, "too many marks");
      marks_.push_back(stack_.size());
      return true;
    case ')':
      PushTuple(0);
      return true;
    case '\x85':  // TUPLE1 to TUPLE3
    case '\x86':
    case '\x87':
      PushTuple(static_cast<std::size_t>(static_cast<unsigned char>(opcode) - 0x84));
      return true;
    case 't': {  // TUPLE
      std::vector<std::size_t> items = PopToMark();
      Push({.kind = Kind::kTuple, .items = std::move(items)});
      return true;
    }
    case ']':
      Push({.kind = Kind::kList});
      return true;
    case '}':
      Push({.kind = Kind::kDict});
      return true;
    case 'a':  // APPEND
      Extend(Kind::kList, {Pop()});
      return true;
    case 'e':  // APPENDS
      Extend(Kind::kList, PopToMark());
      return true;
    case 's': {  // SETITEM
      const std::size_t value = Pop(), key = Pop();
      Extend(Kind::kDict, {key, value});
      return true;
    }
    case 'u':  // SETITEMS
      Extend(Kind::kDict, PopToMark());
      return true;
    default:
      return false;
  }
}

bool PickleMachine::StepMemo(char opcode) {
  switch (opcode) {
    case 'q':    // BINPUT
    case 'r': {  // LONG_BINPUT
      const std::uint64_t slot = TakeNumber(opcode == 'q' ? 1 : 4);
      memo_[slot] = Top();
      if (memo_.size() > PickleDocument::kMostValues)
        Refuse(ErrorCode::kUnsupported, "too many values in the memo");
      return true;
    }
    case 'h':    // BINGET
    case 'j': {  // LONG_BINGET
      const std::uint64_t slot = TakeNumber(opcode == 'h' ? 1 : 4);
      const auto found = memo_.find(slot);
      if (found == memo_.end())
        Refuse(ErrorCode::kMalformed, Text("memo ", slot, " was never written"));
      if (stack_.size() >= PickleDocument::kMostValues)
        Refuse(ErrorCode::kUnsupported, "too many values on the stack");
      stack_.push_back(found->second);
      return true;
    }
    default:
      return false;
  }
}

bool PickleMachine::Step(char opcode) {
  if (opcode == '.') return false;
  if (StepPush(opcode) || StepCollect(opcode) || StepMemo(opcode)) return true;
  switch (opcode) {
    case 'c':
      Global();
      return true;
    case 'R':
      Reduce();
      return true;
    case 'b':
      Build();
      return true;
    default:
      Refuse(ErrorCode::kUnsupported, Text("opcode ", OpcodeName(opcode),
                                           ", expected one that makes strings, integers, lists, "
                                           "dictionaries or arrays of uint8"));
  }
}

void PickleMachine::Run() {
  if (Take(1)[0] != std::byte{0x80}) Refuse(ErrorCode::kMalformed, "no pickle of protocol 2");
  if (const std::uint64_t protocol = TakeNumber(1); protocol != 2)
    Refuse(ErrorCode::kUnsupported, Text("protocol ", protocol, ", expected 2"));
  do {
    opcode_ = at_;
  } while (Step(static_cast<char>(Take(1)[0])));
  document_.root_ = Pop();
  if (!marks_.empty() || !stack_.empty())
    Refuse(ErrorCode::kMalformed, Text(stack_.size(), " values left on the stack"));
  if (at_ != bytes_.size())
    Refuse(ErrorCode::kMalformed, Text(bytes_.size() - at_, " bytes after the end"));
  if (roles_[document_.root_] != Role::kValue)
    Refuse(ErrorCode::kMalformed, "a name instead of a value");
}

}  // namespace vigil
