// The family GPU: devices, what they answer, and what happens when one is lost.
#include <array>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/text.h"
#include "engine/graph/builder.h"
#include "engine/session/backends.h"
#include "engine/session/session.h"
#include "engine/verify/layers.h"
#include "engine/verify/losing_backend.h"
#include "estimator/idle/gpu_load.h"
#include "tools/vigil/doctor/patient.h"
#include "tools/vigil/format.h"

namespace vigil::doctor {
namespace {

constexpr std::int64_t kMostMacs = std::int64_t{2}
                                   << 30;  // of a model that is checked layer by layer

// Convolution, depthwise convolution, residual, pooling and a matrix product: what most networks
// are made of.
Graph SmallNetwork() {
  std::mt19937 generator(5);
  std::normal_distribution<float> normal(0.0f, 0.3f);
  const auto random = [&](Shape shape) {
    Tensor tensor(TensorDesc{DType::kFloat32, shape});
    for (float& v : tensor.as<float>()) v = normal(generator);
    return tensor;
  };
  GraphBuilder builder;
  const ValueId x = builder.Input("image", {DType::kFloat32, {1, 3, 17, 19}});
  const ValueId first =
      builder.Add("first", ConvAttrs{.kernel = {3, 3}, .strides = {2, 2}, .pads = {1, 1, 1, 1}},
                  {x, builder.Constant("first.weight", random({8, 3, 3, 3}))});
  const ValueId relu = builder.Add("relu", UnaryAttrs{.kind = UnaryKind::kRelu}, {first});
  const ValueId depthwise =
      builder.Add("depthwise", ConvAttrs{.kernel = {3, 3}, .pads = {1, 1, 1, 1}, .groups = 8},
                  {relu, builder.Constant("depthwise.weight", random({8, 1, 3, 3}))});
  const ValueId sum = builder.Add("sum", BinaryAttrs{.kind = BinaryKind::kAdd}, {depthwise, relu});
  const ValueId pooled = builder.Add("pooled", GlobalPoolAttrs{}, {sum});
  const ValueId flat = builder.Add("flat", FlattenAttrs{.axis = 1}, {pooled});
  builder.Output(builder.Add("logits", GemmAttrs{},
                             {flat, builder.Constant("logits.weight", random({8, 5}))}));
  return std::move(builder).Build();
}

struct Drill {
  RunReport report;
  Tensor output;
};

Drill RunDrill(const std::shared_ptr<Backend>& backend, int losses) {
  const Graph graph = SmallNetwork();
  const std::vector<Tensor> inputs = RandomInputs(graph, 3);
  Session session(
      graph, std::make_shared<LosingBackend>(backend, "device lost, as the drill wants it", losses),
      {}, [] { return OpenBackend("cpu"); });
  Drill drill{{}, Tensor(graph.value(graph.outputs()[0]).desc)};
  drill.report = session.Run(std::array<ConstTensorView, 1>{inputs[0].view()},
                             std::array{drill.output.view()});
  return drill;
}

double Difference(const Tensor& a, const Tensor& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.as<float>().size(); ++i)
    most = std::max(most, std::abs(static_cast<double>(a.as<float>()[i]) -
                                   static_cast<double>(b.as<float>()[i])));
  return most;
}

Said SayDrill(const std::shared_ptr<Backend>& backend) {
  const Drill calm = RunDrill(backend, 0), once = RunDrill(backend, 1), gone = RunDrill(backend, 2);
  const double worst =
      std::max(Difference(calm.output, once.output), Difference(calm.output, gone.output));
  const bool came_back = !calm.report.recovered && once.report.recovered &&
                         once.report.backend == backend->name() && gone.report.recovered &&
                         gone.report.backend == "cpu" && gone.report.failure.has_value();
  const std::string found =
      Text("lost once: ", once.report.backend, " answered; lost again: ", gone.report.backend,
           " did; answers within ", FormatScientific(worst));
  if (!came_back || worst > 1e-4)
    return {Result::kFail, found, "Report this: T's caller would not get its answer."};
  return {Result::kOk, found, ""};
}

Said SayVerified(const Graph& graph, Backend& backend) {
  const LayerReport report = VerifyLayers(graph, RandomInputs(graph, 1), backend, {});
  double worst = 0.0;
  int outside = 0;
  for (const LayerCheck& layer : report.layers) {
    worst = std::max(worst, layer.deviation.ratio);
    outside += layer.deviation.within() ? 0 : 1;
  }
  if (const LayerCheck* first = report.FirstOutside()) {
    return {
        Result::kFail,
        Text(outside, " of ", report.layers.size(), " layers differ from the reference; first '",
             first->node, "' (", first->op, "): ", first->mismatch),
        "Update the driver; until then run on another device: --backend cpu."};
  }
  return {Result::kOk,
          Text("all ", report.layers.size(),
               " layers agree with the reference; nearest to its "
               "bound reaches ",
               FormatFixed(worst * 100.0, 0), " % of it"),
          ""};
}

bool HasRenderNode() {
  std::error_code failure;
  for (const auto& entry : std::filesystem::directory_iterator("/dev/dri", failure)) {
    if (entry.path().filename().string().starts_with("renderD")) return true;
  }
  return false;
}

Said SayOffer(const BackendOffer& offer) {
  if (offer.available) {
    return {Result::kOk,
            Text(offer.device.empty() ? offer.backend : offer.device,
                 offer.reason.empty() ? ", all that the shaders need" : ", " + offer.reason),
            ""};
  }
  if (!HasRenderNode() && offer.device.empty()) {
    return {Result::kSkipped, Text(offer.reason, "; there is no GPU here, and the CPU answers"),
            ""};
  }
  return {Result::kWarn, Text(offer.device, offer.device.empty() ? "" : ": ", offer.reason),
          "Install or update the GPU's Vulkan driver (1.1 or newer); until then the CPU answers."};
}

Said SayMemory(const Patient& patient) {
  std::ifstream in("/proc/meminfo");
  std::string word;
  std::uint64_t available = 0;
  while (in >> word) {
    if (word == "MemAvailable:" && in >> available) break;
  }
  if (available == 0) return {Result::kSkipped, "/proc/meminfo does not say", ""};
  available *= 1024;
  const std::shared_ptr<Backend> cpu = OpenBackend("cpu");
  std::uint64_t most = 0;
  std::string name = "none";
  for (const Model& model : patient.models) {
    if (!model.graph) continue;
    const ExecutableInfo info = cpu->Compile(*model.graph, {})->info();
    if (info.arena_bytes + info.weight_bytes <= most) continue;
    most = info.arena_bytes + info.weight_bytes;
    name = model.name;
  }
  const std::string found = Text("the largest, ", name, ", takes ", FormatBytes(most), "; ",
                                 FormatBytes(available), " are available");
  if (most * 2 > available) {
    return {Result::kWarn, found, "Free memory, or quantise the model: `vigil quantize`."};
  }
  return {Result::kOk, found, ""};
}

Said SayOthers(bool has_gpu) {
  if (!has_gpu) return {Result::kSkipped, "there is no GPU here", ""};
  GpuLoad load("/", getpid());
  std::vector<double> readings;
  std::string reason;
  for (int i = 0; i < 3; ++i) {
    const GpuLoad::Reading reading = load.Read(SystemClock().Monotonic());
    if (reading.others) readings.push_back(*reading.others);
    reason = reading.reason;
    if (i < 2) std::this_thread::sleep_for(std::chrono::milliseconds(1050));
  }
  if (readings.empty()) {
    return {Result::kSkipped, Text("nobody says how busy the GPU is: ", reason),
            "PE then takes care not to be in the way by T's activity alone."};
  }
  const double last = readings.back();
  const std::string found =
      Text("others keep the GPU busy for ", FormatFixed(last * 100.0, 0), " % of the time");
  const bool stuck = readings.size() == 3 && readings[0] == readings[1] &&
                     readings[1] == readings[2] && last >= 1.0;
  if (stuck) {
    return {Result::kWarn,
            Text(found, ", in ", readings.size(), " looks alike: a counter may stick"),
            "On some APUs gpu_busy_percent sticks at 100: let vigild look into processes, or turn "
            "the signal off ([idle] in vigild.toml)."};
  }
  if (last > 0.5)
    return {Result::kWarn, found, "PE waits for such times to end; T shares the device with them."};
  return {Result::kOk, found, ""};
}

}  // namespace

void CheckGpu(const Patient& patient, Findings& findings) {
  bool has_gpu = false;
  std::vector<std::shared_ptr<Backend>> backends;
  for (const BackendOffer& offer : ListBackends()) {
    if (offer.backend != "vulkan") continue;
    findings.Check(Fault::kGpu, "driver and limits", offer.device.empty() ? "Vulkan" : offer.device,
                   [&] { return SayOffer(offer); });
    has_gpu |= offer.available && offer.is_gpu;
    if (!offer.available) continue;
    findings.Check(
        Fault::kGpu, "opens", offer.device,
        [&] {
          backends.push_back(OpenBackend("vulkan", offer.device_index));
          return Said{Result::kOk, backends.back()->device(), ""};
        },
        "Update the driver; until then run on the CPU: --backend cpu.");
  }
  findings.Check(Fault::kGpu, "memory", "", [&] { return SayMemory(patient); });
  findings.Check(Fault::kGpu, "other processes", "", [&] { return SayOthers(has_gpu); });
  if (backends.empty()) {
    findings.Check(Fault::kGpu, "device-lost drill", "", [] {
      return Said{Result::kSkipped, "there is no device to lose", ""};
    });
  }
  backends.push_back(OpenBackend("cpu"));
  for (const std::shared_ptr<Backend>& backend : backends) {
    const std::string name(backend->name());
    if (name != "cpu")
      findings.Check(Fault::kGpu, "device-lost drill", name, [&] { return SayDrill(backend); });
    findings.Check(Fault::kGpu, Text("results, ", name), "small network",
                   [&] { return SayVerified(SmallNetwork(), *backend); });
    for (const Model& model : patient.models) {
      if (!model.graph) continue;
      findings.Check(Fault::kGpu, Text("results, ", name), model.name, [&] {
        if (model.graph->Cost().macs > kMostMacs)
          return Said{Result::kSkipped, "too large to do twice now: `vigil verify` does", ""};
        return SayVerified(*model.graph, *backend);
      });
    }
  }
}

}  // namespace vigil::doctor
