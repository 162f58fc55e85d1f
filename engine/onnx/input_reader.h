// What a model says about its inputs, as descriptions. Private to the room.
#ifndef VIGIL_ENGINE_ONNX_INPUT_READER_H_
#define VIGIL_ENGINE_ONNX_INPUT_READER_H_

#include <set>
#include <string>

#include "engine/onnx/onnx.h"
#include "engine/onnx/schema.h"

namespace vigil::onnx {

// One reader for all inputs of a model.
class InputReader {
 public:
  // The options outlive the reader. Throws Error (Api, kMisuse) for a size below 1.
  explicit InputReader(const OnnxReadOptions& options);

  // A symbolic dimension without a size is 1 for now: RequireComplete refuses it. Throws Error
  // (Model, kUnsupported) for an element type that is not kept, an input without a shape or with a
  // dimension of 0; (Model, kMalformed) for a negative dimension.
  TensorDesc Read(const schema::ValueInfoProto& input);

  // After the last input. Throws Error (Api, kNotFound) for a size in the options that no dimension
  // wanted; (Model, kUnsupported) where a symbolic dimension has no size. Both list all symbols.
  void RequireComplete() const;

 private:
  std::int64_t SizeOf(const schema::ValueInfoProto& input, int dimension);
  std::string Symbols() const;

  const OnnxReadOptions& options_;
  std::set<std::string> used_;     // keys of the options
  std::set<std::string> symbols_;  // of all symbolic dimensions, by the name to give a size to
  std::string first_without_size_;
};

// The shape with another batch, which tells what follows the batch from what does not.
Shape AtProbedBatch(const Shape& shape);

}  // namespace vigil::onnx

#endif  // VIGIL_ENGINE_ONNX_INPUT_READER_H_
