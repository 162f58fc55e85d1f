// Reads a model that was written field by field, and says what becomes of it.
#ifndef VIGIL_TESTS_ONNX_PARSE_WIRE_H_
#define VIGIL_TESTS_ONNX_PARSE_WIRE_H_

#include <string>

#include "engine/onnx/onnx.h"
#include "tests/onnx/wire.h"

namespace vigil::testing {

inline Graph Parse(const WireModel& model, const OnnxReadOptions& options = {}) {
  const std::string bytes = model.Bytes();
  return ParseOnnx(std::as_bytes(std::span(bytes)), "test.onnx", options);
}

// The message of the Error, or "accepted".
inline std::string Refusal(const WireModel& model) {
  try {
    Parse(model);
    return "accepted";
  } catch (const Error& error) {
    return error.what();
  }
}

// Of the first output.
inline Shape OutputShape(const Graph& graph) {
  return graph.value(graph.outputs().front()).desc.shape;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_ONNX_PARSE_WIRE_H_
