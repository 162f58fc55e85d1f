#include "engine/ops/copies.h"

#include <variant>

namespace vigil {

OperandCopies CopiesOf(const OpAttrs& attrs, std::span<const TensorDesc> in,
                       std::span<const TensorDesc> out) {
  return std::visit(
      [&](const auto& own) {
        OperandCopies copies;
        if constexpr (requires { Copies(own, in, out); }) {
          copies = Copies(own, in, out);
          for (OperandCopy& copy : copies) copy.copy = Collapse(copy.copy);
        }
        return copies;
      },
      attrs);
}

}  // namespace vigil
