// What the four names that a pickle may hold stand for; nothing is called.
#include <array>
#include <utility>

#include "engine/base/text.h"
#include "estimator/data/pickle_machine.h"

namespace vigil {
namespace {

constexpr std::size_t kMostDimensions = 4;

}  // namespace

void PickleMachine::Global() {
  constexpr std::array<std::pair<std::string_view, Role>, 5> kKnown = {{
      {"numpy.core.multiarray._reconstruct", Role::kReconstruct},
      {"numpy._core.multiarray._reconstruct", Role::kReconstruct},  // numpy 2
      {"numpy.ndarray", Role::kNdarray},
      {"numpy.dtype", Role::kDtype},
      {"_codecs.encode", Role::kEncode},
  }};
  const std::string_view module = TakeLine();
  const std::string name = Text(module, ".", TakeLine());
  for (const auto& [known, role] : kKnown) {
    if (name == known) return Push({}, role);
  }
  Refuse(ErrorCode::kUnsupported, Text("global '", name,
                                       "', expected numpy's _reconstruct, ndarray or dtype; "
                                       "nothing is imported or executed"));
}

void PickleMachine::Reduce() {
  const std::size_t arguments = Pop(), function = Pop();
  const std::vector<std::size_t>& given = document_.values_[arguments].items;
  const bool tuple = Is(arguments, Kind::kTuple);
  switch (roles_[function]) {
    case Role::kReconstruct:  // (ndarray, (0,), 'b'): an array yet to be filled
      if (tuple && given.size() == 3 && roles_[given[0]] == Role::kNdarray)
        return Push({.kind = Kind::kArray});
      Refuse(ErrorCode::kUnsupported, "_reconstruct of something that is not numpy.ndarray");
    case Role::kDtype:  // ('u1', 0, 1)
      if (tuple && !given.empty() && IsText(given[0], "u1")) return Push({}, Role::kUint8);
      Refuse(ErrorCode::kUnsupported, Text("array of type '",
                                           tuple && !given.empty() && Is(given[0], Kind::kString)
                                               ? PickleDocument::TextOf(document_.values_[given[0]])
                                               : "?",
                                           "', expected 'u1' (uint8)"));
    case Role::kEncode:
      if (tuple && given.size() == 2 && Is(given[0], Kind::kString) && IsText(given[1], "latin1"))
        return DecodeLatin1(document_.values_[given[0]]);
      Refuse(ErrorCode::kUnsupported, "_codecs.encode to something that is not latin1");
    default:
      Refuse(ErrorCode::kUnsupported, "a call of something that is no function known here");
  }
}

// Python 3 writes bytes as the text whose code points they are, in UTF-8.
void PickleMachine::DecodeLatin1(const Value& text) {
  decoded_bytes_ += text.bytes.size();
  if (decoded_bytes_ > bytes_.size())  // a pickler writes each string once
    Refuse(ErrorCode::kUnsupported, "more text to decode than the file holds");
  std::vector<std::byte> decoded;
  decoded.reserve(text.bytes.size());
  for (std::size_t i = 0; i < text.bytes.size(); ++i) {
    const auto lead = static_cast<unsigned>(text.bytes[i]);
    if (lead < 0x80) {
      decoded.push_back(text.bytes[i]);
      continue;
    }
    const unsigned next = i + 1 < text.bytes.size() ? static_cast<unsigned>(text.bytes[i + 1]) : 0u;
    if ((lead != 0xc2 && lead != 0xc3) || (next & 0xc0) != 0x80)
      Refuse(ErrorCode::kMalformed, "bytes that are no latin1 text in UTF-8");
    decoded.push_back(static_cast<std::byte>((lead & 3) << 6 | (next & 0x3f)));
    ++i;
  }
  const std::vector<std::byte>& kept = document_.decoded_.emplace_back(std::move(decoded));
  Push({.kind = Kind::kString, .bytes = kept});
}

void PickleMachine::Build() {
  const std::size_t state = Pop(), object = Top();
  if (!Is(state, Kind::kTuple)) Refuse(ErrorCode::kMalformed, "a state that is no tuple");
  const Value& fields = document_.values_[state];
  if (roles_[object] == Role::kUint8) {
    // (3, '|', None, None, None, -1, -1, 0): a byte has no order and no fields.
    if (fields.items.size() >= 2 && IsText(fields.items[1], "|")) return;
    Refuse(ErrorCode::kUnsupported, "a uint8 with a byte order");
  }
  if (Is(object, Kind::kArray)) return BuildArray(object, fields);
  Refuse(ErrorCode::kUnsupported, "a state for something that is no array");
}

// (1, shape, dtype, whether Fortran's order, elements)
void PickleMachine::BuildArray(std::size_t array, const Value& state) {
  if (state.items.size() != 5 || !IsInt(state.items[0], 1) || !Is(state.items[1], Kind::kTuple) ||
      roles_[state.items[2]] != Role::kUint8 || !Is(state.items[3], Kind::kBool) ||
      !Is(state.items[4], Kind::kString)) {
    Refuse(ErrorCode::kMalformed, "an array's state, expected (1, shape, uint8, order, elements)");
  }
  if (document_.values_[state.items[3]].number != 0)
    Refuse(ErrorCode::kUnsupported, "an array in Fortran's order, expected C's");
  const std::vector<std::size_t>& shape = document_.values_[state.items[1]].items;
  const std::span<const std::byte> elements = document_.values_[state.items[4]].bytes;
  if (shape.size() > kMostDimensions)
    Refuse(ErrorCode::kUnsupported, Text("an array of ", shape.size(), " dimensions"));
  std::uint64_t count = 1;
  for (const std::size_t extent : shape) {
    const std::int64_t size = Is(extent, Kind::kInt) ? document_.values_[extent].number : -1;
    // The product stays below 2^63: what is there so far fits in the file.
    if (size < 0 || count > bytes_.size()) Refuse(ErrorCode::kMalformed, "an array's shape");
    count *= static_cast<std::uint64_t>(size);
  }
  if (count != elements.size()) {
    Refuse(ErrorCode::kMalformed, Text("an array of ", count, " elements with ", elements.size(),
                                       " bytes, expected as many"));
  }
  document_.values_[array].items = shape;
  document_.values_[array].bytes = elements;
}

}  // namespace vigil
