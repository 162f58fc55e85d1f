#include "tools/vigil/doctor/patient.h"

#include <algorithm>

#include "engine/base/text.h"
#include "engine/onnx/onnx.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/description_source.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/heads/seeds.h"
#include "estimator/data/model_input.h"
#include "estimator/models/model_files.h"
#include "estimator/report/words.h"
#include "tools/vigil/format.h"
#include "tools/vigil/input_file.h"

namespace vigil::doctor {
namespace {

constexpr const char* kShipped[] = {"cifar10_target", "cifar10_estimator", "directness_target",
                                    "directness_estimator"};

Said Read(Model& model) {
  model.graph = LoadOnnx(model.path);
  if (model.graph->metadata().contains("vigil.taps"))
    model.estimator = ReadEstimatorMetadata(*model.graph);
  const auto nodes = static_cast<std::int64_t>(model.graph->nodes().size());
  return {Result::kOk,
          Text(model.estimator ? "PE, " : "", nodes, " operators, ",
               FormatCount(model.graph->Parameters()), " parameters, ",
               FormatCount(model.graph->Cost().macs), " MACs a sample; all supported"),
          ""};
}

DescribedDataset Open(const std::string& source, const std::string& split, const std::string& root,
                      int images) {
  DatasetDescription description;
  description.source = source;
  description.split = split;
  description.count = source == "heads" ? images : 0;
  return OpenDescribed(description, root);
}

Data OpenData(const DoctorArguments& arguments) {
  const std::string& source = arguments.data;
  if (source == "cifar10") {
    return {source, OpenCifar10(arguments.root, {1, 2, 3}),
            OpenCifar10(arguments.root, {kCifarTestBatch})};
  }
  if (source == "heads") {
    return {source, OpenRenderedHeads(kHeadsTrainTarget + 1000, arguments.images),
            OpenRenderedHeads(kHeadsTest, arguments.images)};
  }
  const bool splits = source == "headpose";
  const DescribedDataset test =
      Open(source, splits ? "test" : "all", arguments.root, arguments.images);
  return {source, splits ? Open(source, "train", arguments.root, arguments.images).base : nullptr,
          test.base};
}

// Of one task, and with the taps that the PE wants.
void Pair(std::vector<Model>& models) {
  for (Model& estimator : models) {
    if (!estimator.estimator) continue;
    for (const Model& target : models) {
      if (!target.graph || target.estimator || estimator.target) continue;
      const auto task = target.graph->metadata().find("vigil.task");
      if (task != target.graph->metadata().end() && task->second == estimator.estimator->task)
        estimator.target = &target;
    }
  }
}

}  // namespace

bool Model::IsPicture() const {
  if (!graph || graph->inputs().size() != 1) return false;
  const TensorDesc& input = graph->value(graph->inputs()[0]).desc;
  return input.dtype == DType::kFloat32 && input.shape.rank() == 4 && input.shape[1] == 3;
}

Patient Admit(const DoctorArguments& arguments, Findings& findings) {
  Patient patient;
  patient.input_files = arguments.inputs;
  patient.config = arguments.config;
  patient.images = arguments.images;
  for (const std::string& path : arguments.models) {
    patient.models.push_back(
        {.path = path, .name = std::filesystem::path(path).filename().string()});
  }
  if (arguments.models.empty()) {
    for (const char* name : kShipped) {
      try {
        const std::filesystem::path path = FindModel(name);
        patient.models.push_back({.path = path, .name = path.filename().string()});
      } catch (const Error& error) {
        const std::string message = error.what();
        findings.Check(Fault::kModel, "is installed", Text(name, ".onnx"), [&] {
          return Said{Result::kWarn, message,
                      "Install Vigil's models, or say where they are: VIGIL_MODELS=FOLDER."};
        });
      }
    }
  }
  for (Model& model : patient.models) {
    findings.Check(
        Fault::kModel, "reads", model.name, [&] { return Read(model); },
        "Export the model again with operators that `vigil inspect` knows, opset 7 or newer.");
  }
  Pair(patient.models);
  if (!arguments.data.empty()) {
    findings.Check(
        Fault::kInput, "data opens", arguments.data,
        [&] {
          patient.data = OpenData(arguments);
          return Said{
              Result::kOk,
              Text(patient.data->test->name(), ", ", patient.data->test->size(), " samples",
                   patient.data->training ? Text("; training ", patient.data->training->size())
                                          : ""),
              ""};
        },
        "Give the folder of the data set as --root.");
  }
  return patient;
}

Tensor InputOf(const Graph& target, const Sample& sample) {
  const Shape shape = target.value(target.inputs().at(0)).desc.shape.With(0, 1);
  Tensor input(TensorDesc{DType::kFloat32, shape});
  const float half = sample.box.size / 2.0f;
  const Region region{sample.box.center_x - half, sample.box.center_y - half, sample.box.size,
                      sample.box.size};
  ToTensor(
      CropAndResize(sample.image, region, static_cast<int>(shape[3]), static_cast<int>(shape[2])),
      NormalisationOf(target), input.as<float>());
  return input;
}

std::vector<Tensor> SampleInputs(const Patient& patient, const Model& model, int count,
                                 std::string& source) {
  std::vector<Tensor> inputs;
  if (!patient.input_files.empty()) {
    source = CountOfText(static_cast<std::int64_t>(patient.input_files.size()), "file", "files");
    for (const std::string& file : patient.input_files)
      inputs.push_back(
          LoadInput(file, model.graph->value(model.graph->inputs().at(0)), *model.graph));
    return inputs;
  }
  const std::shared_ptr<const Dataset> data =
      patient.data ? patient.data->test : OpenRenderedHeads(kHeadsCalibration + 9, count);
  const std::int64_t taken = std::min<std::int64_t>(count, data->size());
  source = patient.data ? Text(taken, " pictures of ", patient.data->name)
                        : Text(taken, " rendered people");
  for (std::int64_t i = 0; i < taken; ++i)
    inputs.push_back(InputOf(*model.graph, data->Get(i * data->size() / taken)));
  return inputs;
}

}  // namespace vigil::doctor
