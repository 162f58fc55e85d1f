#include "estimator/training/torch_network.h"

#include <algorithm>
#include <cstring>

#include "engine/base/text.h"
#include "estimator/training/torch_ops.h"

namespace vigil::training {
namespace {

// oneDNN's convolutions, forward and backward, work on this layout without reordering.
at::Tensor InLayout(const at::Tensor& tensor) {
  return tensor.dim() == 4 ? tensor.contiguous(at::MemoryFormat::ChannelsLast)
                           : tensor.contiguous();
}

at::Device DeviceFromName(const std::string& name) {
  try {
    const at::Device device(name);
    at::empty({1}, at::TensorOptions().device(device));
    return device;
  } catch (const std::exception&) {
    throw Error(Fault::kGpu, ErrorCode::kUnavailable,
                Text("training device '", name, "' is not offered by this libtorch: expected cpu"));
  }
}

// Scales that are no weights: decay leaves them alone.
bool Normalises(const Node& node) {
  return std::holds_alternative<BatchNormAttrs>(node.attrs) ||
         std::holds_alternative<InstanceNormAttrs>(node.attrs);
}

bool IsBatchNorm(const Node& node) { return std::holds_alternative<BatchNormAttrs>(node.attrs); }

bool Learns(const Node& node) {
  return std::holds_alternative<ConvAttrs>(node.attrs) ||
         std::holds_alternative<ConvTransposeAttrs>(node.attrs) ||
         std::holds_alternative<GemmAttrs>(node.attrs) ||
         std::holds_alternative<MatMulAttrs>(node.attrs) ||
         std::holds_alternative<InstanceNormAttrs>(node.attrs) || IsBatchNorm(node);
}

}  // namespace

at::Tensor Borrow(ConstTensorView view) {
  VIGIL_CHECK(view.desc.dtype == DType::kFloat32 || view.desc.dtype == DType::kInt32);
  const auto dims = view.desc.shape.dims();
  // libtorch has no tensor of constants; nobody writes through this one.
  return at::from_blob(const_cast<void*>(view.data), at::IntArrayRef(dims.data(), dims.size()),
                       view.desc.dtype == DType::kFloat32 ? at::kFloat : at::kInt);
}

Tensor ToHost(const at::Tensor& tensor) {
  const at::Tensor plain = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
  Tensor host(TensorDesc{DType::kFloat32, Shape(std::span<const std::int64_t>(
                                              plain.sizes().data(), plain.sizes().size()))});
  std::memcpy(host.bytes().data(), plain.data_ptr(), host.bytes().size());
  return host;
}

TorchNetwork::TorchNetwork(const Graph& graph, const std::string& device)
    : graph_(graph), device_(DeviceFromName(device)) {
  for (const ValueId id : graph_.inputs()) {
    const Value& input = graph_.value(id);
    if (input.desc.dtype == DType::kFloat32) continue;
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("input '", input.name, "' is ", DTypeName(input.desc.dtype),
                     ": expected float32 for training"));
  }
  for (const Node& node : graph_.nodes()) {
    Guarded(Text("node '", node.name, "'"), [&] { CheckSupported(node.attrs); });
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      if (!graph_.value(id).constant || constants_.contains(id)) continue;
      AddConstant(id);
      if (!Learns(node)) continue;
      if (IsBatchNorm(node) && i >= 3) {
        statistics_.push_back(id);
      } else {
        const at::Tensor& tensor = constants_.at(id).set_requires_grad(true);
        const bool makes_output =
            std::ranges::find(graph_.outputs(), node.outputs.front()) != graph_.outputs().end();
        learned_.push_back({id, tensor, i == 1 && !Normalises(node), makes_output});
      }
    }
  }
  std::vector<bool> needed(graph_.values().size(), false);
  for (const ValueId id : graph_.outputs()) needed[static_cast<std::size_t>(id)] = true;
  for (const ValueId id : graph_.taps()) needed[static_cast<std::size_t>(id)] = true;
  dead_after_.resize(graph_.nodes().size());
  for (std::size_t n = graph_.nodes().size(); n-- > 0;) {
    for (const ValueId id : graph_.nodes()[n].inputs) {
      if (graph_.value(id).constant || needed[static_cast<std::size_t>(id)]) continue;
      needed[static_cast<std::size_t>(id)] = true;
      dead_after_[n].push_back(id);
    }
  }
}

void TorchNetwork::AddConstant(ValueId id) {
  const Value& value = graph_.value(id);
  if (value.desc.dtype != DType::kFloat32) {
    throw Error(Fault::kModel, ErrorCode::kUnsupported,
                Text("constant '", value.name, "' is ", DTypeName(value.desc.dtype),
                     ": expected float32 for training"));
  }
  constants_[id] = InLayout(Borrow(value.constant->view()).clone().to(device_));
}

std::vector<at::Tensor> TorchNetwork::Inputs(std::span<const ConstTensorView> views) const {
  if (views.size() != graph_.inputs().size()) {
    throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                Text("network has ", graph_.inputs().size(), " inputs, got ", views.size()));
  }
  std::vector<at::Tensor> tensors;
  for (std::size_t i = 0; i < views.size(); ++i) {
    const Value& input = graph_.value(graph_.inputs()[i]);
    const TensorDesc& got = views[i].desc;
    const Shape& wanted = input.desc.shape;
    if (got.dtype != DType::kFloat32) {
      throw Error(Fault::kInput, ErrorCode::kInvalidType,
                  Text("input '", input.name, "' is ", DTypeName(got.dtype), ": expected float32"));
    }
    const bool fits = got.shape.rank() == wanted.rank() && wanted.rank() > 0 && got.shape[0] > 0 &&
                      got.shape.With(0, wanted[0]) == wanted &&
                      got.shape[0] == views.front().desc.shape[0];
    if (!fits) {
      throw Error(Fault::kInput, ErrorCode::kInvalidShape,
                  Text("input '", input.name, "' is ", got.shape, ": expected ", wanted,
                       " of any batch, the same for all inputs"));
    }
    tensors.push_back(InLayout(Borrow(views[i]).clone().to(device_)));
  }
  return tensors;
}

std::vector<at::Tensor> TorchNetwork::Forward(const std::vector<at::Tensor>& inputs,
                                              bool training) {
  std::vector<at::Tensor> values(graph_.values().size());
  for (const auto& [id, tensor] : constants_) values[static_cast<std::size_t>(id)] = tensor;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    values[static_cast<std::size_t>(graph_.inputs()[i])] = inputs[i];
  }
  std::vector<at::Tensor> in;
  for (std::size_t n = 0; n < graph_.nodes().size(); ++n) {
    const Node& node = graph_.nodes()[n];
    in.clear();
    for (const ValueId id : node.inputs) in.push_back(values[static_cast<std::size_t>(id)]);
    const ValueId out = node.outputs.front();
    try {
      values[static_cast<std::size_t>(out)] =
          ApplyOp(node.attrs, in, graph_.value(out).desc, training);
    } catch (...) {
      ThrowAsError(Text("node '", node.name, "' (", OpName(node.attrs), ")"));
    }
    for (const ValueId id : dead_after_[n]) values[static_cast<std::size_t>(id)] = at::Tensor();
  }
  std::vector<at::Tensor> results;
  for (const ValueId id : graph_.outputs()) results.push_back(values[static_cast<std::size_t>(id)]);
  for (const ValueId id : graph_.taps()) results.push_back(values[static_cast<std::size_t>(id)]);
  return results;
}

std::vector<at::Tensor> TorchNetwork::State() const {
  std::vector<at::Tensor> state;
  for (const Learned& learned : learned_) state.push_back(learned.tensor);
  for (const ValueId id : statistics_) state.push_back(constants_.at(id));
  return state;
}

Graph TorchNetwork::ToGraph() const {
  std::map<ValueId, std::shared_ptr<const Tensor>> constants;
  for (const auto& [id, tensor] : constants_) {
    constants[id] = std::make_shared<const Tensor>(ToHost(tensor));
  }
  return graph_.WithConstants(constants);
}

}  // namespace vigil::training
