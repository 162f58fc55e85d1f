#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/graph/fuse_quantized.h"
#include "engine/onnx/onnx.h"
#include "engine/session/calibration.h"
#include "tools/vigil/backend_options.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/quantize/quantize_measure.h"

namespace vigil {
namespace {

constexpr CalibrationMethod kMethods[] = {CalibrationMethod::kMinMax,
                                          CalibrationMethod::kPercentile, CalibrationMethod::kMse};

struct Options {
  std::string model, output;
  QuantizeDataOptions data;
  std::string method = "mse";
  BackendOptions backend;
  bool compare = false;
  bool json = false;
};

// One way to quantise, measured on the test images.
struct Row {
  std::string name;
  Answers answers;
  AnswerDifference difference;
};

struct Report {
  std::string backend, test_name;
  std::optional<Task> task;
  std::int64_t calibration_images = 0;
  std::vector<Row> rows;  // fp32 first, then what was asked for, then the others
};

// A batch that the model takes: several images at once where it can.
std::int64_t BatchFor(const Graph& model) {
  constexpr std::int64_t kBatch = 16;
  try {
    model.WithBatch(kBatch);
    return kBatch;
  } catch (const Error&) {
    return 1;
  }
}

Graph Quantized(const Graph& prepared, const std::map<std::string, Histogram>& histograms,
                CalibrationMethod method, std::int64_t images) {
  std::map<std::string, ValueRange> ranges;
  for (const auto& [name, histogram] : histograms) ranges[name] = RangeOf(histogram, method);
  std::map<std::string, std::string> metadata = prepared.metadata();
  metadata["vigil.quantization"] =
      Text("int8, ", CalibrationName(method), " over ", images, " images");
  return QuantizeModel(prepared, ranges).WithMetadata(std::move(metadata));
}

Report Quantize(const Options& options) {
  const Graph model = LoadOnnx(options.model);
  if (IsQuantized(model)) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text(options.model, ": the model is quantised already"));
  }
  const std::int64_t batch = BatchFor(model);
  const QuantizeData data = OpenQuantizeData(options.data, model);
  const Graph prepared = PrepareToQuantize(model);
  const std::shared_ptr<Backend> backend = options.backend.Open();
  ImageBatches calibration(data.calibration, model, batch, options.data.images);
  const std::map<std::string, Histogram> histograms =
      Calibrate(*backend, prepared.WithBatch(batch), [&](const auto& visit) {
        for (std::int64_t i = 0; i < calibration.count(); ++i) {
          const ConstTensorView input = calibration.Load(i).view();
          visit(std::span(&input, 1));
        }
      });
  const std::int64_t images = calibration.count() * batch;
  const CalibrationMethod chosen = CalibrationFromName(options.method);
  SaveOnnx(Quantized(prepared, histograms, chosen, images), options.output);

  Report report{Describe(*backend, Precision::kInt8), data.test_name, data.task, images, {}};
  ImageBatches test(data.test, model, batch, options.data.test_images);
  report.rows.push_back({"fp32", AnswersOf(model, *backend, test, data.task), {}});
  const auto add = [&](const Graph& graph, CalibrationMethod method) {
    Answers answers = AnswersOf(FuseQuantized(graph), *backend, test, data.task);
    AnswerDifference difference = Compare(report.rows[0].answers, answers, data.task);
    report.rows.push_back({Text("int8 ", CalibrationName(method)), std::move(answers), difference});
  };
  add(LoadOnnx(options.output), chosen);  // measured as it ships
  for (const CalibrationMethod method : kMethods) {
    if (!options.compare || method == chosen) continue;
    add(Quantized(prepared, histograms, method, images), method);
  }
  return report;
}

double Percent(std::int64_t part, std::int64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

void Print(const Options& options, const Report& report) {
  std::cout << "wrote " << options.output << ", calibrated on " << report.calibration_images
            << " images\nmeasured on " << report.rows[0].answers.images << " images of "
            << report.test_name << ", " << report.backend << "\n";
  Table table({"precision", "accuracy %", "same decisions %", "error %", "largest error"});
  for (const Row& row : report.rows) {
    const std::int64_t images = row.answers.images;
    const bool first = &row == &report.rows.front();
    table.Add({row.name,
               report.task ? FormatFixed(Percent(row.answers.right, images), 2) : "unknown",
               !report.task || first ? "-" : FormatFixed(Percent(row.difference.same, images), 2),
               first ? "-" : FormatFixed(100.0 * row.difference.relative, 3),
               first ? "-" : FormatFixed(row.difference.largest, 4)});
  }
  table.Print(std::cout);
}

void PrintJson(const Options& options, const Report& report) {
  nlohmann::json rows = nlohmann::json::array();
  for (const Row& row : report.rows) {
    nlohmann::json json{{"precision", row.name},
                        {"relative_error", row.difference.relative},
                        {"largest_error", row.difference.largest}};
    if (report.task) {
      json["accuracy"] = Percent(row.answers.right, row.answers.images);
      json["same_decisions"] = row.difference.same;
    }
    rows.push_back(std::move(json));
  }
  std::cout << nlohmann::json{{"output", options.output},
                              {"backend", report.backend},
                              {"calibration_images", report.calibration_images},
                              {"test", report.test_name},
                              {"test_images", report.rows[0].answers.images},
                              {"rows", rows}}
                   .dump(2)
            << "\n";
}

}  // namespace

void AddQuantizeCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "quantize", "Makes an int8 model (QDQ) by post-training quantisation, and measures it");
  const auto options = std::make_shared<Options>();
  command->add_option("MODEL", options->model, "An ONNX file in float")->required();
  command->add_option("-o,--output", options->output, "The ONNX file to write")->required();
  auto* folder = command->add_option("--calibration", options->data.calibration,
                                     "Folder of images as the model will see them; labels.csv is "
                                     "read if there");
  command
      ->add_option("--dataset", options->data.dataset,
                   "cifar10 or rendered (heads), instead of a folder")
      ->check(CLI::IsMember({"cifar10", "rendered"}))
      ->excludes(folder);
  command->add_option("--root", options->data.root, "Folder of CIFAR-10's binary files");
  command
      ->add_option("--method", options->method,
                   "How ranges of activations are found: minmax (all that was seen), percentile "
                   "(all but 0.005 % at either end), mse (least squared error)")
      ->check(CLI::IsMember({"minmax", "percentile", "mse"}))
      ->capture_default_str();
  command->add_option("--images", options->data.images, "Images to calibrate with, at most")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_option("--test-images", options->data.test_images, "Images to measure on, at most")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_flag("--compare", options->compare, "Measure the other methods, too");
  options->backend.AddTo(*command);
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] {
    const Report report = Quantize(*options);
    options->json ? PrintJson(*options, report) : Print(*options, report);
  });
}

}  // namespace vigil
