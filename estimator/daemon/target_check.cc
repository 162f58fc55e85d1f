#include "estimator/daemon/target_check.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/base/text.h"

namespace vigil {

void TargetCheck::Check(const Record& record) const {
  if (record.model_hash == model_hash_) return;
  throw Error(
      Fault::kInput, ErrorCode::kInvalidValue,
      Text("record ", record.id, " is of the model with hash ", HashToHex(record.model_hash),
           ", expected ", HashToHex(model_hash_), ", the target that the estimator belongs to"));
}

}  // namespace vigil
