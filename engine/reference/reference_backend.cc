#include "engine/reference/reference_backend.h"

#include <cstring>

namespace vigil {
namespace {

// One node with its operands resolved to memory; those that come from the caller are filled in at
// each run.
struct Step {
  const Node* node = nullptr;
  std::vector<ConstTensorView> inputs;
  std::vector<TensorView> outputs;
};

// Every value that a node makes has memory of its own, so that any can be looked at after a run.
class ReferenceExecutable final : public Executable {
 public:
  ReferenceExecutable(Graph graph, const CompileOptions& options)
      : graph_(std::move(graph)), encodings_(TapEncodings(graph_, options)) {
    buffers_.resize(graph_.values().size());
    views_.resize(graph_.values().size());
    for (std::size_t i = 0; i < views_.size(); ++i) {
      const Value& value = graph_.values()[i];
      if (value.constant) {
        views_[i] = value.constant->view();
        info_.weight_bytes += value.desc.bytes();
      }
    }
    for (const Node& node : graph_.nodes()) AddStep(node);
    info_.tap_slot_bytes = TapSlotBytes(graph_, encodings_);
    info_.dispatches = static_cast<int>(steps_.size());
    info_.tap_dispatches = static_cast<int>(graph_.taps().size());
  }

  void Run(std::span<const ConstTensorView> inputs, std::span<const TensorView> outputs,
           std::span<std::byte> tap_slot) override {
    CheckRunArguments(graph_, inputs, outputs, tap_slot.size(), info_.tap_slot_bytes);
    BindInputs(inputs);
    for (Step& step : steps_) RunStep(step);
    CopyOutputs(outputs);
    if (!tap_slot.empty()) EncodeTaps(tap_slot);
  }

  std::vector<NodeTime> Profile(std::span<const ConstTensorView> inputs,
                                std::span<const TensorView> outputs) override {
    CheckRunArguments(graph_, inputs, outputs, 0, info_.tap_slot_bytes);
    BindInputs(inputs);
    std::vector<NodeTime> times;
    for (Step& step : steps_) {
      const auto start = std::chrono::steady_clock::now();
      RunStep(step);
      const std::chrono::duration<double, std::milli> spent =
          std::chrono::steady_clock::now() - start;
      times.push_back({step.node->name, OpName(step.node->attrs), spent.count()});
    }
    CopyOutputs(outputs);
    return times;
  }

  const ExecutableInfo& info() const override { return info_; }

 private:
  ConstTensorView& view(ValueId id) { return views_[static_cast<std::size_t>(id)]; }

  void AddStep(const Node& node) {
    Step step{&node, std::vector<ConstTensorView>(node.inputs.size()), {}};
    for (const ValueId id : node.outputs) {
      Tensor& buffer = buffers_[static_cast<std::size_t>(id)];
      buffer = Tensor(graph_.value(id).desc);
      info_.arena_bytes += buffer.desc().bytes();
      view(id) = buffer.view();
      step.outputs.push_back(buffer.view());
    }
    steps_.push_back(std::move(step));
  }

  void BindInputs(std::span<const ConstTensorView> inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i) view(graph_.inputs()[i]) = inputs[i];
  }

  void RunStep(Step& step) {
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      step.inputs[i] = view(step.node->inputs[i]);
    }
    OpOf(step.node->attrs).reference(step.node->attrs, step.inputs, step.outputs);
  }

  void CopyOutputs(std::span<const TensorView> outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      std::memcpy(outputs[i].data, view(graph_.outputs()[i]).data, outputs[i].desc.bytes());
    }
  }

  void EncodeTaps(std::span<std::byte> tap_slot) {
    for (std::size_t i = 0; i < encodings_.size(); ++i) {
      const ConstTensorView tap = view(graph_.taps()[i]);
      const Shape& shape = tap.desc.shape;
      const std::size_t bytes = static_cast<std::size_t>(shape.rank() ? shape[0] : 1) *
                                EncodedSampleBytes(tap.desc, encodings_[i]);
      Encode(tap, encodings_[i], tap_slot.first(bytes));
      tap_slot = tap_slot.subspan(bytes);
    }
  }

  const Graph graph_;
  const std::vector<Encoding> encodings_;
  std::vector<Tensor> buffers_;         // by value; empty but for outputs of nodes
  std::vector<ConstTensorView> views_;  // by value: constants, buffers_, or the caller's inputs
  std::vector<Step> steps_;             // in the order of graph_.nodes()
  ExecutableInfo info_;
};

class ReferenceBackend final : public Backend {
 public:
  std::string_view name() const override { return "reference"; }
  std::string device() const override { return "plain loops, 1 thread"; }

  std::unique_ptr<Executable> Compile(const Graph& graph, const CompileOptions& options) override {
    return std::make_unique<ReferenceExecutable>(graph.WithBatch(options.batch), options);
  }
};

}  // namespace

std::shared_ptr<Backend> MakeReferenceBackend() { return std::make_shared<ReferenceBackend>(); }

}  // namespace vigil
