#include "tools/vigil/days/device.h"

#include <filesystem>
#include <utility>

#include <unistd.h>

#include "engine/base/text.h"
#include "estimator/evaluation/judged_set.h"
#include "estimator/models/model_files.h"
#include "estimator/service/input_statistics.h"
#include "estimator/store/sealed_codec.h"

namespace vigil {
namespace {

namespace fs = std::filesystem;

StoreOptions OptionsOfStore() {
  StoreOptions options;
  options.max_records_per_hour = options.max_written_per_day = WriteRoom::kUnbounded;
  options.codec = OpeningCodec({SecretKey::Generate()});
  return options;
}

void RemoveStore(const std::string& path) {
  std::error_code unused;
  for (const char* ending : {"", "-wal", "-shm"}) fs::remove(path + ending, unused);
}

}  // namespace

SimulatedDevice::SimulatedDevice(const JudgedModels& models,
                                 const std::shared_ptr<Backend>& backend, PassParts parts)
    : model_hash_(HashModelFile(models.target_path)),
      target_(models.target, backend, kEvaluationEncoding, 1),
      path_((fs::temp_directory_path() / Text("vigil-days-", getpid(), ".db")).string()) {
  if (auto schema = InputSchemaOf(models.target)) check_.emplace(*std::move(schema));
  RemoveStore(path_);
  store_ = std::make_shared<Store>(path_, OptionsOfStore(), clock_);
  pass_ = std::make_unique<EstimationPass>(store_, std::move(parts.evaluators),
                                           std::move(parts.streams));
}

SimulatedDevice::~SimulatedDevice() {
  pass_.reset();
  store_.reset();
  RemoveStore(path_);
}

std::vector<float> SimulatedDevice::Infer(const Tensor& input, std::int64_t time_micros,
                                          std::int64_t epoch,
                                          const std::map<std::string, std::string>& tags) {
  const TargetRunner::Kept kept = target_.Run(input);
  Record record{.time_micros = time_micros, .model_hash = model_hash_, .epoch = epoch};
  record.tags = tags;
  const std::span<const float> output = kept.output.as<float>();
  record.output.assign(output.begin(), output.end());
  record.taps = SplitSlot(target_.plan(), kept.slot, 1, 0);
  record.statistics = InputStatistics(input.view());
  if (check_) record.violations = check_->Check(input.view());
  waiting_.push_back(std::move(record));
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
