// OpenCV DNN as an oracle: runs an ONNX file that this project wrote, or one from elsewhere.
#ifndef VIGIL_TESTS_ORACLE_OPENCV_OPENCV_NET_H_
#define VIGIL_TESTS_ORACLE_OPENCV_OPENCV_NET_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>

#include "engine/graph/graph.h"

namespace vigil::testing {

// The outputs of `file` for inputs by name, in the order of `output_names`. OpenCV's exceptions
// become Error (Model, kUnsupported).
inline std::vector<Tensor> RunOpenCv(const std::filesystem::path& file,
                                     const std::map<std::string, const Tensor*>& inputs,
                                     const std::vector<std::string>& output_names) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  std::vector<Tensor> outputs;
  try {
    cv::dnn::Net net = cv::dnn::readNetFromONNX(file.string());
    for (const auto& [name, tensor] : inputs) {
      const auto dims = tensor->shape().dims();
      const std::vector<int> sizes(dims.begin(), dims.end());
      // OpenCV takes a mutable pointer but only reads.
      net.setInput(cv::Mat(sizes, CV_32F, const_cast<float*>(tensor->as<float>().data())), name);
    }
    std::vector<cv::Mat> mats;
    net.forward(mats, output_names);
    for (const cv::Mat& mat : mats) {
      std::vector<std::int64_t> dims;
      for (int i = 0; i < mat.dims; ++i) dims.push_back(mat.size[i]);
      const cv::Mat dense = mat.isContinuous() ? mat : mat.clone();
      outputs.emplace_back(Shape{std::span<const std::int64_t>(dims)},
                           std::span<const float>(dense.ptr<float>(), dense.total()));
    }
  } catch (const cv::Exception& error) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported, error.what());
  }
  return outputs;
}

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_ORACLE_OPENCV_OPENCV_NET_H_
