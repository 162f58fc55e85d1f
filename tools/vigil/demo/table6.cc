#include <memory>

#include "estimator/data/augment/augmented.h"
#include "estimator/data/cifar10.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/evaluation/mixes.h"
#include "tools/vigil/demo/demo.h"
#include "tools/vigil/demo/demo_parts.h"
#include "tools/vigil/progress.h"

namespace vigil {
namespace {

std::vector<JudgedSample> Judge(JudgedRunner& runner, const std::shared_ptr<const Dataset>& base,
                                const Task& task, const AugmentMix& mix,
                                const std::string& severity, std::uint64_t seed) {
  AugmentOptions augment;
  augment.task = task;
  augment.mix = mix;
  augment.severity = SeverityFor(task, severity);
  augment.side = 32;
  augment.seed = seed;
  return runner.Run(AugmentedDataset(base, augment));
}

}  // namespace

Table6 MakeTable6(const DemoOptions& options) {
  const DemoModels models = LoadDemoModels(options);
  const ChosenBackend chosen = ChooseBackend(options.backend, options.device);
  JudgedRunner runner(models.target, models.estimator, chosen.backend, models.task,
                      models.normalisation, kDemoEncoding);
  const auto test = OpenCifar10(options.root, {kCifarTestBatch});
  // The oracle learns what operations do to T from calibration's images, never from the test batch.
  const auto validation = Slice(OpenCifar10(options.root, {5}), 0, 4000);
  Progress progress("Table 6", options.json);
  Table6 table;
  std::int64_t right = 0;
  for (const JudgedSample& s :
       Judge(runner, test, models.task, AugmentMix::Clean(), "paper", options.seed)) {
    right += s.correct;
  }
  table.clean_accuracy = static_cast<double>(right) / static_cast<double>(test->size());
  progress.Update(1.0 / 3, "clean images done");
  for (const char* severity : {"paper", "moderate"}) {
    const AugmentMix mix = AugmentMix::TwoCause();
    const auto known = Judge(runner, validation, models.task, mix, severity, options.seed + 1);
    const auto judged = Judge(runner, test, models.task, mix, severity, options.seed + 2);
    table.rows.push_back(
        {severity, Compare(judged, models.metadata.gate, models.task, FitOracle(known))});
    progress.Update(static_cast<double>(1 + table.rows.size()) / 3, severity);
  }
  return table;
}

}  // namespace vigil
