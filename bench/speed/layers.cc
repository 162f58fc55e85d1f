#include "bench/speed/layers.h"

#include <algorithm>
#include <iomanip>
#include <map>
#include <numeric>

#include "bench/figures.h"
#include "engine/graph/passes.h"

namespace vigil::bench {

std::vector<Layer> ProfileLayers(const Work& work, const std::string& device, int threads) {
  constexpr int kRuns = 15;
  const std::shared_ptr<Backend> backend = OpenDevice(device);
  const Graph graph = Optimize(Lowered(work, *backend));
  const auto executable = backend->Compile(graph, {.batch = work.batch, .threads = threads});
  std::vector<Tensor> outputs;
  std::vector<TensorView> out;
  for (const TensorDesc& desc : graph.Descs(graph.outputs())) outputs.emplace_back(desc);
  for (Tensor& output : outputs) out.push_back(output.view());
  std::map<std::string, std::vector<double>> times;
  for (int run = 0; run < kRuns; ++run) {
    for (const NodeTime& time : executable->Profile(work.views(), out))
      times[time.node].push_back(time.milliseconds);
  }
  std::vector<Layer> layers;
  for (const Node& node : graph.nodes()) {
    const OpCost cost =
        OpOf(node.attrs).cost(node.attrs, graph.Descs(node.inputs), graph.Descs(node.outputs));
    Layer layer{work.network,
                node.name,
                std::string(OpName(node.attrs)),
                work.int8(),
                2.0 * static_cast<double>(cost.macs),
                static_cast<double>(cost.bytes),
                Median(times[node.name])};
    if (layer.milliseconds > 0.0) layers.push_back(std::move(layer));
  }
  return layers;
}

void PrintLayers(const std::vector<Layer>& layers, const Peaks& peaks, std::ostream& out) {
  constexpr std::size_t kMost = 12;
  const double all =
      std::accumulate(layers.begin(), layers.end(), 0.0,
                      [](double sum, const Layer& layer) { return sum + layer.milliseconds; });
  std::vector<Layer> sorted = layers;
  std::ranges::stable_sort(sorted, std::greater(), &Layer::milliseconds);
  sorted.resize(std::min(sorted.size(), kMost));
  out << std::fixed;
  for (const Layer& layer : sorted) {
    const double gops = layer.operations / layer.milliseconds / 1e6;
    const bool bytes = layer.op.starts_with("QLinear") || layer.op.ends_with("Integer");
    const double peak = bytes ? peaks.int8_gops : peaks.gflops;
    out << "    " << std::left << std::setw(34) << layer.name << std::setw(18) << layer.op
        << std::right << std::setprecision(3) << std::setw(8) << layer.milliseconds << " ms"
        << std::setprecision(1) << std::setw(6) << 100.0 * layer.milliseconds / all << " %"
        << std::setprecision(0) << std::setw(7) << gops << " Gop/s";
    if (peak > 0.0) out << std::setw(5) << 100.0 * gops / peak << " % of peak";
    out << "\n";
  }
}

}  // namespace vigil::bench
