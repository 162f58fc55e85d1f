// What a device can do at best, so that a speed is also a share of a limit.
#ifndef VIGIL_BENCH_SPEED_PEAKS_H_
#define VIGIL_BENCH_SPEED_PEAKS_H_

#include <string>

namespace vigil::bench {

struct Peaks {
  double gflops = 0.0;  // fused multiply-adds of float32 in registers, 2 a lane
  // The same of bytes, summed in 32 bits; 0 where no instruction does it, or it was not measured.
  double int8_gops = 0.0;
  double copy_gb_second = 0.0;  // read and written, of blocks that no cache holds
};

// The best of several runs of a few milliseconds: the processor's, on so many threads.
Peaks MeasurePeaks(int threads);
// Of "vulkan:0", say: the whole device's, of floats and copies. Throws as MeasureVulkanPeaks.
Peaks MeasurePeaksOf(const std::string& device);
// "85 GFLOP/s in registers, copies 9 GB/s"
std::string PeaksText(const Peaks& peaks);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_SPEED_PEAKS_H_
