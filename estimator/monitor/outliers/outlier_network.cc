#include "estimator/monitor/outliers/outlier_network.h"

#include <utility>

#include "engine/base/error.h"

namespace vigil {

OutlierNetwork::OutlierNetwork(Session session, std::int64_t batch)
    : session_(std::move(session)), batch_(batch) {
  VIGIL_CHECK(batch_ >= 1);
  Allocate();
}

void OutlierNetwork::Allocate() {
  const Graph& graph = session_.graph();
  outputs_.clear();
  for (const TensorDesc& desc : graph.Descs(graph.outputs()))
    outputs_.emplace_back(TensorDesc{desc.dtype, desc.shape.With(0, batch_)});
}

void OutlierNetwork::SetBatch(std::int64_t batch) {
  VIGIL_CHECK(batch >= 1);
  session_.Release(batch_);
  batch_ = batch;
  Allocate();
}

RunReport OutlierNetwork::Run(std::span<const ConstTensorView> taps) {
  std::vector<TensorView> views;
  for (Tensor& output : outputs_) views.push_back(output.view());
  return session_.Run(taps, views);
}

std::span<const float> OutlierNetwork::RowOf(std::string_view output, std::int64_t row) const {
  const Graph& graph = session_.graph();
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    if (graph.value(graph.outputs()[i]).name != output) continue;
    const std::span<const float> all = outputs_[i].as<float>();
    const std::size_t size = all.size() / static_cast<std::size_t>(batch_);
    return all.subspan(static_cast<std::size_t>(row) * size, size);
  }
  return {};
}

OutlierOutputs OutlierNetwork::Row(std::int64_t row) const {
  VIGIL_CHECK(row >= 0 && row < batch_);
  return {.latent = RowOf("latent", row),
          .log_variance = RowOf("log_variance", row),
          .classes = RowOf("classes", row),
          .view = RowOf("view", row),
          .reconstruction = RowOf("reconstruction", row)};
}

}  // namespace vigil
