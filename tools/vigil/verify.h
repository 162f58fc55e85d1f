// The two forms of `vigil verify`, behind one set of options.
#ifndef VIGIL_TOOLS_VIGIL_VERIFY_H_
#define VIGIL_TOOLS_VIGIL_VERIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "tools/vigil/model_options.h"
#include "tools/vigil/precision_options.h"

namespace vigil {

struct VerifyOptions {
  ModelOptions model;     // of the first form
  std::string onnx_test;  // of the second: a folder
  std::vector<std::string> backends;
  int device = -1;
  PrecisionOptions precision;
  std::vector<std::string> inputs, taps;
  std::int64_t batch = 0;  // 0: the model's own
  std::uint64_t seed = 1;
  int worst = 10;
  bool json = false;
};

// Layer by layer against `reference`. Prints the report; throws CLI::RuntimeError(1) where a layer
// leaves its tolerance, Error as what it calls.
void VerifyModel(const VerifyOptions& options);

// Every ONNX test case below a folder on every backend chosen. Prints a line for each that failed
// or was skipped and closes with "N passed, N failed, N skipped"; throws CLI::RuntimeError(1) where
// any failed or none passed.
void VerifyOnnxTests(const VerifyOptions& options);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_VERIFY_H_
