// A Program with its memory, ready to run.
#ifndef VIGIL_ENGINE_CPU_PROGRAM_EXECUTABLE_H_
#define VIGIL_ENGINE_CPU_PROGRAM_EXECUTABLE_H_

#include <functional>
#include <memory>
#include <vector>

#include "engine/cpu/arithmetics.h"
#include "engine/cpu/program/program.h"
#include "engine/cpu/program/team.h"

namespace vigil::cpu::VIGIL_CPU_ARITHMETIC {

class CpuExecutable : public CompiledGraph {
 public:
  // `graph` is the optimised one, at the batch of `options`.
  CpuExecutable(Graph graph, const CompileOptions& options);

  void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
           std::span<std::byte> tap_slot) override;
  std::vector<NodeTime> Profile(std::span<const ConstTensorView> inputs,
                                std::span<const TensorView> outputs) override;
  const ExecutableInfo& info() const override { return info_; }
  std::int64_t plain_operations() const override { return program_.plain_operations; }

 private:
  void Build();
  void Place();
  void BindCaller(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
                  std::span<std::byte> tap_slot);
  // Lets windows show this part of the batch.
  void MoveWindows(int part);
  // Runs the steps; `done` (may be null) is told the step's index after each.
  void Execute(bool keep_taps, const std::function<void(std::size_t)>* done);
  void Execute(std::size_t step, bool keep_taps, const std::function<void(std::size_t)>* done);

  const Graph graph_;
  const CompileOptions options_;
  Team team_;

  Program program_;
  std::unique_ptr<AlignedBuffer> arena_;
  std::vector<std::byte*> pointers_;  // by slot
  std::vector<std::size_t> windows_;  // slots that are
  ExecutableInfo info_;
};

}  // namespace vigil::cpu::VIGIL_CPU_ARITHMETIC

#endif  // VIGIL_ENGINE_CPU_PROGRAM_EXECUTABLE_H_
