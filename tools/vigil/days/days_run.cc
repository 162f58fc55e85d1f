#include <chrono>
#include <utility>

#include "engine/base/text.h"
#include "engine/session/backends.h"
#include "engine/session/precision.h"
#include "estimator/data/cifar10.h"
#include "estimator/data/heads/rendered_heads.h"
#include "estimator/data/views.h"
#include "estimator/models/model_files.h"
#include "tools/vigil/days/days.h"
#include "tools/vigil/days/device.h"
#include "tools/vigil/progress.h"

namespace vigil {
namespace {

// Apart from every seed that training, calibration, evaluation and the demo use.
constexpr std::uint64_t kHeadsDays = 950000;

std::shared_ptr<const Dataset> OpenPool(const DaysOptions& options) {
  if (options.dataset == "cifar10") {
    const auto test = OpenCifar10(options.root, {kCifarTestBatch});
    return Held(*Slice(test, 0, std::min(options.pool, test->size())));
  }
  Progress progress("heads", options.json);
  return Held(*OpenRenderedHeads(kHeadsDays + options.world.seed, options.pool),
              [&](std::int64_t done) {
                progress.Update(static_cast<double>(done) / static_cast<double>(options.pool),
                                Text(done, " of ", options.pool, " heads"));
              });
}

PassParts MakeParts(const DaysOptions& options, const JudgedModels& models,
                    const std::shared_ptr<Backend>& backend) {
  MonitorOptions monitors;
  monitors.outliers =
      options.monitor.empty() ? FindModel(models.task.name + "_monitor").string() : options.monitor;
  monitors.target = models.target_path;
  monitors.tail = options.tail;
  return MakePassParts(models.estimator, EstimatorHash(models.metadata, models.estimator_path),
                       {.backend = backend}, monitors);
}

std::shared_ptr<const Dataset> FramesOf(const World& world, int day, const JudgedModels& models) {
#if VIGIL_HAVE_TRAINING
  if (world.IsOn(Trouble::kAdversary, day))
    return AttackDay(*world.Day(day), models, world.options().seed);
#else
  (void)models;
#endif
  return world.Day(day);
}

}  // namespace

DaysResult RunDays(const DaysOptions& options) {
  const JudgedModels models = LoadJudgedModels(
      options.dataset == "cifar10" ? "cifar10" : "directness", options.target, options.estimator);
  const std::shared_ptr<Backend> backend = OpenBackend(options.backend, options.device);
  const std::shared_ptr<const Dataset> pool = OpenPool(options);
  WorldOptions world_options = options.world;
#if !VIGIL_HAVE_TRAINING
  world_options.adversary = false;  // its pixels want T's gradients
#endif
  const World world(pool, models.task, models.side, world_options);
  SimulatedDevice device(models, backend, MakeParts(options, models, backend));

  DaysResult result{.data = pool->name(), .backend = Describe(*backend)};
  result.planted = world.events();
  Tensor input(models.target.value(models.target.inputs()[0]).desc);
  Progress progress("days", options.json);
  for (int day = 0; day < options.world.days; ++day) {
    DayTruth& truth = result.truth.emplace_back();
    const std::shared_ptr<const Dataset> frames = FramesOf(world, day, models);
    for (int number = 0; number < options.world.sessions_a_day; ++number) {
      const WorldSession session = world.SessionAt(day, number);
      for (int frame = 0; frame < options.world.frames_a_session; ++frame) {
        const Sample sample = frames->Get(number * options.world.frames_a_session + frame);
        ToTensor(sample.image, models.normalisation, input.as<float>());
        world.Deliver(session, models.normalisation, input.as<float>());
        const std::vector<float> output = device.Infer(
            input, session.start_micros + frame * 2'000'000, session.start_micros, session.tags);
        ++truth.frames;
        truth.right += models.task.IsCorrect(output, sample.truth);
      }
    }
    device.Idle(World::kStartMicros + (day + 1) * World::kDayMicros);
    progress.Update((day + 1.0) / options.world.days,
                    Text("day ", day + 1, " of ", options.world.days));
  }

  ReportOptions report;
  report.target_name = models.target_path.filename().string();
  report.estimator_name = models.estimator_path.filename().string();
  report.backend = result.backend;
  report.window = std::chrono::hours(24);
  result.report = BuildDeviceReport(
      device.store(), models.metadata.calibration ? &*models.metadata.calibration : nullptr,
      models.metadata.causes, report, World::kStartMicros + options.world.days * World::kDayMicros);
  return result;
}

}  // namespace vigil
