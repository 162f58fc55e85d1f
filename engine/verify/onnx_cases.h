// ONNX's backend tests: folders with a model, inputs, and the outputs that are right.
#ifndef VIGIL_ENGINE_VERIFY_ONNX_CASES_H_
#define VIGIL_ENGINE_VERIFY_ONNX_CASES_H_

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/verify/tolerance.h"

namespace vigil {

// What ONNX's own runner allows (onnx/backend/test/runner, default of its cases), also where a
// backend computes more exactly: |actual - expected| <= 1e-3 * |expected| + 1e-7.
inline constexpr Tolerance kOnnxTolerance{1e-3, 1e-7};

struct OnnxCase {
  std::string name;  // of the folder, as seen from the root
  std::filesystem::path folder;
};

// Every folder at or below `root` that holds a model.onnx, in the order of their names; links are
// not followed. Throws Error (Input, kNotFound | kIo) where the root is no folder.
std::vector<OnnxCase> FindOnnxCases(const std::filesystem::path& root);

enum class CaseResult { kPassed, kFailed, kSkipped };

struct CaseOutcome {
  std::string name;
  std::string backend;
  CaseResult result = CaseResult::kFailed;
  // One line: the first mismatch, the error, or what is not supported; empty where it passed.
  std::string reason;
  bool bound_inputs = false;  // inputs were given when the model was loaded
};

// Runs every test_data_set_* of a case on one backend. Only what the engine says is unsupported is
// a skip; anything else that is wrong, in the files too, is a failure. Inputs that the engine must
// know before a run (a shape, pads, bounds) are given as constants when the model is loaded, where
// it does not run otherwise. Never throws for a case.
CaseOutcome RunOnnxCase(const OnnxCase& onnx_case, Backend& backend);

}  // namespace vigil

#endif  // VIGIL_ENGINE_VERIFY_ONNX_CASES_H_
