// A backend whose device is lost in chosen runs, for those who must survive it.
#ifndef VIGIL_TESTS_SUPPORT_LOSING_BACKEND_H_
#define VIGIL_TESTS_SUPPORT_LOSING_BACKEND_H_

#include <memory>
#include <utility>

#include "engine/backend/backend.h"
#include "engine/base/error.h"

namespace vigil::testing {

// Runs as `backend` does, but that the next losses() runs of its executables fail first.
class LosingBackend final : public Backend {
 public:
  explicit LosingBackend(std::shared_ptr<Backend> backend) : backend_(std::move(backend)) {}

  // How many runs are lost from here on, over all executables. Externally synchronised.
  int& losses() { return *losses_; }

  std::string_view name() const override { return backend_->name(); }
  std::string device() const override { return backend_->device(); }
  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    return std::make_unique<Losing>(backend_->Compile(graph, options), losses_);
  }

 private:
  class Losing final : public Executable {
   public:
    Losing(std::unique_ptr<Executable> executable, std::shared_ptr<int> losses)
        : executable_(std::move(executable)), losses_(std::move(losses)) {}
    void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
             std::span<std::byte> tap_slot) override {
      if (*losses_ > 0) {
        --*losses_;
        throw Error(Fault::kGpu, ErrorCode::kDeviceLost, "device lost, as the test wants it");
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
    std::shared_ptr<int> losses_;
  };

  std::shared_ptr<Backend> backend_;
  std::shared_ptr<int> losses_ = std::make_shared<int>(0);
};

}  // namespace vigil::testing

#endif  // VIGIL_TESTS_SUPPORT_LOSING_BACKEND_H_
