// NumPy's .npy files (format versions 1 to 3), little-endian float32 in C order.
#ifndef VIGIL_TOOLS_VIGIL_NPY_H_
#define VIGIL_TOOLS_VIGIL_NPY_H_

#include <filesystem>
#include <span>

#include "engine/tensor/tensor.h"

namespace vigil {

// Throws Error (Input): kMalformed for what is no such file or is cut short, kInvalidType for other
// element types or Fortran order, naming `name`.
Tensor ParseNpy(std::span<const std::byte> bytes, const std::string& name);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_NPY_H_
