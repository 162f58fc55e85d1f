#include "estimator/data/pickle.h"

#include <array>

#include "estimator/data/pickle_machine.h"

namespace vigil {

PickleDocument::PickleDocument(std::span<const std::byte> bytes, const std::string& name) {
  PickleMachine(bytes, name, *this).Run();
}

const PickleDocument::Value* PickleDocument::Find(const Value& dictionary,
                                                  std::string_view key) const {
  if (dictionary.kind != Kind::kDict) return nullptr;
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
    const Value& found = at(dictionary.items[i]);
    if (found.kind == Kind::kString && TextOf(found) == key) return &at(dictionary.items[i + 1]);
  }
  return nullptr;
}

std::string_view PickleDocument::KindName(Kind kind) {
  constexpr std::array<std::string_view, 8> kNames = {
      "None", "a bool", "an integer", "a string", "a tuple", "a list", "a dictionary", "an array"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace vigil
