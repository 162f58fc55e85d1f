// Models that others trained and exported: our importer and references against OpenCV DNN's own
// reading of the same file.
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "engine/onnx/onnx.h"
#include "tests/oracle_opencv/opencv_net.h"
#include "tests/support/backends.h"

namespace vigil::testing {
namespace {

std::filesystem::path ModelFile(const std::string& name) {
  const char* folder = std::getenv("VIGIL_DATA");
  const std::filesystem::path data =
      folder ? folder : std::filesystem::path(VIGIL_SOURCE_DIR) / "../shared/data";
  return data / "models" / name;
}

// Length of the difference over the length of what was expected.
double RelativeDistance(const Tensor& expected, const Tensor& actual) {
  double difference = 0.0, length = 0.0;
  const auto e = expected.as<float>(), a = actual.as<float>();
  for (std::size_t i = 0; i < e.size(); ++i) {
    difference += (double{a[i]} - e[i]) * (double{a[i]} - e[i]);
    length += double{e[i]} * e[i];
  }
  return std::sqrt(difference / length);
}

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

std::vector<Tensor> Answers(Backend& backend, const Graph& graph, const Tensor& x) {
  std::vector<Tensor> outputs;
  std::vector<TensorView> views;
  for (const ValueId id : graph.outputs()) {
    views.push_back(outputs.emplace_back(graph.value(id).desc).view());
  }
  const ConstTensorView in = x.view();
  backend.Compile(graph, {})->Run({&in, 1}, views);
  return outputs;
}

class OpenCvModels : public ::testing::TestWithParam<std::tuple<PublishedModel, std::string>> {};

TEST_P(OpenCvModels, OutputsOnThePhotograph_AgreeWithTheOracle) {
  const auto& [model, backend_name] = GetParam();
  const std::filesystem::path file = ModelFile(model.file);
  if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " is not there";
  const OpenedBackend opened = OpenForTest(backend_name);
  if (!opened.backend) GTEST_SKIP() << backend_name << ": " << opened.reason;
  const Graph graph = LoadOnnx(file);
  const Value& input = graph.value(graph.inputs()[0]);
  const Tensor x = Photograph(model, input.desc.shape);
  if (x.desc().bytes() == 0) GTEST_SKIP() << "the photograph is not there";
  std::vector<std::string> names;
  for (const ValueId id : graph.outputs()) names.push_back(graph.value(id).name);
  const std::vector<Tensor> ours = Answers(*opened.backend, graph, x);
  // OpenCV 4.6 cannot read FSA-Net's products of matrices in batches: there the reference speaks.
  const bool opencv_reads = !model.file.starts_with("fsanet");
  const std::vector<Tensor> theirs = opencv_reads
                                         ? RunOpenCv(file, {{input.name, &x}}, names)
                                         : Answers(*OpenForTest("reference").backend, graph, x);
  for (std::size_t i = 0; i < names.size(); ++i) {
    ASSERT_EQ(ours[i].shape().elements(), theirs[i].shape().elements()) << names[i];
    EXPECT_LT(RelativeDistance(theirs[i], ours[i]), 1e-4) << names[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Files, OpenCvModels,
                         ::testing::Combine(::testing::ValuesIn(PublishedModels()),
                                            ::testing::ValuesIn(BackendNames())),
                         [](const auto& test) {
                           const std::string file = std::get<0>(test.param).file;
                           return file.substr(0, file.find('/')) + "_" + std::get<1>(test.param);
                         });

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

// The photograph's one face lies around (0.44, 0.24).
TEST(PublishedModels, UltraFace_FindsTheFaceWhereItIs) {
  const PublishedModel model = PublishedModels()[0];
  if (!std::filesystem::exists(ModelFile(model.file))) GTEST_SKIP() << "no " << model.file;
  const Graph graph = LoadOnnx(ModelFile(model.file));
  const Tensor x = Photograph(model, graph.value(graph.inputs()[0]).desc.shape);
  if (x.desc().bytes() == 0) GTEST_SKIP() << "the photograph is not there";
  const std::vector<Tensor> outputs = Answers(*OpenForTest("cpu").backend, graph, x);
  const std::size_t scores = outputs[0].shape()[2] == 2 ? 0 : 1;
  const auto score = outputs[scores].as<float>();  // background, face
  const auto box = outputs[1 - scores].as<float>();
  std::size_t best = 0;
  for (std::size_t i = 0; 2 * i < score.size(); ++i) {
    if (score[2 * i + 1] > score[2 * best + 1]) best = i;
  }
  EXPECT_GT(score[2 * best + 1], 0.9f);
  const auto [x_centre, y_centre] = UltraFaceCentre(best, box);
  EXPECT_NEAR(x_centre, 0.44f, 0.04f);
  EXPECT_NEAR(y_centre, 0.24f, 0.04f);
}

}  // namespace
}  // namespace vigil::testing
