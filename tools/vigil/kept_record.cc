#include "tools/vigil/kept_record.h"

#include <utility>

#include "estimator/service/input_statistics.h"
#include "estimator/verdict/record_taps.h"

namespace vigil {

Record KeptRecord(Record record, const TargetRunner& target, const TargetRunner::Kept& kept,
                  const Tensor& input, std::int64_t row, std::optional<InputCheck>& check) {
  const std::int64_t batch = input.shape()[0];
  const auto outputs = kept.output.as<float>();
  const std::size_t size = outputs.size() / static_cast<std::size_t>(batch);
  const auto output = outputs.subspan(static_cast<std::size_t>(row) * size, size);
  record.output.assign(output.begin(), output.end());
  record.taps = SplitSlot(target.plan(), kept.slot, batch, row);
  const ConstTensorView image = RowOf(input, row);
  record.statistics = InputStatistics(image);
  if (check) record.violations = check->Check(image);
  return record;
}

}  // namespace vigil
