// The option that chooses what a model computes in, shared by the commands that run one.
#ifndef VIGIL_TOOLS_VIGIL_PRECISION_OPTIONS_H_
#define VIGIL_TOOLS_VIGIL_PRECISION_OPTIONS_H_

#include <string>
#include <vector>

#include <CLI/App.hpp>

#include "engine/session/precision.h"

namespace vigil {

struct PrecisionOptions {
  std::string precision;    // empty: what the model is meant for
  std::string calibration;  // a folder of images to probe with; empty: random inputs

  void AddTo(CLI::App& command);
  Precision Wanted(const Graph& graph) const;
  // For the graph at its batch. Throws as ChoosePrecision, and Error (Input) for the folder.
  PrecisionChoice Choose(const Graph& graph, Backend& backend, const CompileOptions& options) const;
};

// Inputs to try a model on: images of the folder; without one, random numbers, spread over what
// pixels come to where the model's metadata say so, else normally distributed within 3 deviations.
std::vector<std::vector<Tensor>> MakeProbes(const Graph& graph, const std::string& folder);

// What the trials of auto are compared with; empty where there are none. fp32 of a quantised graph
// rounds to the graph's own steps: what the steps cost cannot be measured, for the model that they
// were made of is not in the file.
std::string ComparedWith(const PrecisionChoice& choice);

// What became of it, in lines for people: the layers that stay in float32, the trials of auto.
void PrintPrecision(const PrecisionChoice& choice);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_PRECISION_OPTIONS_H_
