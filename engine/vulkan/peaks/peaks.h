// What a device can do at best, so that a kernel's speed is also a share of a limit. For benches
// and tests: no part of the product.
#ifndef VIGIL_ENGINE_VULKAN_PEAKS_PEAKS_H_
#define VIGIL_ENGINE_VULKAN_PEAKS_PEAKS_H_

namespace vigil {

struct VulkanPeaks {
  double gflops = 0.0;  // multiplications and additions of float32 in registers, 2 a lane
  // Read and written by a shader, by the fastest way that it has, of buffers that no cache holds.
  double copy_gb_second = 0.0;
};

// The best of several runs of some milliseconds, the whole device; of one that is this machine's
// processor by the processor time that they took, as if all cores were free. No other thread of the
// process may work meanwhile. `device` as VulkanOptions::device. Throws as MakeVulkanBackend, and
// Error (Gpu, kTimeout).
VulkanPeaks MeasureVulkanPeaks(int device);

}  // namespace vigil

#endif  // VIGIL_ENGINE_VULKAN_PEAKS_PEAKS_H_
