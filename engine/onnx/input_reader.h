// What a model says about its inputs, as descriptions. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_INPUT_READER_H_
#define VIGIL_ENGINE_ONNX_INPUT_READER_H_

#include <set>
#include <string>

#include "engine/onnx/onnx.h"
#include "engine/onnx/schema.h"

namespace vigil::onnx {

class InputReader {
 public:
  // The options outlive the reader. Throws Error (Api, kMisuse) for a size below 1.
  explicit InputReader(const OnnxReadOptions& options);

  // Throws Error (Model, kUnsupported) for an element type that is not kept, an input without a
  // shape or with a dimension of 0, and a symbolic dimension without a size; (Model, kMalformed)
  // for a negative dimension.
  TensorDesc Read(const schema::ValueInfoProto& input) const;

  // Throws Error (Api, kNotFound) for a size in the options that no dimension wanted.
  void RequireAllUsed() const;

 private:
  std::int64_t SizeOf(const schema::ValueInfoProto& input, int dimension) const;

  const OnnxReadOptions& options_;
  mutable std::set<std::string> used_, symbols_;  // keys that were used; those that could be
};

// The shape with another batch, which tells what follows the batch from what does not.
Shape AtProbedBatch(const Shape& shape);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_INPUT_READER_H_
