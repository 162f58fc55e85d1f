#include "estimator/service/input_watch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "engine/base/text.h"

namespace vigil {

InputWatch::InputWatch(IncidentJournal& journal, std::optional<InputSchema> schema)
    : journal_(journal) {
  if (schema) check_ = std::make_unique<InputCheck>(*std::move(schema));
  for (const InputViolation violation : AllInputViolations()) {
    kinds_.push_back(journal_.KindOf(Fault::kInput, CodeOf(violation),
                                     Text("input: ", NameOf(violation)), SentenceOf(violation)));
  }
}

// A message only for the first of its kind that the store does not have.
void InputWatch::CountAll(std::uint32_t violations) {
  violations_ = violations;
  const auto all = AllInputViolations();
  for (std::size_t i = 0; violations != 0 && i < all.size(); ++i) {
    if ((violations & Bit(all[i])) == 0) continue;
    if (journal_.CountKnown(kinds_[i]) && check_)
      journal_.TrySay(kinds_[i], check_->Message(all[i]));
  }
}

void InputWatch::RequireFinite(ConstTensorView input, std::string_view name) {
  if (input.desc.dtype != DType::kFloat32) return;
  const auto values = input.as<float>();
  // On the bits, and without leaving early, so that it vectorises: this stands on T's path.
  constexpr std::uint32_t kExponent = 0x7f800000u;  // all ones: infinite or NaN
  std::uint32_t odd = 0;
  for (const float v : values)
    odd |= (std::bit_cast<std::uint32_t>(v) & kExponent) == kExponent ? 1u : 0u;
  if (odd == 0) return;
  Count(InputViolation::kNotFinite);
  const auto bad = std::ranges::find_if(values, [](float v) { return !std::isfinite(v); });
  throw Error(Fault::kInput, ErrorCode::kInvalidValue,
              Text("input '", name, "' holds ", *bad, " at element ", bad - values.begin(), " of ",
                   values.size(), ": expected finite numbers"));
}

void InputWatch::Check(ConstTensorView input) {
  if (check_) CountAll(check_->Check(input) & ~Bit(InputViolation::kWrongForm));
}

}  // namespace vigil
