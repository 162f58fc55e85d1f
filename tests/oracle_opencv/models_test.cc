// Models that others trained and exported: our importer and backends, in float32 and in float16,
// against OpenCV DNN's own reading of the same file in float32.
#include <array>
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/onnx/onnx.h"
#include "engine/session/precision.h"
#include "tests/oracle_opencv/opencv_net.h"
#include "tests/support/backends.h"
#include "tests/support/output_tolerance.h"
#include "tests/support/shared_data.h"

namespace vigil::testing {
namespace {

std::filesystem::path ModelFile(const std::string& name) { return SharedData() / "models" / name; }

struct PublishedModel {
  std::string file;
  bool bgr = false;  // order of the channels
  float mean = 0.0f, scale = 1.0f;
};

std::vector<PublishedModel> PublishedModels() {
  return {{"ultraface/version-RFB-320_simplified.onnx", false, 127.0f, 128.0f},
          {"yunet/yunet_n_320_320.onnx", true, 0.0f, 1.0f},
          {"fsanet/fsanet-1x1-iter-688590.onnx", true, 127.5f, 128.0f}};
}

// The photograph as the model wants it. Pixels are resized, not cropped.
Tensor Photograph(const PublishedModel& model, const Shape& shape) {
  const std::string file =
      (ModelFile("").parent_path().parent_path() / "photos/astronaut.png").string();
  cv::Mat image = cv::imread(file, cv::IMREAD_COLOR);
  if (image.empty()) return {};
  cv::resize(image, image, cv::Size(static_cast<int>(shape[3]), static_cast<int>(shape[2])));
  Tensor tensor(TensorDesc{DType::kFloat32, shape});
  float* to = tensor.as<float>().data();
  for (int c = 0; c < 3; ++c) {
    for (int y = 0; y < image.rows; ++y) {
      for (int x = 0; x < image.cols; ++x) {
        const std::uint8_t byte = image.at<cv::Vec3b>(y, x)[model.bgr ? c : 2 - c];
        *to++ = (static_cast<float>(byte) - model.mean) / model.scale;
      }
    }
  }
  return tensor;
}

std::vector<Tensor> Answers(Backend& backend, const Graph& graph, const Tensor& x,
                            Precision precision = Precision::kFloat32) {
  std::vector<std::vector<Tensor>> probes(1);
  probes[0].push_back(x.Clone());
  const PrecisionChoice choice = ChoosePrecision(graph, backend, precision, {}, probes);
  std::vector<Tensor> outputs;
  std::vector<TensorView> views;
  for (const ValueId id : graph.outputs()) {
    views.push_back(outputs.emplace_back(graph.value(id).desc).view());
  }
  const ConstTensorView in = x.view();
  backend.Compile(choice.lowered.value_or(graph), {})->Run({&in, 1}, views);
  return outputs;
}

// OpenCV 4.6 cannot read FSA-Net's products of matrices in batches: there the reference speaks.
std::vector<Tensor> OracleAnswers(const PublishedModel& model, const Graph& graph,
                                  const Tensor& x) {
  if (model.file.starts_with("fsanet")) {
    return Answers(*OpenForTest("reference").backend, graph, x);
  }
  std::vector<std::string> names;
  for (const ValueId id : graph.outputs()) names.push_back(graph.value(id).name);
  return RunOpenCv(ModelFile(model.file), {{graph.value(graph.inputs()[0]).name, &x}}, names);
}

using Parameters = std::tuple<PublishedModel, std::string, Precision>;

std::string TestName(const ::testing::TestParamInfo<Parameters>& test) {
  const auto& [model, backend, precision] = test.param;
  return model.file.substr(0, model.file.find('/')) + "_" + backend + "_" +
         std::string(PrecisionName(precision));
}

const auto kPrecisions = ::testing::Values(Precision::kFloat32, Precision::kFloat16);

// The model, the photograph as it takes it, and the backend; a skip where one is missing.
class OnThePhotograph : public ::testing::TestWithParam<Parameters> {
 protected:
  void SetUp() override {
    const auto& [model, backend, precision] = GetParam();
    const std::filesystem::path file = ModelFile(model.file);
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
    opened_ = OpenForTest(backend);
    if (!opened_.backend) GTEST_SKIP() << backend << ": " << opened_.reason;
    graph_ = LoadOnnx(file);
    x_ = Photograph(model, graph_->value(graph_->inputs()[0]).desc.shape);
    if (x_.desc().bytes() == 0) GTEST_SKIP() << "the photograph is not there";
  }

  std::vector<Tensor> OurAnswers() {
    return Answers(*opened_.backend, *graph_, x_, std::get<2>(GetParam()));
  }

  OpenedBackend opened_;
  std::optional<Graph> graph_;
  Tensor x_;
};

class OpenCvModels : public OnThePhotograph {};

// What a tolerance must show: one weight in a hundred forgotten, and the answer is outside.
Graph WithFewerWeights(const Graph& graph) {
  std::map<ValueId, std::shared_ptr<const Tensor>> spoilt;
  for (const Node& node : graph.nodes()) {
    if (!std::holds_alternative<ConvAttrs>(node.attrs)) continue;
    Tensor weights = graph.value(node.inputs[1]).constant->Clone();
    const auto values = weights.as<float>();
    for (std::size_t i = 0; i < values.size(); i += 100) values[i] = 0.0f;
    spoilt[node.inputs[1]] = std::make_shared<const Tensor>(std::move(weights));
  }
  return graph.WithConstants(spoilt);
}

TEST_P(OpenCvModels, OutputsOnThePhotograph_AgreeWithTheOracle) {
  const auto& [model, backend_name, precision] = GetParam();
  const std::vector<Tensor> ours = OurAnswers();
  const std::vector<Tensor> theirs = OracleAnswers(model, *graph_, x_);
  std::vector<Tensor> inputs;
  inputs.push_back(x_.Clone());
  const std::vector<double> tolerances = OutputTolerances(
      *graph_, inputs, precision == Precision::kFloat16 ? Storage::kFloat16 : Storage::kFloat32);
  const std::vector<Tensor> spoilt =
      Answers(*opened_.backend, WithFewerWeights(*graph_), x_, precision);
  bool bites = false;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::string& name = graph_->value(graph_->outputs()[i]).name;
    ASSERT_EQ(ours[i].shape().elements(), theirs[i].shape().elements()) << name;
    const double distance = RelativeDistance(theirs[i], ours[i]);
    EXPECT_LT(distance, tolerances[i]) << name;
    if (precision == Precision::kFloat32) {
      EXPECT_LT(distance, 1e-4) << name;
    }
    bites = bites || RelativeDistance(theirs[i], spoilt[i]) > tolerances[i];
    std::cout << name << ": off by " << distance << ", allowed " << tolerances[i] << ", spoilt "
              << RelativeDistance(theirs[i], spoilt[i]) << "\n";
  }
  EXPECT_TRUE(bites);
}

INSTANTIATE_TEST_SUITE_P(Files, OpenCvModels,
                         ::testing::Combine(::testing::ValuesIn(PublishedModels()),
                                            ::testing::ValuesIn(BackendNames()), kPrecisions),
                         TestName);

// A face by its score and its centre, as shares of the image.
struct Face {
  float score = 0.0f, x = 0.0f, y = 0.0f;
};

// Where UltraFace's box `index` lies, as shares of the image: its authors' priors for 320x240,
// three or two sizes a cell of four maps, and offsets in tenths of a prior's size.
std::array<float, 2> UltraFaceCentre(std::size_t index, std::span<const float> offsets) {
  struct Map {
    std::size_t columns, rows;
    std::vector<float> sizes;  // pixels
  };
  static const std::vector<Map> maps = {
      {40, 30, {10, 16, 24}}, {20, 15, {32, 48}}, {10, 8, {64, 96}}, {5, 4, {128, 192, 256}}};
  std::size_t first = 0;
  for (const Map& map : maps) {
    const std::size_t here = index - first, count = map.columns * map.rows * map.sizes.size();
    if (here < count) {
      const std::size_t cell = here / map.sizes.size();
      const float size = map.sizes[here % map.sizes.size()];
      const auto x = static_cast<float>(cell % map.columns) + 0.5f;
      const auto y = static_cast<float>(cell / map.columns) + 0.5f;
      return {x / static_cast<float>(map.columns) + 0.1f * offsets[4 * index] * size / 320.0f,
              y / static_cast<float>(map.rows) + 0.1f * offsets[4 * index + 1] * size / 240.0f};
    }
    first += count;
  }
  return {};
}

Face UltraFaceBest(const Graph&, const std::vector<Tensor>& outputs) {
  const std::size_t scores = outputs[0].shape()[2] == 2 ? 0 : 1;
  const auto score = outputs[scores].as<float>();  // background, face
  const auto box = outputs[1 - scores].as<float>();
  std::size_t best = 0;
  for (std::size_t i = 0; 2 * i < score.size(); ++i) {
    if (score[2 * i + 1] > score[2 * best + 1]) best = i;
  }
  const auto [x, y] = UltraFaceCentre(best, box);
  return {score[2 * best + 1], x, y};
}

// YuNet, as its authors publish it: on maps of 8, 16 and 32 pixels a cell, a class and an
// objectness whose geometric mean is the score, and a centre in cells from the cell's corner.
Face YuNetBest(const Graph& graph, const std::vector<Tensor>& outputs) {
  constexpr float kSide = 320.0f;
  const auto output = [&](const char* name, int stride) {
    const std::string wanted = name + std::string("_") + std::to_string(stride);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (graph.value(graph.outputs()[i]).name == wanted) return outputs[i].as<float>();
    }
    ADD_FAILURE() << "no output " << wanted;
    return outputs[0].as<float>();
  };
  Face best;
  for (const int stride : {8, 16, 32}) {
    const auto classes = output("cls", stride), objects = output("obj", stride);
    const auto boxes = output("bbox", stride);
    const std::size_t columns = 320 / static_cast<std::size_t>(stride);
    for (std::size_t i = 0; i < classes.size(); ++i) {
      const float score = std::sqrt(classes[i] * objects[i]);
      if (score <= best.score) continue;
      const float cell = static_cast<float>(stride) / kSide;
      best = {score, (static_cast<float>(i % columns) + boxes[4 * i]) * cell,
              (static_cast<float>(i / columns) + boxes[4 * i + 1]) * cell};
    }
  }
  return best;
}

class FaceDetectors : public OnThePhotograph {};

// The photograph's one face lies around (0.44, 0.24).
TEST_P(FaceDetectors, FindTheFaceWhereItIs) {
  const std::vector<Tensor> outputs = OurAnswers();
  const bool is_yunet = std::get<0>(GetParam()).file.starts_with("yunet");
  const Face face = is_yunet ? YuNetBest(*graph_, outputs) : UltraFaceBest(*graph_, outputs);
  EXPECT_GT(face.score, is_yunet ? 0.8f : 0.9f);
  EXPECT_NEAR(face.x, 0.44f, 0.04f);
  EXPECT_NEAR(face.y, 0.24f, 0.04f);
}

INSTANTIATE_TEST_SUITE_P(Files, FaceDetectors,
                         ::testing::Combine(::testing::Values(PublishedModels()[0],
                                                              PublishedModels()[1]),
                                            ::testing::ValuesIn(BackendNames()), kPrecisions),
                         TestName);

}  // namespace
}  // namespace vigil::testing
