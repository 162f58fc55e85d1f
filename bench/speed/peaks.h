// What this machine can do at best, so that a speed is also a share of a limit.
#ifndef VIGIL_BENCH_SPEED_PEAKS_H_
#define VIGIL_BENCH_SPEED_PEAKS_H_

namespace vigil::bench {

struct Peaks {
  double gflops = 0.0;     // fused multiply-adds of float32 in registers, 2 a lane
  double int8_gops = 0.0;  // the same of bytes, summed in 32 bits; 0 where no instruction does it
  double copy_gb_second = 0.0;  // read and written, of blocks that no cache holds
};

// The best of several runs of a few milliseconds on so many threads.
Peaks MeasurePeaks(int threads);

}  // namespace vigil::bench

#endif  // VIGIL_BENCH_SPEED_PEAKS_H_
