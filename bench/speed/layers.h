// Where the time of a network on one of our backends goes, layer by layer, and how far each is from
// what the device can do.
#ifndef VIGIL_BENCH_SPEED_LAYERS_H_
#define VIGIL_BENCH_SPEED_LAYERS_H_

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "bench/speed/contender.h"
#include "bench/speed/peaks.h"

namespace vigil::bench {

// A node of the compiled graph. What a kernel does for the nodes that follow counts as its own.
struct Layer {
  std::string network, name, op;
  bool int8 = false;
  double operations = 0.0;    // 2 a multiply-accumulate
  double bytes = 0.0;         // of inputs, weights and outputs, each once
  double milliseconds = 0.0;  // the median of several profiled runs
};

// Those that take any time, in the order of the graph, on a device as OursOn takes it. Throws Error
// (Gpu, kUnsupported) where it has no timestamps.
std::vector<Layer> ProfileLayers(const Work& work, const std::string& device, int threads);

// The layers that take the most time, with their share of it and of the peak.
void PrintLayers(const std::vector<Layer>& layers, const Peaks& peaks, std::ostream& out);

// Operations a second over operations a byte, both logarithmic: layers as points under the roofs
// of arithmetic (floats and bytes) and of copying. `where`: "cpu, 2 threads". Throws Error (Api,
// kIo) where it cannot write.
void WriteRoofline(const std::vector<Layer>& layers, const Peaks& peaks, const std::string& where,
                   const std::filesystem::path& file);
// A picture a device: FILE.svg for "cpu", FILE-vulkan.svg and FILE-vulkan1.svg for others.
std::filesystem::path RooflineFile(const std::filesystem::path& file, const std::string& device);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_SPEED_LAYERS_H_
