#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "engine/graph/fuse_quantized.h"
#include "engine/onnx/onnx.h"
#include "engine/session/backends.h"
#include "engine/session/calibration.h"
#include "tools/vigil/backend_options.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/model_options.h"
#include "tools/vigil/quantize/quantize_measure.h"

namespace vigil {
namespace {

constexpr CalibrationMethod kMethods[] = {CalibrationMethod::kMinMax,
                                          CalibrationMethod::kPercentile, CalibrationMethod::kMse};

struct Options {
  ModelOptions model;
  std::string output;
  QuantizeDataOptions data;
  std::string method = "mse";
  BackendOptions backend;
  std::vector<std::string> others;  // backends
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
  // The written model on other backends; differences are from its answers on the first.
  std::vector<Row> elsewhere;
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
  const Graph model = options.model.Load();
  if (IsQuantized(model)) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text(options.model.path, ": the model is quantised already"));
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
  for (const std::string& name : options.others) {
    const std::shared_ptr<Backend> other = OpenBackend(name);
    Answers answers = AnswersOf(FuseQuantized(LoadOnnx(options.output)), *other, test, data.task);
    AnswerDifference difference = Compare(report.rows[1].answers, answers, data.task);
    report.elsewhere.push_back(
        {Describe(*other, Precision::kInt8), std::move(answers), difference});
  }
  return report;
}

double Percent(std::int64_t part, std::int64_t whole) {
  return 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

std::string Accuracy(const Report& report, const Row& row) {
  return report.task ? FormatFixed(Percent(row.answers.right, row.answers.images), 2) : "unknown";
}

void PrintElsewhere(const Report& report) {
  if (report.elsewhere.empty()) return;
  std::cout << "\nThe same model elsewhere, against the answers above\n";
  Table table({"backend", "accuracy %", "other decisions", "largest difference"});
  for (const Row& row : report.elsewhere) {
    const std::int64_t others = row.answers.images - row.difference.same;
    table.Add({row.name, Accuracy(report, row), report.task ? Text(others) : "-",
               FormatScientific(row.difference.largest)});
  }
  table.Print(std::cout);
}

void Print(const Options& options, const Report& report) {
  std::cout << "wrote " << options.output << ", calibrated on " << report.calibration_images
            << " images\nmeasured on " << report.rows[0].answers.images << " images of "
            << report.test_name << ", " << report.backend << "\n";
  Table table({"precision", "accuracy %", "same decisions %", "error %", "largest error"});
  for (const Row& row : report.rows) {
    const std::int64_t images = row.answers.images;
    const bool first = &row == &report.rows.front();
    table.Add({row.name, Accuracy(report, row),
               !report.task || first ? "-" : FormatFixed(Percent(row.difference.same, images), 2),
               first ? "-" : FormatFixed(100.0 * row.difference.relative, 3),
               first ? "-" : FormatFixed(row.difference.largest, 4)});
  }
  table.Print(std::cout);
  PrintElsewhere(report);
}

nlohmann::json ToJson(const std::vector<Row>& rows, const char* name, bool decides) {
  nlohmann::json list = nlohmann::json::array();
  for (const Row& row : rows) {
    nlohmann::json json{{name, row.name},
                        {"relative_error", row.difference.relative},
                        {"largest_error", row.difference.largest}};
    if (decides) {
      json["accuracy"] = Percent(row.answers.right, row.answers.images);
      json["same_decisions"] = row.difference.same;
    }
    list.push_back(std::move(json));
  }
  return list;
}

void PrintJson(const Options& options, const Report& report) {
  const bool decides = report.task.has_value();
  std::cout << nlohmann::json{{"output", options.output},
                              {"backend", report.backend},
                              {"calibration_images", report.calibration_images},
                              {"test", report.test_name},
                              {"test_images", report.rows[0].answers.images},
                              {"rows", ToJson(report.rows, "precision", decides)},
                              {"elsewhere", ToJson(report.elsewhere, "backend", decides)}}
                   .dump(2)
            << "\n";
}

}  // namespace

void AddQuantizeCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand(
      "quantize", "Makes an int8 model (QDQ) by post-training quantisation, and measures it");
  const auto options = std::make_shared<Options>();
  options->model.AddTo(*command)->required();
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
  command
      ->add_option("--also-on", options->others,
                   "Backends a,b,c that run the written model on the test images as well; says how "
                   "many decisions differ")
      ->delimiter(',')
      ->check(CLI::IsMember({"vulkan", "cpu", "reference"}));
  options->backend.AddTo(*command);
  command->add_flag("--json", options->json, "Print JSON");
  command->callback([options] {
    const Report report = Quantize(*options);
    options->json ? PrintJson(*options, report) : Print(*options, report);
  });
}

}  // namespace vigil
