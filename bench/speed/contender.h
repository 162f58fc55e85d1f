// Something that runs a network: ours on a backend, or another engine.
#ifndef VIGIL_BENCH_SPEED_CONTENDER_H_
#define VIGIL_BENCH_SPEED_CONTENDER_H_

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "engine/graph/graph.h"
#include "engine/session/precision.h"

namespace vigil::bench {

// A network of one batch size with random inputs, and the file from which others read it. On disk
// while it lives. An int8 one is quantised (QuantizeLinear and DequantizeLinear pairs) by the
// ranges that its values take on these inputs; the file of a float16 one is of floats.
struct Work {
  std::string network;
  std::int64_t batch = 1;
  Precision precision = Precision::kFloat32;  // never kAuto
  Graph graph;
  std::filesystem::path file;
  std::vector<Tensor> inputs;

  bool int8() const { return precision == Precision::kInt8; }
  std::vector<ConstTensorView> views() const;
};

// Not thread-safe.
class Contender {
 public:
  virtual ~Contender() = default;
  virtual std::vector<float> Answer() = 0;  // the first output of a run
  virtual double Milliseconds() = 0;        // of one run
};

struct ContenderFactory {
  std::string name;  // with version: "OpenCV DNN 4.6.0"
  bool ours = false;
  // What it computes in: quantised networks in integers, floats stored in float16.
  bool int8 = false, half = false;
  // Throws Error (Model, kUnsupported) where it cannot run the work. `threads` of a CPU.
  std::function<std::unique_ptr<Contender>(const Work& work, int threads)> make;
  std::string device = "cpu";  // whose peaks bound it: "cpu", "vulkan:0"
};

// Ours on "cpu" or, for one, "vulkan:0". REQUIRES: it is one of these.
ContenderFactory OursOn(const std::string& device);
// The backend there.
std::shared_ptr<Backend> OpenDevice(const std::string& device);
// The graph of the work as ours compile it for the backend. Throws as ChoosePrecision.
Graph Lowered(const Work& work, Backend& backend);
ContenderFactory OursOnOnednn();  // the cpu backend with none of our own kernels
ContenderFactory Opencv();
ContenderFactory Libtorch();  // of a build with training alone
// Engines that come as Python wheels, asked through bench/peers/wheels.py: those that `python` has,
// with `vulkan` those that run on its devices too.
// REQUIRES: `script` is that file.
std::vector<ContenderFactory> Wheels(const std::string& python, const std::string& script,
                                     bool vulkan);

// The work as a file at `file`.
Work MakeWork(const std::string& network, std::int64_t batch, const std::filesystem::path& file);
// The same work quantised, or in float16. REQUIRES: it is of floats.
Work Quantized(const Work& work, const std::filesystem::path& file);
Work Halved(const Work& work);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_SPEED_CONTENDER_H_
