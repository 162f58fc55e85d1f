// Tensors that a model keeps in other files (TensorProto.external_data). Private to the room.
#ifndef VIGIL_ENGINE_ONNX_EXTERNAL_DATA_H_
#define VIGIL_ENGINE_ONNX_EXTERNAL_DATA_H_

#include <filesystem>
#include <string>

#include "engine/onnx/schema.h"

namespace vigil::onnx {

// Where such files may lie: in the model's folder and those below it, nowhere else.
struct ExternalData {
  std::filesystem::path folder;
};

// The bytes that the entries of `proto` point at. A model is data from elsewhere: it must not make
// us read what its folder does not hold, so absolute locations, "..", and links that lead outside
// are refused. Throws Error that names the tensor: (Model, kUnsupported) without a folder, (Model,
// kMalformed) for a location outside or numbers that do not fit the file, (Input, kNotFound | kIo)
// for a file that cannot be read.
std::string ReadExternal(const schema::TensorProto& proto, const ExternalData* external);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_EXTERNAL_DATA_H_
