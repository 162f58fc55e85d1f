// A backend whose device is lost in chosen runs: for the drill of `vigil doctor`, and for the tests
// of those who must survive it.
#ifndef VIGIL_ENGINE_VERIFY_LOSING_BACKEND_H_
#define VIGIL_ENGINE_VERIFY_LOSING_BACKEND_H_

#include <memory>
#include <string>
#include <utility>

#include "engine/backend/backend.h"
#include "engine/base/error.h"

namespace vigil {

// Runs as `backend` does, but that the next losses() runs of its executables fail first, with Error
// (Gpu, kDeviceLost) of this message.
class LosingBackend final : public Backend {
 public:
  LosingBackend(std::shared_ptr<Backend> backend, std::string message, int losses = 0)
      : backend_(std::move(backend)),
        coming_(std::make_shared<Coming>(Coming{losses, std::move(message)})) {}

  // How many runs are lost from here on, over all executables. Externally synchronised.
  int& losses() { return coming_->losses; }

  std::string_view name() const override { return backend_->name(); }
  std::string device() const override { return backend_->device(); }
  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    return std::make_unique<Losing>(backend_->Compile(graph, options), coming_);
  }

 private:
  struct Coming {
    int losses = 0;
    std::string message;
  };

  class Losing final : public Executable {
   public:
    Losing(std::unique_ptr<Executable> executable, std::shared_ptr<Coming> coming)
        : executable_(std::move(executable)), coming_(std::move(coming)) {}
    void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
             std::span<std::byte> tap_slot) override {
      if (coming_->losses > 0) {
        --coming_->losses;
        throw Error(Fault::kGpu, ErrorCode::kDeviceLost, coming_->message);
      }
      executable_->Run(inputs, outputs, tap_slot);
    }
    std::vector<NodeTime> Profile(std::span<const ConstTensorView> inputs,
                                  std::span<const TensorView> outputs) override {
      return executable_->Profile(inputs, outputs);
    }
    const ExecutableInfo& info() const override { return executable_->info(); }

   private:
    std::unique_ptr<Executable> executable_;
    std::shared_ptr<Coming> coming_;
  };

  std::shared_ptr<Backend> backend_;
  std::shared_ptr<Coming> coming_;
};

}  // namespace vigil

#endif  // VIGIL_ENGINE_VERIFY_LOSING_BACKEND_H_
