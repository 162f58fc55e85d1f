#include "estimator/training/adversarial.h"

#include <algorithm>
#include <numbers>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/data/views.h"
#include "estimator/training/torch_executor.h"
#include "estimator/training/torch_network.h"
#include "estimator/training/torch_ops.h"

namespace vigil {
namespace {

using training::TorchNetwork;

constexpr std::int64_t kBatch = 32;

// Grows where T's answers move away from the truth.
at::Tensor Harm(const at::Tensor& output, const Task& task, const std::vector<Sample>& samples) {
  std::vector<std::int64_t> decisions;
  for (const Sample& sample : samples) decisions.push_back(task.TrueDecision(sample.truth));
  const at::Tensor truth = at::tensor(decisions, at::kLong);
  if (task.kind == Task::Kind::kClassification)
    return at::cross_entropy_loss(output, truth, {}, at::Reduction::Sum);
  const at::Tensor angles = output.narrow(1, 0, 2) * (kPoseUnit * std::numbers::pi / 180.0);
  const at::Tensor facing = angles.cos().prod(1);  // above the threshold where T says "facing"
  return (facing * (1 - 2 * truth)).sum();
}

// [N, 3, S, S] of 0 to 255.
at::Tensor PixelsOf(const std::vector<Sample>& samples) {
  const Image& first = samples.front().image;
  const auto count = static_cast<std::int64_t>(samples.size());
  at::Tensor pixels = at::empty({count, first.height, first.width, 3}, at::kByte);
  auto* out = pixels.data_ptr<std::uint8_t>();
  for (const Sample& sample : samples) out = std::ranges::copy(sample.image.rgb, out).out;
  return pixels.permute({0, 3, 1, 2}).to(at::kFloat).contiguous();
}

void WritePixels(const at::Tensor& pixels, std::vector<Sample>& samples) {
  const at::Tensor bytes =
      pixels.round().clamp(0, 255).to(at::kByte).permute({0, 2, 3, 1}).contiguous();
  const auto* from = bytes.data_ptr<std::uint8_t>();
  for (Sample& sample : samples) {
    std::copy_n(from, sample.image.rgb.size(), sample.image.rgb.begin());
    from += sample.image.rgb.size();
  }
}

at::Tensor ByChannel(const std::array<float, 3>& values) {
  return at::tensor({values[0], values[1], values[2]}).view({1, 3, 1, 1});
}

at::Tensor Attack(TorchNetwork& network, const Task& task, const Normalisation& normalisation,
                  const AttackOptions& options, const std::vector<Sample>& samples) {
  const double epsilon = options.epsilon;
  const double length = options.steps == 1 ? epsilon : epsilon / 4.0;
  const at::Tensor clean = PixelsOf(samples);
  at::Tensor pixels = clean.clone();
  if (options.steps > 1)
    pixels = (pixels + at::empty_like(pixels).uniform_(-epsilon, epsilon)).clamp(0, 255);
  for (int step = 0; step < options.steps; ++step) {
    const at::Tensor moved = pixels.detach().set_requires_grad(true);
    const at::Tensor input =
        (moved / 255.0 - ByChannel(normalisation.mean)) / ByChannel(normalisation.stddev);
    const at::Tensor output =
        network.Forward({input.contiguous(at::MemoryFormat::ChannelsLast)}, false).front();
    Harm(output, task, samples).backward();
    const at::Tensor to = pixels + length * moved.grad().sign();
    pixels = at::max(at::min(to, clean + epsilon), clean - epsilon).clamp(0, 255).detach();
  }
  return pixels;
}

}  // namespace

std::string AttackName(const AttackOptions& options) {
  return Text(options.steps == 1 ? "FGSM" : Text("PGD-", options.steps), ", ", options.epsilon,
              "/255");
}

std::shared_ptr<const Dataset> Attacked(const Dataset& base, const Graph& target, const Task& task,
                                        const Normalisation& normalisation,
                                        const AttackOptions& options,
                                        const std::function<void(std::int64_t)>& on_image) {
  if (options.epsilon <= 0 || options.steps <= 0) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("attack of ", options.steps, " steps within ", options.epsilon,
                     "/255: expected more than 0 of each"));
  }
  TorchExecutor executor(target, "cpu");
  // Gradients of the weights are of no use here.
  for (auto& learned : executor.network().learned()) learned.tensor.set_requires_grad(false);
  std::vector<Sample> attacked;
  for (std::int64_t first = 0; first < base.size(); first += kBatch) {
    std::vector<Sample> samples;
    for (std::int64_t i = first; i < std::min(first + kBatch, base.size()); ++i)
      samples.push_back(base.Get(i));
    training::Guarded(Text("attack on images from ", first), [&] {
      at::manual_seed(Hasher().Add(options.seed).Add(static_cast<std::uint64_t>(first)).value());
      WritePixels(Attack(executor.network(), task, normalisation, options, samples), samples);
    });
    std::ranges::move(samples, std::back_inserter(attacked));
    if (on_image) on_image(static_cast<std::int64_t>(attacked.size()));
  }
  return Held(Text(base.name(), ", ", AttackName(options)), std::move(attacked));
}

}  // namespace vigil
