#include "engine/verify/onnx_cases.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <new>
#include <optional>
#include <utility>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "engine/verify/compare.h"
#include "engine/verify/run.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

constexpr const char* kModelFile = "model.onnx";
// Of one run: a software rasteriser takes long for a whole network.
constexpr std::chrono::minutes kDeadline{5};

[[noreturn]] void ThrowCase(ErrorCode code, const std::string& message) {
  throw Error(Fault::kInput, code, message);
}

// Bytes of bool are read as uint8; a graph may call them bool.
Tensor As(const TensorDesc& desc, const Tensor& tensor) {
  const bool renamed = desc.dtype == DType::kBool && tensor.desc().dtype == DType::kUInt8;
  if (!renamed) return tensor.Clone();
  Tensor copy({DType::kBool, tensor.shape()});
  std::memcpy(copy.bytes().data(), tensor.bytes().data(), tensor.bytes().size());
  return copy;
}

// prefix_0.pb, prefix_1.pb, ... as far as they go.
std::vector<Tensor> ReadTensors(const fs::path& set, const std::string& prefix) {
  std::vector<Tensor> tensors;
  for (;;) {
    const fs::path file = set / Text(prefix, tensors.size(), ".pb");
    if (!fs::exists(file)) return tensors;
    tensors.push_back(LoadTensorProto(file));
  }
}

struct DataSet {
  std::string name;
  std::vector<Tensor> inputs, outputs;
};

std::vector<DataSet> ReadDataSets(const fs::path& folder) {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const bool is_set = entry.path().filename().string().starts_with("test_data_set_");
    if (is_set && entry.is_directory()) paths.push_back(entry.path());
  }
  if (paths.empty()) ThrowCase(ErrorCode::kNotFound, "there is no test_data_set_*");
  std::ranges::sort(paths);
  std::vector<DataSet> sets;
  for (const fs::path& path : paths) {
    sets.push_back({path.filename(), ReadTensors(path, "input_"), ReadTensors(path, "output_")});
    if (sets.back().outputs.empty()) {
      ThrowCase(ErrorCode::kNotFound, Text(sets.back().name, "/output_0.pb: no such file"));
    }
  }
  return sets;
}

// Which inputs to give when the model is loaded: first none; then those that are no numbers to
// compute with; then all but the first; then all.
std::vector<std::vector<bool>> Bindings(const std::vector<Tensor>& inputs) {
  std::vector<bool> no_floats, all_but_first;
  for (const Tensor& input : inputs) {
    no_floats.push_back(input.desc().dtype != DType::kFloat32);
    all_but_first.push_back(!all_but_first.empty());
  }
  const std::vector<bool> none(inputs.size(), false), all(inputs.size(), true);
  std::vector<std::vector<bool>> bindings{none};
  const auto add = [&](const std::vector<bool>& binding) {
    if (std::ranges::find(bindings, binding) == bindings.end()) bindings.push_back(binding);
  };
  if (no_floats != all) add(no_floats);
  add(all_but_first);
  add(all);
  return bindings;
}

void CheckOutputs(const Graph& graph, const DataSet& set,
                  const std::map<std::string, Tensor>& actual) {
  if (set.outputs.size() != graph.outputs().size()) {
    ThrowCase(ErrorCode::kNotFound,
              Text(set.name, " has ", set.outputs.size(), " files output_*.pb: the model has ",
                   graph.outputs().size(), " outputs"));
  }
  for (std::size_t i = 0; i < set.outputs.size(); ++i) {
    const Value& value = graph.value(graph.outputs()[i]);
    const Tensor expected = As(value.desc, set.outputs[i]);
    if (const auto mismatch = FirstMismatch(expected, actual.at(value.name), kOnnxTolerance)) {
      ThrowCase(ErrorCode::kInvalidValue,
                Text(set.name, ", output '", value.name, "': ", *mismatch));
    }
  }
}

// `loaded` becomes true once the model is read.
void RunBound(const fs::path& model, const DataSet& set, const std::vector<bool>& binding,
              Backend& backend, bool& loaded) {
  OnnxReadOptions options;
  std::vector<const Tensor*> given;
  for (std::size_t i = 0; i < set.inputs.size(); ++i) {
    const bool bound = binding[i];
    options.constant_inputs.push_back(bound ? std::make_shared<const Tensor>(set.inputs[i].Clone())
                                            : nullptr);
    if (!bound) given.push_back(&set.inputs[i]);
  }
  const Graph graph = LoadOnnx(model, options);
  loaded = true;
  if (given.size() != graph.inputs().size()) {
    ThrowCase(ErrorCode::kNotFound,
              Text(set.name, " has ", set.inputs.size(), " files input_*.pb, of which ",
                   given.size(), " are run: the model takes ", graph.inputs().size()));
  }
  std::vector<Tensor> inputs;
  for (std::size_t i = 0; i < given.size(); ++i) {
    inputs.push_back(As(graph.value(graph.inputs()[i]).desc, *given[i]));
  }
  const Graph sized = SizedFor(graph, inputs);
  CheckOutputs(sized, set, RunByName(sized, inputs, backend, {.deadline = kDeadline}));
}

// Whether inputs had to be bound. Where no binding helps, the model as it stands says why. All are
// bound only for a model that cannot be read otherwise: nothing is left to the backend then.
bool RunSet(const fs::path& model, const DataSet& set, Backend& backend) {
  std::optional<Error> first;
  bool loaded = false;
  for (const std::vector<bool>& binding : Bindings(set.inputs)) {
    if (loaded && std::ranges::count(binding, false) == 0) continue;
    try {
      RunBound(model, set, binding, backend, loaded);
      return first.has_value();
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) throw;
      if (!first) first = error;
    }
  }
  throw Error(*first);
}

// In one line, files as seen from the case's folder, which is named beside.
std::string ReasonOf(std::string text, const fs::path& folder) {
  const std::string prefix = folder.string() + "/";
  for (std::size_t at; (at = text.find(prefix)) != std::string::npos;)
    text.erase(at, prefix.size());
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return text;
}

}  // namespace

std::vector<OnnxCase> FindOnnxCases(const fs::path& root) {
  std::error_code failure;
  if (!fs::is_directory(root, failure)) {
    throw Error(Fault::kInput, ErrorCode::kNotFound,
                Text(root.string(), ": no such folder: expected one with ONNX test cases"));
  }
  std::vector<OnnxCase> cases;
  const auto add = [&](const fs::path& folder) {
    std::error_code ignored;
    if (!fs::is_regular_file(folder / kModelFile, ignored)) return;
    const fs::path name = folder == root ? fs::absolute(root).lexically_normal().filename()
                                         : folder.lexically_relative(root);
    cases.push_back({name.string(), folder});
  };
  add(root);
  const auto options = fs::directory_options::skip_permission_denied;
  fs::recursive_directory_iterator entry(root, options, failure);
  for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    std::error_code ignored;
    if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) add(entry->path());
  }
  if (failure) {
    throw Error(Fault::kInput, ErrorCode::kIo,
                Text(root.string(), ": cannot be listed: ", failure.message()));
  }
  std::ranges::sort(cases, {}, &OnnxCase::name);
  return cases;
}

CaseOutcome RunOnnxCase(const OnnxCase& onnx_case, Backend& backend) {
  CaseOutcome outcome{onnx_case.name, std::string(backend.name()), CaseResult::kFailed, "", false};
  try {
    const fs::path model = onnx_case.folder / kModelFile;
    RequireOnnxTensors(model);
    for (const DataSet& set : ReadDataSets(onnx_case.folder)) {
      outcome.bound_inputs |= RunSet(model, set, backend);
    }
    outcome.result = CaseResult::kPassed;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kUnsupported) outcome.result = CaseResult::kSkipped;
    outcome.reason = ReasonOf(error.what(), onnx_case.folder);
  } catch (const std::bad_alloc&) {
    outcome.reason = "out of host memory";
  } catch (const std::exception& error) {
    outcome.reason = ReasonOf(error.what(), onnx_case.folder);
  }
  return outcome;
}

}  // namespace vigil
