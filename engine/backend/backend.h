// The interface of everything that can run a Graph.
#ifndef VIGIL_ENGINE_BACKEND_BACKEND_H_
#define VIGIL_ENGINE_BACKEND_BACKEND_H_

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/graph/graph.h"
#include "engine/tensor/encoding.h"

namespace vigil {

struct CompileOptions {
  std::int64_t batch = 1;
  // How each of graph.taps() is kept, in their order; empty: float32 for all.
  std::vector<Encoding> tap_encodings;
  int threads = 0;                            // of a CPU backend; 0: as many as there are cores
  bool low_priority = false;                  // of PE: the lowest queue or thread priority there is
  std::chrono::milliseconds deadline{10000};  // of one run, after which Error (Gpu, kTimeout)
};

// Milliseconds that one node took in the last profiled run.
struct NodeTime {
  std::string node;
  std::string op;
  double milliseconds = 0.0;
};

struct ExecutableInfo {
  std::size_t arena_bytes = 0;
  std::size_t weight_bytes = 0;    // as packed for the device
  std::size_t tap_slot_bytes = 0;  // of one run: all taps, encoded, batch included
  int dispatches = 0;              // kernels a run, taps not counted
  int tap_dispatches = 0;          // further kernels of a run that keeps its taps
};

// A graph made ready for one device and batch size. A run allocates nothing and compiles nothing.
// One run at a time; different executables may run on different threads.
class Executable {
 public:
  virtual ~Executable() = default;

  // Runs the network. `inputs` and `outputs` follow the graph's order and descriptions (batch
  // included). Where `tap_slot` is not empty it receives the encoded taps one after the other
  // (tensor/encoding.h); its size is info().tap_slot_bytes. An empty one costs nothing, and the
  // outputs are bit-identical either way. Throws Error: (Input, kInvalidShape | kInvalidType) for
  // views that differ from the graph; (Gpu, kDeviceLost | kTimeout | kOutOfMemory) for the world's
  // faults, after which this executable is unusable.
  virtual void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
                   std::span<std::byte> tap_slot = {}) = 0;

  // One run with timestamps around every node; slower than Run.
  virtual std::vector<NodeTime> Profile(std::span<const ConstTensorView> inputs,
                                        std::span<const TensorView> outputs) = 0;

  virtual const ExecutableInfo& info() const = 0;
};

// A device that can compile graphs. Thread-safe.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual std::string_view name() const = 0;  // "reference", "cpu", "vulkan"
  virtual std::string device()
      const = 0;  // "llvmpipe (LLVM 15.0.6, 256 bits), Vulkan 1.3.239", for figures

  // Passes (Optimize) are applied inside; the graph's own taps decide what can be kept.
  // Throws Error (Model, kUnsupported) that names every node it cannot run, (Gpu, kOutOfMemory)
  // with the bytes wanted.
  virtual std::unique_ptr<Executable> Compile(const Graph& graph,
                                              const CompileOptions& options) = 0;
};

// What a backend is on this machine, and why not where it is not.
struct BackendOffer {
  std::string backend;  // as Backend::name
  int device_index = 0;
  std::string device;  // empty where unavailable
  bool available = false;
  std::string reason;   // why unavailable, or why not preferred ("software rasteriser"); else empty
  bool is_gpu = false;  // a real one, integrated or discrete
};

// Shared by implementations: throws as Executable::Run documents. `graph` is the one that was
// compiled.
void CheckRunArguments(const Graph& graph, std::span<const ConstTensorView> inputs,
                       std::span<const TensorView> outputs, std::size_t tap_slot_size,
                       std::size_t tap_slot_bytes);

// Bytes of one run's encoded taps, and the encodings with the default filled in.
// Throws Error (Api, kMisuse) where the number of encodings is neither 0 nor that of the taps, and
// (Model, kUnsupported) for a tap that is not float32, as encodings are of float32 alone.
std::vector<Encoding> TapEncodings(const Graph& graph, const CompileOptions& options);
std::size_t TapSlotBytes(const Graph& graph, std::span<const Encoding> encodings);

}  // namespace vigil

#endif  // VIGIL_ENGINE_BACKEND_BACKEND_H_
