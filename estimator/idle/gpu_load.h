// How busy others keep the GPU.
#ifndef VIGIL_ESTIMATOR_IDLE_GPU_LOAD_H_
#define VIGIL_ESTIMATOR_IDLE_GPU_LOAD_H_

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace vigil {

// Two sources, both without our own use; the first that says something counts:
//   proc/*/fdinfo/*   drm-engine-* of the processes that this user may look into: nanoseconds of
//                     work a DRM client (Documentation/gpu/drm-usage-stats.rst). The busiest engine
//                     counts. It says something where a process besides ours shows.
//   gpu_busy_percent  of sys/class/drm/card*/device (amdgpu). On some APUs it sticks at 100, which
//                     no file tells from a GPU that is busy: the policy's reason names it, and who
//                     sees it lets this user look into processes or turns the signal off.
// One thread; never throws.
class GpuLoad {
 public:
  struct Reading {
    std::optional<double> others;  // 0 to 1
    std::string reason;            // why there is none
  };

  // `self`: our process's number below proc.
  GpuLoad(std::string root, std::int64_t self);

  // Since the last call; looks at most once a second, closer calls repeat the last reading.
  Reading Read(std::chrono::nanoseconds now);

 private:
  // Nanoseconds of work by engine.
  struct Times {
    std::map<std::string, std::int64_t> own, others;
  };
  Times ReadTimes() const;
  std::optional<double> ReadBusy() const;
  Reading Judge(std::chrono::nanoseconds elapsed, const Times& times) const;

  const std::string root_;
  const std::int64_t self_;
  Times last_times_;
  std::optional<std::chrono::nanoseconds> last_look_;
  Reading last_;
};

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_IDLE_GPU_LOAD_H_
