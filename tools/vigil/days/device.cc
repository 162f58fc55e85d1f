#include "tools/vigil/days/device.h"

#include <utility>

#include "estimator/evaluation/judged_set.h"
#include "estimator/models/model_files.h"
#include "tools/vigil/kept_record.h"

namespace vigil {

SimulatedDevice::SimulatedDevice(const JudgedModels& models,
                                 const std::shared_ptr<Backend>& backend, PassParts parts)
    : model_hash_(HashModelFile(models.target_path)),
      target_(models.target, backend, kEvaluationEncoding, 1),
      file_("", "days") {
  if (auto schema = InputSchemaOf(models.target)) check_.emplace(*std::move(schema));
  store_ = std::make_shared<Store>(file_.path(), OneRunStoreOptions(), clock_);
  if (parts.competence) store_->PutNote(kBeyondNote, CompetenceToJson(*parts.competence));
  pass_ = std::make_unique<EstimationPass>(store_, std::move(parts.evaluators),
                                           std::move(parts.streams));
}

std::vector<float> SimulatedDevice::Infer(const Tensor& input, std::int64_t time_micros,
                                          std::int64_t epoch,
                                          const std::map<std::string, std::string>& tags) {
  const TargetRunner::Kept kept = target_.Run(input);
  Record record{.time_micros = time_micros, .model_hash = model_hash_, .epoch = epoch};
  record.tags = tags;
  waiting_.push_back(KeptRecord(std::move(record), target_, kept, input, 0, check_));
  return waiting_.back().output;
}

void SimulatedDevice::Idle(std::int64_t now_micros) {
  constexpr int kRecordsAPass = 256;
  clock_.Set(now_micros);
  store_->Append(waiting_);
  waiting_.clear();
  while (pass_->Backlog() > 0) pass_->Run(kRecordsAPass, [] { return false; });
}

}  // namespace vigil
