// Where the models that ship with Vigil lie.
#ifndef VIGIL_ESTIMATOR_MODELS_MODEL_FILES_H_
#define VIGIL_ESTIMATOR_MODELS_MODEL_FILES_H_

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace vigil {

// Path of NAME.onnx: below $VIGIL_MODELS, beside an installed program (../share/vigil/models), or
// in the source tree that this was built from, whichever has it first. Throws Error (Input,
// kNotFound) that lists the places.
std::filesystem::path FindModel(std::string_view name);

// The hash of the file's bytes, by which records and verdicts name their model. Throws Error
// (Input, kNotFound | kIo).
std::uint64_t HashModelFile(const std::filesystem::path& path);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_MODELS_MODEL_FILES_H_
