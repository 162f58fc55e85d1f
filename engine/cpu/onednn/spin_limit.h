// Keeps oneDNN's threads from burning the cores while they wait for each other.
#ifndef VIGIL_ENGINE_CPU_ONEDNN_SPIN_LIMIT_H_
#define VIGIL_ENGINE_CPU_ONEDNN_SPIN_LIMIT_H_

namespace vigil::cpu::onednn {

// GNU OpenMP lets a thread that waits spin for milliseconds, and reads how long from the
// environment before main begins, where a library cannot set it. But it spins for microseconds only
// while the process has more OpenMP threads than cores. So this starts once, for the life of the
// process, a team of one thread more than there are cores, which sleeps.
//
// MobileNetV2 at batch 1 on 2 threads, on 2 cores with a load of 14: median 1.4 s with the
// runtime's own spin of 300,000 rounds, 0.08 s with this.
//
// Does nothing where OMP_WAIT_POLICY or GOMP_SPINCOUNT say what the user wants. Thread-safe.
void LimitSpinning();

}  // namespace vigil::cpu::onednn

#endif  // VIGIL_ENGINE_CPU_ONEDNN_SPIN_LIMIT_H_
