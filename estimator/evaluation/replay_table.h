// What replay keeps and what it leaks (SOURCES.md G7): students that learned from real and from
// replayed records, judged on other real ones, and how well replayed records hide the real ones.
//
// PE and T's tail read maps, which a pooled view cannot give back; what is trained in their place
// are their heads over the view (replay_students.h), the same ones from real and replayed records.
#ifndef VIGIL_ESTIMATOR_EVALUATION_REPLAY_TABLE_H_
#define VIGIL_ESTIMATOR_EVALUATION_REPLAY_TABLE_H_

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/backend/backend.h"
#include "estimator/evaluation/bootstrap.h"
#include "estimator/evaluation/evaluation_data.h"
#include "estimator/evaluation/judged_models.h"
#include "estimator/evaluation/replay_generator.h"
#include "estimator/evaluation/replay_leaks.h"
#include "estimator/evaluation/steps.h"

namespace vigil {

// Both heads after training on one set of records.
struct ReplayStudentRow {
  std::string trained_on;
  std::int64_t records = 0;
  // PE's head: T's right against its wrong, within all, untouched and augmented records.
  std::array<Interval, 3> auroc;
  Interval accuracy;  // T's tail's head: of the label
  // What it has above chance, as a share of what the one trained on real records has.
  Interval kept_auroc, kept_accuracy;
};

// One way of making replayed records.
struct ReplayLeakRow {
  ReplayResidual residual = ReplayResidual::kNone;
  std::int64_t bytes = 0;  // that leave the device beside the decoder, float32
  ReplayNearness nearness;
  // AUC of telling training records by their distance to the nearest replayed one.
  Interval attack;
};

struct ReplayTable {
  std::string known, held_out, severity, cluster;
  std::int64_t known_records = 0, held_out_records = 0, few_records = 0;
  std::int64_t labels = 0;
  double chance = 0.0;           // accuracy of the commonest label alone, on held-out records
  double target_accuracy = 0.0;  // T on the same
  std::int64_t cells = 0, rare_cells = 0;  // with records; of those, with too few to be heard
  std::int64_t view_numbers = 0, latent_numbers = 0;
  std::int64_t decoder_bytes = 0,
               record_bytes = 0;           // of all views and outputs that replay stands for
  std::vector<ReplayStudentRow> students;  // the first on real records
  std::vector<ReplayLeakRow> leaks;
  Interval density_attack;  // by likelihood under the generator's own numbers, cells' residuals
};

struct ReplayOptions {
  int draws = 200;
  std::uint64_t seed = 1;
  std::string severity = "moderate";  // one cause a touched record
  std::int64_t few = 100;             // real records that go with replayed ones to a new model
  std::int64_t leak_records = 2000;   // at most, of each kind, for which neighbours are looked up
  OnProgress on_progress;
};

// The generator is fitted on data.calibration, from which T did not learn, but for its last `few`
// records (a quarter, where it is small); data.test judges. Throws as ReplayEncoder,
// ReplayDecoder, CellGaussians and Dataset::Get.
ReplayTable MakeReplayTable(const JudgedModels& models, const Graph& monitor,
                            const std::shared_ptr<Backend>& backend, const EvaluationData& data,
                            const ReplayOptions& options);

}  // namespace vigil

#endif  // VIGIL_ESTIMATOR_EVALUATION_REPLAY_TABLE_H_
