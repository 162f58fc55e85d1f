#include "estimator/training/trainer.h"

#include <chrono>
#include <cmath>
#include <cstring>
#include <utility>

#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"
#include "estimator/training/checkpoint.h"
#include "estimator/training/prefetcher.h"
#include "estimator/training/torch_losses.h"
#include "estimator/training/torch_network.h"
#include "estimator/training/torch_ops.h"
#include "estimator/training/torch_optimizer.h"

namespace vigil {
namespace {

using training::Checkpoint;
using training::TorchNetwork;
using training::TorchOptimizer;

double Seconds(std::chrono::nanoseconds span) {
  return std::chrono::duration<double>(span).count();
}

void CheckOptions(const Graph& graph, const TrainOptions& options, const TrainingSource& source) {
  const bool fine = options.epochs > 0 && source.steps_per_epoch() > 0 &&
                    options.optimizer.learning_rate > 0.0f && options.source_threads > 0 &&
                    options.prepared_batches > 0 && options.schedule.milestone_epochs > 0;
  if (options.auxiliary && graph.outputs().size() < 2) {
    throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
                Text("auxiliary loss on a network of ", graph.outputs().size(),
                     " output: expected a second one"));
  }
  if (fine) return;
  throw Error(Fault::kTraining, ErrorCode::kInvalidValue,
              Text("training of ", options.epochs, " epochs of ", source.steps_per_epoch(),
                   " steps, learning rate ", options.optimizer.learning_rate, ", ",
                   options.source_threads, " source threads: expected more than 0 of each"));
}

std::string Describe(const LossOptions& loss) {
  std::string text = Text(static_cast<int>(loss.kind), " ", loss.label_smoothing, " ",
                          loss.smooth_l1_beta, " ", loss.cause_weight, " [");
  for (const float weight : loss.class_weights) text += Text(weight, " ");
  return text + "]";
}

// What a checkpoint must agree in: everything that changes the numbers but for the epochs, so that
// a constant schedule can be prolonged.
std::uint64_t Fingerprint(const Graph& graph, const TrainOptions& options, int steps) {
  const OptimizerOptions& optimizer = options.optimizer;
  const ScheduleOptions& schedule = options.schedule;
  Hasher hasher;
  for (const Value& value : graph.values()) {
    hasher.Add(Text(value.name, " ", value.desc.shape));
    if (value.constant) hasher.Add(value.constant->bytes());
  }
  const bool needs_epochs = schedule.kind == ScheduleOptions::Kind::kCosine;
  hasher.Add(Text(Describe(options.loss), " ", static_cast<int>(optimizer.kind), " ",
                  optimizer.learning_rate, " ", optimizer.momentum, " ", optimizer.weight_decay,
                  " ", optimizer.gradient_limit, " ", optimizer.output_rate, " ",
                  static_cast<int>(schedule.kind), " ", schedule.milestone_epochs, " ",
                  schedule.factor, " ", schedule.warmup_epochs, " ",
                  needs_epochs ? options.epochs : 0, " ", options.seed, " ", steps));
  if (options.auxiliary)
    hasher.Add(Text(options.auxiliary->weight, " ", Describe(options.auxiliary->loss)));
  return hasher.value();
}

// Thins the losses of steps to the points of a curve. An epoch begins with none pending.
class CurveRecorder {
 public:
  explicit CurveRecorder(LearningCurve curve = {}) : curve_(std::move(curve)) {}

  void Add(double loss, int epoch, int step, int steps) {
    sum_ += loss;
    ++count_;
    if ((step + 1) * kCurvePointsAnEpoch / steps == step * kCurvePointsAnEpoch / steps) return;
    curve_.push_back({epoch + static_cast<double>(step + 1) / steps, sum_ / count_});
    sum_ = 0.0;
    count_ = 0;
  }
  const LearningCurve& curve() const { return curve_; }

 private:
  LearningCurve curve_;
  double sum_ = 0.0;  // of the steps since the last point
  int count_ = 0;
};

// One run of Train.
class Trainer {
 public:
  Trainer(const Graph& graph, const TrainOptions& options, TrainingSource& source,
          const TrainingCallbacks& callbacks)
      : options_(options),
        source_(source),
        callbacks_(callbacks),
        steps_(source.steps_per_epoch()),
        fingerprint_(Fingerprint(graph, options, steps_)),
        executor_(graph, options.device),
        optimizer_(options.optimizer, executor_.network().learned()) {}

  TrainResult Run() {
    const int first = Resume();
    if (first < options_.epochs) Epochs(first);
    return {executor_.ToGraph(), last_loss_, first, curve_.curve()};
  }

 private:
  std::vector<at::Tensor> State() {
    std::vector<at::Tensor> state = executor_.network().State();
    state.insert(state.end(), optimizer_.state().begin(), optimizer_.state().end());
    return state;
  }

  int Resume() {
    if (options_.checkpoint.empty()) return 0;
    const auto checkpoint = training::LoadCheckpoint(options_.checkpoint, fingerprint_);
    if (!checkpoint) return 0;
    std::vector<at::Tensor> state = State();
    const at::NoGradGuard no_gradients;
    for (std::size_t i = 0; i < state.size(); ++i) {
      // The fingerprint vouches for number and sizes.
      VIGIL_CHECK(checkpoint->tensors.size() == state.size() &&
                  static_cast<std::int64_t>(checkpoint->tensors[i].size()) == state[i].numel());
      const Tensor host(Shape{state[i].numel()}, checkpoint->tensors[i]);
      state[i].copy_(training::Borrow(host.view()).view(state[i].sizes()));
    }
    optimizer_.set_steps(checkpoint->optimizer_steps);
    last_loss_ = checkpoint->last_loss;
    curve_ = CurveRecorder(checkpoint->curve);
    return checkpoint->epochs_done;
  }

  void SaveState(int epochs_done) {
    if (options_.checkpoint.empty()) return;
    Checkpoint checkpoint{fingerprint_, epochs_done,    optimizer_.steps(),
                          last_loss_,   curve_.curve(), {}};
    for (const at::Tensor& tensor : State()) {
      const Tensor host = training::ToHost(tensor);
      checkpoint.tensors.emplace_back(host.as<float>().begin(), host.as<float>().end());
    }
    training::SaveCheckpoint(checkpoint, options_.checkpoint);
  }

  void Epochs(int first) {
    const std::int64_t count = std::int64_t{options_.epochs - first} * steps_;
    training::Prefetcher batches(count, options_.source_threads, options_.prepared_batches,
                                 [&](std::int64_t ticket) {
                                   return source_.Get(first + static_cast<int>(ticket / steps_),
                                                      static_cast<int>(ticket % steps_));
                                 });
    const auto begin = SystemClock().Monotonic();
    std::int64_t done = 0, images = 0;
    for (int epoch = first; epoch < options_.epochs; ++epoch) {
      const auto epoch_begin = SystemClock().Monotonic();
      double sum = 0.0;
      for (int step = 0; step < steps_; ++step) {
        const TrainingBatch batch = batches.Next();
        const float rate =
            LearningRateAt(options_.schedule, options_.optimizer.learning_rate,
                           epoch + static_cast<double>(step) / steps_, options_.epochs);
        const double loss = Step(batch, epoch, step, rate);
        sum += loss;
        images += batch.inputs.front().shape()[0];
        ++done;
        curve_.Add(loss, epoch, step, steps_);
        if (!callbacks_.on_step) continue;
        const double elapsed = Seconds(SystemClock().Monotonic() - begin);
        callbacks_.on_step(
            {epoch, options_.epochs, step, steps_, loss, sum / (step + 1), rate,
             static_cast<double>(images) / elapsed,
             elapsed / static_cast<double>(done) * static_cast<double>(count - done)});
      }
      last_loss_ = sum / steps_;
      if (callbacks_.on_epoch) {
        const double seconds = Seconds(SystemClock().Monotonic() - epoch_begin);
        callbacks_.on_epoch({epoch, last_loss_, seconds, executor_});
      }
      SaveState(epoch + 1);
    }
  }

  double Step(const TrainingBatch& batch, int epoch, int step, float rate) {
    at::manual_seed(Hasher()
                        .Add(options_.seed)
                        .Add(static_cast<std::uint64_t>(epoch))
                        .Add(static_cast<std::uint64_t>(step))
                        .value());
    TorchNetwork& network = executor_.network();
    std::vector<ConstTensorView> views;
    for (const Tensor& input : batch.inputs) views.push_back(input.view());
    optimizer_.ClearGradients();
    const std::vector<at::Tensor> inputs = network.Inputs(views);
    const std::vector<at::Tensor> outputs = network.Forward(inputs, /*training=*/true);
    at::Tensor loss = training::Loss(options_.loss, outputs.front(), batch.targets.view());
    if (const auto& auxiliary = options_.auxiliary) {
      loss = loss + auxiliary->weight * training::Loss(auxiliary->loss, outputs.at(1),
                                                       batch.auxiliary_targets.view());
    }
    const double value = loss.item<float>();
    if (!std::isfinite(value)) Diverged(inputs, value, epoch, step, rate);
    training::Guarded(Text("backward run of epoch ", epoch, ", step ", step),
                      [&] { loss.backward(); });
    optimizer_.Step(rate);
    return value;
  }

  [[noreturn]] void Diverged(const std::vector<at::Tensor>& inputs, double loss, int epoch,
                             int step, float rate) {
    bool finite = true;
    for (const at::Tensor& input : inputs) finite = finite && input.isfinite().all().item<bool>();
    throw Error(Fault::kTraining, ErrorCode::kDiverged,
                Text("loss is ", loss, " in epoch ", epoch, ", step ", step, " of ", steps_,
                     " at learning rate ", rate, ": expected a finite number; the batch ",
                     finite ? "is finite, so the weights are not: lower the learning rate"
                            : "itself holds values that are not finite"));
  }

  const TrainOptions& options_;
  TrainingSource& source_;
  const TrainingCallbacks& callbacks_;
  const int steps_;
  const std::uint64_t fingerprint_;
  TorchExecutor executor_;
  TorchOptimizer optimizer_;
  double last_loss_ = 0.0;
  CurveRecorder curve_;
};

}  // namespace

TrainResult Train(const Graph& graph, const TrainOptions& options, TrainingSource& source,
                  const TrainingCallbacks& callbacks) {
  CheckOptions(graph, options, source);
  SetTrainingThreads(options.threads);
  return Trainer(graph, options, source, callbacks).Run();
}

}  // namespace vigil
